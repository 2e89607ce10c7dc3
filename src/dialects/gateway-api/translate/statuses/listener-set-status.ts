import { type Condition, ConditionMaker, type Problem } from '../../conditions.ts'
import type { GatewayPlan } from '../gateways/gateway-plan.ts'
import { isServed, type ListenerPlan } from '../gateways/listener-plan.ts'
import type { ListenerSetPlan, OrphanedListenerSet } from '../gateways/listener-sets.ts'
import { displayName } from '../source.ts'
import { createListenerStatus, hasServedListener, type ListenerStatus } from './gateway-status.ts'

/** The status of a ListenerSet. */
export interface ListenerSetStatus {
  readonly conditions: readonly Condition[]
  readonly listeners: readonly ListenerStatus[]
}

function listenersProblem({ listeners }: ListenerSetPlan): Problem | undefined {
  const broken = listeners.filter((listener) => !isServed(listener))
  if (broken.length === 0) return undefined
  const names = broken.map(({ spec }) => spec.name).join(', ')
  return { reason: 'ListenersNotValid', message: `not valid: listeners ${names}` }
}

/** Why the gateway takes nothing of the set; undefined: it takes something. */
function findProblem(gateway: GatewayPlan, set: ListenerSetPlan, parent: string) {
  if (set.problem !== undefined) return set.problem
  if (gateway.problem !== undefined) return { reason: parent, message: gateway.problem.message }
  return hasServedListener(set) ? undefined : listenersProblem(set)
}

function acceptedOf(gateway: GatewayPlan, set: ListenerSetPlan, make: ConditionMaker): Condition {
  const problem = findProblem(gateway, set, 'ParentNotAccepted')
  const partly = listenersProblem(set)
  return problem === undefined && partly !== undefined
    ? make.make('Accepted', 'True', partly)
    : make.expect('Accepted', problem)
}

function programmedOf(gateway: GatewayPlan, set: ListenerSetPlan): Problem | undefined {
  const reason = 'ParentNotProgrammed'
  const { problem } = gateway.address
  return findProblem(gateway, set, reason) ?? (problem && { reason, message: problem.message })
}

/** What is to be said of a ListenerSet. */
export function createListenerSetStatus(
  gateway: GatewayPlan,
  set: ListenerSetPlan,
  attachedRoutes: ReadonlyMap<ListenerPlan, number>,
): ListenerSetStatus {
  const make = new ConditionMaker(set.object)
  return {
    conditions: [
      acceptedOf(gateway, set, make),
      make.expect('Programmed', programmedOf(gateway, set)),
    ],
    listeners: set.listeners.map((listener) =>
      createListenerStatus(gateway, listener, make, attachedRoutes),
    ),
  }
}

/** What is to be said of a ListenerSet whose gateway does not exist. */
export function createOrphanStatus({ object, gateway }: OrphanedListenerSet): ListenerSetStatus {
  const make = new ConditionMaker(object)
  const message = `${displayName(gateway)} does not exist`
  return {
    conditions: [
      make.expect('Accepted', { reason: 'ParentNotAccepted', message }),
      make.expect('Programmed', { reason: 'ParentNotProgrammed', message }),
    ],
    listeners: [],
  }
}
