import type { TlsChain } from '../../../../ir/listener.ts'
import type { GroupKind, ObjectReference } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { ListenerSpec } from '../../kinds/fields/listeners.ts'
import type { GatewaySpec } from '../../kinds/specs/gateway-spec.ts'
import { gatewayGroup, gatewayKind, grpcRouteKind, httpRouteKind } from '../../names.ts'
import { anyHostname, intersectHostnames } from '../routes/hostnames.ts'
import type { Scope } from '../source.ts'
import { readCertificates } from './certificates.ts'
import { type ClientCheck, readClientCheck } from './frontend-validation.ts'

/** A listener of a gateway, before routes are attached. */
export interface ListenerPlan {
  readonly spec: ListenerSpec
  /** The Gateway or ListenerSet in whose list it stands. */
  readonly owner: ObjectReference
  /** Its place there. */
  readonly index: number
  /** Lower-case; `*` takes every name. */
  readonly hostname: string
  readonly supportedKinds: readonly GroupKind[]
  readonly accepted: Problem | undefined
  readonly resolvedRefs: Problem | undefined
  readonly conflict: Problem | undefined
  /** Another HTTPS listener of the port shares host names with this one. */
  readonly overlaps: boolean
  /** For HTTPS; their virtual hosts are filled in later. */
  readonly chains: readonly Omit<TlsChain, 'virtualHostIds'>[]
}

const routeKinds: readonly GroupKind[] = [httpRouteKind, grpcRouteKind]
const servedProtocols = ['HTTP', 'HTTPS']

const isSameKind = (left: GroupKind, right: GroupKind) =>
  left.group === right.group && left.kind === right.kind

function kindsOf({ protocol, allowedRoutes }: ListenerSpec): {
  readonly supportedKinds: readonly GroupKind[]
  readonly unknown: readonly GroupKind[]
} {
  const served = servedProtocols.includes(protocol) ? routeKinds : []
  const wanted = (allowedRoutes?.kinds ?? []).map(({ group = gatewayGroup, kind }) => ({
    group,
    kind,
  }))
  if (wanted.length === 0) return { supportedKinds: served, unknown: [] }
  const isServed = (kind: GroupKind) => served.some((each) => isSameKind(each, kind))
  return {
    supportedKinds: wanted.filter(isServed),
    unknown: wanted.filter((kind) => !isServed(kind)),
  }
}

function findProtocolProblem({ protocol, port }: ListenerSpec): Problem | undefined {
  if (servedProtocols.includes(protocol)) return undefined
  const message = `protocol ${protocol} is not served on port ${port}; HTTP and HTTPS are`
  return { reason: 'UnsupportedProtocol', message }
}

function findConflict(
  listener: ListenerSpec,
  others: readonly ListenerSpec[],
): Problem | undefined {
  for (const other of others) {
    if (other.port !== listener.port || !servedProtocols.includes(other.protocol)) continue
    if (other.protocol !== listener.protocol) {
      const message = `port ${listener.port} cannot be both ${listener.protocol} and ${other.protocol} (listener ${other.name})`
      return { reason: 'ProtocolConflict', message }
    }
    if ((other.hostname ?? '') === (listener.hostname ?? '')) {
      const message = `listener ${other.name} has the same port and host name`
      return { reason: 'HostnameConflict', message }
    }
  }
  return undefined
}

const hostnameOf = ({ hostname }: ListenerSpec) => (hostname ?? anyHostname).toLowerCase()

function overlapsAny(listener: ListenerSpec, others: readonly ListenerSpec[]): boolean {
  return (
    listener.protocol === 'HTTPS' &&
    others.some(
      (other) =>
        other.protocol === 'HTTPS' &&
        other.port === listener.port &&
        intersectHostnames(hostnameOf(other), hostnameOf(listener)) !== undefined,
    )
  )
}

function withClientCheck(
  chain: ListenerPlan['chains'][number],
  { authority, servesAnyClient }: ClientCheck,
): ListenerPlan['chains'][number] {
  if (authority === undefined) return chain
  const checked = { ...chain, clientCertificateAuthority: authority }
  return servesAnyClient ? { ...checked, servesAnyClient } : checked
}

/** What listeners of one list have in common. */
export interface ListenerSurroundings {
  readonly gateway: ObjectReference
  /** The gateway, or a ListenerSet that adds to it. */
  readonly owner: ObjectReference
  readonly frontend: NonNullable<GatewaySpec['tls']>['frontend']
  /** Every listener of the gateway, those of ListenerSets included. */
  readonly all: readonly ListenerSpec[]
}

function planListener(
  scope: Scope,
  { gateway, owner, frontend, all }: ListenerSurroundings,
  { spec, index }: { readonly spec: ListenerSpec; readonly index: number },
  rivals: readonly ListenerSpec[],
): ListenerPlan {
  const { supportedKinds, unknown } = kindsOf(spec)
  const certificates = readCertificates(scope, owner, spec, index)
  const isTls = spec.protocol === 'HTTPS'
  const check = readClientCheck(scope, gateway, isTls ? frontend : undefined, spec.port)
  const [unknownKind] = unknown
  const kindProblem = unknownKind && {
    reason: 'InvalidRouteKinds',
    message: `routes of kind ${unknownKind.kind} (group ${unknownKind.group}) cannot attach to a listener of protocol ${spec.protocol}`,
  }
  return {
    ...{ spec, owner, index, supportedKinds },
    hostname: hostnameOf(spec),
    accepted: findProtocolProblem(spec) ?? check.accepted,
    resolvedRefs: certificates.problem ?? check.resolvedRefs ?? kindProblem,
    conflict: findConflict(spec, rivals),
    overlaps: overlapsAny(
      spec,
      all.filter((other) => other !== spec),
    ),
    chains: certificates.chains.map((chain) => withClientCheck(chain, check)),
  }
}

/** Reads the listeners of a Gateway: of two that conflict neither is served. */
export function planListeners(
  scope: Scope,
  surroundings: ListenerSurroundings,
  listeners: readonly ListenerSpec[],
): readonly ListenerPlan[] {
  return listeners.map((spec, index) => {
    const rivals = listeners.filter((other) => other !== spec)
    return planListener(scope, surroundings, { spec, index }, rivals)
  })
}

/** Reads listeners that come after others: of two that conflict the earlier one is served. */
export function planAddedListeners(
  scope: Scope,
  surroundings: ListenerSurroundings,
  listeners: readonly ListenerSpec[],
  earlier: readonly ListenerPlan[],
): readonly ListenerPlan[] {
  const taken = earlier.filter(({ conflict }) => conflict === undefined).map(({ spec }) => spec)
  return listeners.map((spec, index) => {
    const plan = planListener(scope, surroundings, { spec, index }, taken)
    if (plan.conflict === undefined) taken.push(spec)
    return plan
  })
}

/** How ids and names of nodes tell the listeners of one gateway apart. */
export const listenerLabel = ({ spec, owner }: ListenerPlan) =>
  owner.kind === gatewayKind.kind ? spec.name : `${owner.namespace}/${owner.name}/${spec.name}`

/** Whether anything listens for the listener. */
export const isServed = ({ accepted, conflict, spec, chains }: ListenerPlan) =>
  accepted === undefined &&
  conflict === undefined &&
  (spec.protocol === 'HTTP' || chains.length > 0)
