import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { ObjectHint } from '../../../dialect.ts'
import type { ParentReference } from '../../kinds/fields/references.ts'
import type { HttpRouteSpec } from '../../kinds/specs/http-route-spec.ts'
import { gatewayGroup, gatewayKind } from '../../names.ts'
import { containFailure } from '../contain-failure.ts'
import type { GatewayPlan } from '../gateways/gateway-plan.ts'
import { referenceOf, type Scope } from '../source.ts'
import type { AttachedRoute } from './attached-routes.ts'

/** Namespaces by what is served there, such as `Gateway web`. */
type ServedParents = ReadonlyMap<string, readonly ObjectReference[]>

function servedParentsOf(gateways: readonly GatewayPlan[]): ServedParents {
  const references = gateways.flatMap(({ reference, listenerSets }) => [
    reference,
    ...listenerSets.map((set) => set.reference),
  ])
  return Map.groupBy(references, ({ kind, name }) => `${kind} ${name}`)
}

/**
 * Routes whose parent is in another namespace than they say. Nobody answers for a parent that does not exist, so their
 * status cannot tell; an Event can.
 */
export function findLostParents(
  scope: Scope,
  gateways: readonly GatewayPlan[],
  routes: readonly AttachedRoute[],
): readonly ObjectHint[] {
  const served = servedParentsOf(gateways)
  return routes.flatMap((route) =>
    containFailure<readonly ObjectHint[]>(
      () => hintsOn(scope, route, served),
      () => [],
    ),
  )
}

function hintsOn(
  scope: Scope,
  { object, kind, attachments }: AttachedRoute,
  served: ServedParents,
): readonly ObjectHint[] {
  const { parentRefs = [] } = scope.source.specs.get<Partial<HttpRouteSpec>>(object)
  if (attachments.length === parentRefs.length) return []
  const reference = referenceOf(object, kind)
  return parentRefs.flatMap((parent, index) => {
    const problem = findProblem(scope, parent, reference.namespace, served)
    if (problem === undefined) return []
    const message = `parentRef ${parent.name}: ${problem} Set spec.parentRefs[${index}].namespace.`
    return [{ object: reference, reason: 'ParentNotFound', message }]
  })
}

function findProblem(
  scope: Scope,
  { group = gatewayGroup, kind = gatewayKind.kind, namespace, name }: ParentReference,
  ownNamespace: string,
  served: ServedParents,
): string | undefined {
  if (group !== gatewayGroup || (namespace ?? ownNamespace) !== ownNamespace) return undefined
  const elsewhere = served.get(`${kind} ${name}`) ?? []
  if (elsewhere.length === 0) return undefined
  if (scope.source.objects.get({ group, kind }, ownNamespace, name) !== undefined) return undefined
  const namespaces = elsewhere.map((each) => each.namespace).join(' or ')
  return `there is no ${kind} ${name} in namespace ${ownNamespace}; did you mean namespace ${namespaces}?`
}
