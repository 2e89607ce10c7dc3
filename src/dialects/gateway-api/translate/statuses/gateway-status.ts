import { type Condition, ConditionMaker, type Problem } from '../../conditions.ts'
import type { GatewayPlan } from '../gateways/gateway-plan.ts'
import { isServed, type ListenerPlan } from '../gateways/listener-plan.ts'
import type { ListenerSetPlan } from '../gateways/listener-sets.ts'
import type { AttachedRoute } from '../routes/attached-routes.ts'

/** The status of a Gateway. */
export interface GatewayStatus {
  readonly addresses?: readonly { readonly type: string; readonly value: string }[]
  readonly conditions: readonly Condition[]
  /** How many ListenerSets add listeners to it; undefined: none names it. */
  readonly attachedListenerSets?: number
  readonly listeners: readonly ListenerStatus[]
}

export interface ListenerStatus {
  readonly name: string
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[]
  readonly attachedRoutes: number
  readonly conditions: readonly Condition[]
}

/** Counts the accepted routes of every listener. */
export function countAttachedRoutes(
  attached: readonly AttachedRoute[],
): ReadonlyMap<ListenerPlan, number> {
  const counts = new Map<ListenerPlan, number>()
  for (const { attachments } of attached) {
    const accepted = attachments.filter(({ translated }) => translated.accepted === undefined)
    const listeners = new Set(
      accepted.flatMap((attachment) => attachment.listeners.map(({ listener }) => listener)),
    )
    for (const listener of listeners) counts.set(listener, (counts.get(listener) ?? 0) + 1)
  }
  return counts
}

/** Why a listener is not in force; undefined: it is. */
function listenerProblem(gateway: GatewayPlan, listener: ListenerPlan): Problem | undefined {
  const invalid = (message: string) => ({ reason: 'Invalid', message })
  const own = listener.conflict ?? listener.accepted
  if (listener.conflict !== undefined && listener.owner !== gateway.reference) {
    return listener.conflict
  }
  if (own !== undefined) return invalid(own.message)
  if (gateway.problem !== undefined) return invalid(gateway.problem.message)
  if (listener.spec.protocol === 'HTTPS' && listener.chains.length === 0) {
    return invalid(listener.resolvedRefs?.message ?? 'the listener has no certificate')
  }
  const { problem } = gateway.address
  return problem && { reason: 'Pending', message: problem.message }
}

function listenerConditions(
  gateway: GatewayPlan,
  listener: ListenerPlan,
  make: ConditionMaker,
): readonly Condition[] {
  const conflict = listener.conflict ?? { reason: 'NoConflicts', message: '' }
  const overlapping = {
    reason: 'OverlappingHostnames',
    message: 'another HTTPS listener of the port shares host names with this one',
  }
  return [
    make.expect('Accepted', listener.conflict ?? listener.accepted),
    make.expect('Programmed', listenerProblem(gateway, listener)),
    make.expect('ResolvedRefs', listener.resolvedRefs),
    make.make('Conflicted', listener.conflict === undefined ? 'False' : 'True', conflict),
    ...(listener.overlaps ? [make.make('OverlappingTLSConfig', 'True', overlapping)] : []),
  ]
}

function acceptedOf(gateway: GatewayPlan): Condition {
  const make = new ConditionMaker(gateway.object)
  if (gateway.problem !== undefined) return make.expect('Accepted', gateway.problem)
  const broken = gateway.listeners.filter(
    ({ accepted, conflict }) => (accepted ?? conflict) !== undefined,
  )
  if (broken.length === 0) return make.expect('Accepted', undefined)
  const names = broken.map(({ spec }) => spec.name).join(', ')
  const problem = { reason: 'ListenersNotValid', message: `not valid: listeners ${names}` }
  const isPartly = broken.length < gateway.listeners.length
  return make.make('Accepted', isPartly ? 'True' : 'False', problem)
}

function programmedOf(gateway: GatewayPlan): Problem | undefined {
  const invalid = (message: string) => ({ reason: 'Invalid', message })
  if (gateway.problem !== undefined) return invalid(gateway.problem.message)
  if (gateway.address.problem !== undefined) return gateway.address.problem
  const problems = gateway.listeners.map((listener) => listenerProblem(gateway, listener))
  const [first] = problems
  return problems.includes(undefined)
    ? undefined
    : invalid(first?.message ?? 'the gateway has no listeners')
}

function resolvedRefsOf({ listeners, clientCertificate }: GatewayPlan): Problem | undefined {
  if (clientCertificate.problem !== undefined) return clientCertificate.problem
  const unresolved = listeners.filter(({ resolvedRefs }) => resolvedRefs !== undefined)
  if (unresolved.length === 0) return undefined
  const names = unresolved.map(({ spec }) => spec.name).join(', ')
  return { reason: 'ListenersNotResolved', message: `unresolved references: listeners ${names}` }
}

const insecureClients = {
  reason: 'ConfigurationChanged',
  message:
    'the mode AllowInsecureFallback of spec.tls.frontend serves clients without a valid certificate',
}

/** What is to be said of a gateway. */
export function createGatewayStatus(
  gateway: GatewayPlan,
  attachedRoutes: ReadonlyMap<ListenerPlan, number>,
): GatewayStatus {
  const make = new ConditionMaker(gateway.object)
  const { address } = gateway.address
  return {
    ...(address === undefined ? {} : { addresses: [{ type: 'IPAddress', value: address }] }),
    conditions: [
      acceptedOf(gateway),
      make.expect('Programmed', programmedOf(gateway)),
      make.expect('ResolvedRefs', resolvedRefsOf(gateway)),
      ...(gateway.allowsInsecureClients
        ? [make.make('InsecureFrontendValidationMode', 'True', insecureClients)]
        : []),
    ],
    ...(gateway.listenerSets.length === 0
      ? {}
      : { attachedListenerSets: gateway.listenerSets.filter(hasServedListener).length }),
    listeners: gateway.listeners.map((listener) =>
      createListenerStatus(gateway, listener, make, attachedRoutes),
    ),
  }
}

/** Whether a ListenerSet adds anything to its gateway. */
export const hasServedListener = ({ listeners }: ListenerSetPlan) => listeners.some(isServed)

/** What is to be said of one listener; `make` makes the conditions of the object in whose list it stands. */
export const createListenerStatus = (
  gateway: GatewayPlan,
  listener: ListenerPlan,
  make: ConditionMaker,
  attachedRoutes: ReadonlyMap<ListenerPlan, number>,
): ListenerStatus => ({
  name: listener.spec.name,
  supportedKinds: listener.supportedKinds.map(({ group, kind }) => ({ group, kind })),
  attachedRoutes: attachedRoutes.get(listener) ?? 0,
  conditions: listenerConditions(gateway, listener, make),
})
