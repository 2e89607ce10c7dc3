import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { ListenerSpec } from '../../kinds/fields/listeners.ts'
import type { GatewaySpec } from '../../kinds/specs/gateway-spec.ts'
import type { ListenerSetSpec } from '../../kinds/specs/listener-set-spec.ts'
import { gatewayGroup, gatewayKind, listenerSetKind } from '../../names.ts'
import { allowsNamespace } from '../namespaces.ts'
import { displayName, referenceOf, type Scope } from '../source.ts'
import {
  type ListenerPlan,
  type ListenerSurroundings,
  planAddedListeners,
} from './listener-plan.ts'

/** A ListenerSet that names a gateway. */
export interface FoundListenerSet {
  readonly object: KubeObject
  readonly reference: ObjectReference
  /** None unless the gateway allows it. */
  readonly specs: readonly ListenerSpec[]
  /** Why the gateway does not take it. */
  readonly problem: Problem | undefined
}

/** A ListenerSet, before routes are attached. */
export interface ListenerSetPlan extends FoundListenerSet {
  readonly listeners: readonly ListenerPlan[]
}

function parentOf(scope: Scope, object: KubeObject): ObjectReference {
  const { parentRef } = scope.source.specs.get<Partial<ListenerSetSpec>>(object)
  const { group = gatewayGroup, kind = gatewayKind.kind, name = '', namespace } = parentRef ?? {}
  return { group, kind, name, namespace: namespace ?? object.metadata.namespace ?? '' }
}

const isSame = (left: ObjectReference, right: ObjectReference) =>
  left.group === right.group &&
  left.kind === right.kind &&
  left.namespace === right.namespace &&
  left.name === right.name

/** A ListenerSet whose gateway nobody serves, since it does not exist. */
export interface OrphanedListenerSet {
  readonly object: KubeObject
  readonly reference: ObjectReference
  readonly gateway: ObjectReference
}

/** Finds the ListenerSets that name a Gateway which does not exist. */
export function findOrphanedListenerSets(scope: Scope): readonly OrphanedListenerSet[] {
  const { objects } = scope.source
  return objects.list(listenerSetKind).flatMap((object) => {
    const gateway = parentOf(scope, object)
    const { namespace, name } = gateway
    if (!isSame(gateway, { ...gatewayKind, namespace, name })) return []
    if (objects.get(gatewayKind, namespace, name) !== undefined) return []
    return [{ object, gateway, reference: referenceOf(object, listenerSetKind) }]
  })
}

/** Finds the ListenerSets that name a gateway, in order of precedence: the oldest first. */
export function findListenerSets(
  scope: Scope,
  gateway: ObjectReference,
  { allowedListeners }: Partial<GatewaySpec>,
): readonly FoundListenerSet[] {
  const { objects, specs } = scope.source
  return objects.list(listenerSetKind).flatMap<FoundListenerSet>((object) => {
    if (!isSame(parentOf(scope, object), gateway)) return []
    const { listeners = [] } = specs.get<Partial<ListenerSetSpec>>(object)
    const reference = referenceOf(object, listenerSetKind)
    const allowed = allowedListeners?.namespaces ?? {}
    if (allowsNamespace(scope, allowed, gateway.namespace, reference.namespace)) {
      return [{ object, reference, specs: listeners, problem: undefined }]
    }
    const message = `${displayName(gateway)} allows no ListenerSets of namespace ${reference.namespace} in spec.allowedListeners`
    return [{ object, reference, specs: [], problem: { reason: 'NotAllowed', message } }]
  })
}

/** Plans the listeners that are added to `own`, those of the gateway itself. */
export function planListenerSets(
  scope: Scope,
  found: readonly FoundListenerSet[],
  surroundings: Omit<ListenerSurroundings, 'owner'>,
  own: readonly ListenerPlan[],
): readonly ListenerSetPlan[] {
  const plans: ListenerSetPlan[] = []
  for (const set of found) {
    const earlier = [...own, ...plans.flatMap(({ listeners }) => listeners)]
    const owned = { ...surroundings, owner: set.reference }
    plans.push({ ...set, listeners: planAddedListeners(scope, owned, set.specs, earlier) })
  }
  return plans
}
