import type { AccessLog } from '../../../../ir/access-log.ts'
import type { HttpConnectionOptions, ListenerBinding } from '../../../../ir/listener.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import { adviceOf } from '../../../gloo-core/options/access/protection.ts'
import { readAccessLogs } from '../../../gloo-core/options/listener/access-logs.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { optionsGroup } from '../../../gloo-core/options-group.ts'
import { texts } from '../../conditions.ts'
import type { GatewaySpec } from '../../kinds/gateway.ts'
import { containFailure, type Problem } from '../problem.ts'
import type { GatewayProfile } from '../virtual-services/virtual-host-context.ts'
import { bindingsOfProxy, proxyNamesOf } from './bindings.ts'
import { connectionOptionsOf, profileOf, readGatewayOptions } from './connection-options.ts'
import { selectVirtualServices } from './select-virtual-services.ts'

/** What a Gateway listens on and serves, before virtual services are translated for it. */
export interface GatewayPlan {
  readonly reference: ObjectReference
  readonly isTls: boolean
  readonly proxyNames: readonly string[]
  readonly bindings: readonly ListenerBinding[]
  readonly http: HttpConnectionOptions
  readonly accessLogs: readonly AccessLog[]
  readonly profile: GatewayProfile
  readonly virtualServices: readonly KubeObject[]
  readonly problems: readonly Problem[]
}

const gatewayFields = ['httpGateway', 'tcpGateway', 'hybridGateway'] as const

/** The reference of a Gateway. */
export const gatewayReference = ({ metadata }: KubeObject): ObjectReference => ({
  group: optionsGroup,
  kind: 'Gateway',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})

function findKindError(spec: GatewaySpec): string | undefined {
  const fields = gatewayFields.filter((field) => spec[field] !== undefined)
  const [field, second] = fields
  if (field === undefined) return texts.noGatewayKind
  if (second !== undefined) return texts.severalGatewayKinds(fields)
  return field === 'httpGateway' ? undefined : texts.gatewayKindNotSupported(`spec.${field}`)
}

/** Gateways that want the same port of the same proxy, oldest first. */
export type PortClaims = ReadonlyMap<string, readonly KubeObject[]>

const claimOf = (namespace: string, proxyName: string, port: number) =>
  `${namespace}/${proxyName}:${port}`

/** Finds out which gateways want which port of which proxy. */
export function claimPorts(scope: Scope, gateways: readonly KubeObject[]): PortClaims {
  const claims = new Map<string, KubeObject[]>()
  for (const gateway of gateways) {
    const spec = scope.source.specs.get<GatewaySpec>(gateway)
    // What is wrong with the names is reported where the gateway is planned.
    const names = containFailure(
      gatewayReference(gateway),
      () => proxyNamesOf(spec),
      () => [],
    )
    for (const proxyName of names) {
      const key = claimOf(gateway.metadata.namespace ?? '', proxyName, spec.bindPort ?? 0)
      claims.set(key, [...(claims.get(key) ?? []), gateway])
    }
  }
  return claims
}

interface Bound {
  readonly bindings: readonly ListenerBinding[]
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

function bindingsOf(scope: Scope, gateway: KubeObject, claims: PortClaims): Bound {
  const { namespace = '' } = gateway.metadata
  const spec = scope.source.specs.get<GatewaySpec>(gateway)
  const { bindAddress = '', bindPort = 0 } = spec
  if (bindPort < 1) return { bindings: [], errors: [texts.noBindPort], warnings: [] }
  const errors: string[] = []
  const warnings: string[] = []
  const bindings = proxyNamesOf(spec).flatMap((proxyName) => {
    const rivals = claims.get(claimOf(namespace, proxyName, bindPort)) ?? []
    if (rivals.length > 1) {
      const names = rivals.map(({ metadata }) => `${metadata.namespace ?? ''}.${metadata.name}`)
      errors.push(texts.bindAddressNotUnique(`${bindAddress}:${bindPort}`, names))
      // The oldest keeps the port, so that a new object cannot take a working one down.
      if (rivals[0] !== gateway) return []
    }
    const bound = bindingsOfProxy(scope, namespace, proxyName, bindPort)
    if (bound.warning !== undefined) warnings.push(bound.warning)
    return bound.bindings
  })
  return { bindings, errors, warnings }
}

const unprotectedTexts = ({ gatewayProtections }: GatewayProfile) =>
  gatewayProtections.flatMap((protection) =>
    protection.wanted ? [texts.gatewayUnprotected(adviceOf(protection))] : [],
  )

/** Reads a Gateway; undefined bindings and services where it cannot be served. */
export function planGateway(
  scope: Scope,
  gateway: KubeObject,
  claims: PortClaims,
  virtualServices: readonly KubeObject[],
): GatewayPlan {
  const spec = scope.source.specs.get<GatewaySpec>(gateway)
  const reference = gatewayReference(gateway)
  const kindError = findKindError(spec)
  const { kind, namespace, name } = reference
  const origin: Origin = { kind, namespace, name, fieldPath: 'spec' }
  const gatewayOptions = readGatewayOptions(scope, spec, origin)
  const profile = profileOf(gatewayOptions.options, spec.routeOptions, origin)
  const options = connectionOptionsOf(gatewayOptions.options, spec.routeOptions, origin)
  const logs = readAccessLogs(spec.options?.accessLoggingService ?? {}, {
    ...{ kind, namespace, name, fieldPath: 'spec.options.accessLoggingService' },
  })
  const bound: Bound =
    kindError === undefined
      ? bindingsOf(scope, gateway, claims)
      : { bindings: [], errors: [], warnings: [kindError] }
  const selection =
    kindError === undefined
      ? selectVirtualServices(spec.httpGateway ?? {}, virtualServices, reference.namespace)
      : { virtualServices: [], errors: [] }
  const problem = (severity: Problem['severity']) => (text: string) => ({
    severity,
    owner: reference,
    text,
  })
  return {
    reference,
    isTls: spec.ssl ?? false,
    proxyNames: proxyNamesOf(spec),
    bindings: bound.bindings,
    http: options.http,
    accessLogs: logs.logs,
    profile,
    virtualServices: selection.virtualServices,
    problems: [
      ...[...bound.errors, ...selection.errors, ...options.errors, ...logs.errors].map(
        problem('error'),
      ),
      ...[
        ...bound.warnings,
        ...gatewayOptions.warnings,
        ...logs.warnings,
        ...unprotectedTexts(profile),
      ].map(problem('warning')),
    ],
  }
}
