import type { Origin } from '../../../../ir/origin.ts'
import type { WeightedDestination as IrDestination } from '../../../../ir/route.ts'
import {
  adviceOf,
  findMissingProtections,
  protectionsOf,
} from '../../../gloo-core/options/access/protection.ts'
import { translateHeaderManipulation } from '../../../gloo-core/options/headers/header-mutation.ts'
import { fieldOf, placeOf } from '../../../gloo-core/options/place.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { displayReference, resolveReference } from '../../../gloo-core/reference.ts'
import { texts } from '../../conditions.ts'
import type {
  Destination,
  RouteAction,
  WeightedDestination,
} from '../../kinds/fields/destination.ts'
import { RouteDraft } from '../route-draft.ts'
import { type DestinationReader, findTarget, type Target } from './find-target.ts'

function policyIdsOf(
  { scope, draft }: DestinationReader,
  weighted: WeightedDestination,
  origin: Origin,
): readonly string[] {
  const config = weighted.options?.headerManipulation
  if (config === undefined) return []
  const place = fieldOf(origin, 'options.headerManipulation')
  const result = translateHeaderManipulation(scope, config, place, 'destination')
  for (const failure of result.failures) draft.fail(failure)
  if (result.policy === undefined) return []
  draft.policies.push(result.policy)
  return [result.policy.id]
}

/** A destination that asks for protection closes the whole route: it cannot be left out by chance. */
function refuseUnprotected(draft: RouteDraft, { options }: WeightedDestination, place: Origin) {
  if (options === undefined) return
  const origin = fieldOf(place, 'options')
  const own = protectionsOf({ values: options, origins: {} }, origin)
  for (const missing of findMissingProtections([own])) draft.refuseUnprotected(adviceOf(missing))
}

/** A missing destination costs its share of the requests, not the whole route, while another one works. */
function keepWorkingShare(draft: RouteDraft, targets: readonly (Target & { weight: number })[]) {
  const works = targets.some(({ isUsable, weight }) => isUsable && weight > 0)
  if (works && draft.unavailable?.code === 'backend-not-found') draft.unavailable = undefined
}

function readWeighted(
  reader: DestinationReader,
  list: readonly WeightedDestination[],
  origin: Origin,
): readonly IrDestination[] {
  const targets = list.map((weighted, index) => {
    const place = { ...origin, fieldPath: `${origin.fieldPath}[${index}]` }
    const { destination = {}, weight = 0 } = weighted
    const target = findTarget(reader, destination, fieldOf(place, 'destination'))
    refuseUnprotected(reader.draft, weighted, place)
    return { ...target, weight, policyIds: policyIdsOf(reader, weighted, place) }
  })
  keepWorkingShare(reader.draft, targets)
  if (targets.length === 0) {
    reader.draft.fail({
      reason: texts.noDestinations,
      advice: `destinations (${placeOf(origin)}) are empty. Name at least one.`,
    })
  } else if (targets.every(({ weight }) => weight === 0)) {
    reader.draft.fail({
      reason: texts.totalWeight,
      advice: `the weights of destinations (${placeOf(origin)}) add up to 0. Give at least one a weight.`,
    })
  }
  return targets.map(({ backendId, weight, policyIds }) => ({ backendId, weight, policyIds }))
}

function readGroup(
  reader: DestinationReader,
  value: NonNullable<RouteAction['upstreamGroup']>,
  origin: Origin,
): readonly IrDestination[] {
  const { scope, draft } = reader
  const reference = resolveReference(value, origin.namespace)
  const name = reference === undefined ? '.' : displayReference(reference)
  if (reference !== undefined) {
    scope.read(`UpstreamGroup ${name}`, ({ objects }) =>
      objects.get(
        { group: 'gloo.solo.io', kind: 'UpstreamGroup' },
        reference.namespace,
        reference.name,
      ),
    )
    const found = scope.source.upstreams.findGroup(reference)
    if (found.type === 'found') {
      const place: Origin = {
        kind: 'UpstreamGroup',
        ...reference,
        fieldPath: 'spec.destinations',
      }
      return readWeighted(reader, found.destinations as readonly WeightedDestination[], place)
    }
  }
  draft.failDestination(
    texts.upstreamGroupNotFound(name),
    `UpstreamGroup ${name} (${placeOf(origin)}) does not exist. Create it or refer to another one.`,
  )
  return []
}

/** The backend that shadows a route. A missing one is a warning and costs the shadow only. */
export function findMirrorBackend(
  scope: Scope,
  draft: RouteDraft,
  destination: Destination,
  origin: Origin,
): string | undefined {
  const trial = new RouteDraft(draft.name, draft.origin, draft.owner)
  const { backendId, isUsable } = findTarget({ scope, draft: trial }, destination, origin)
  for (const { text } of trial.problems) draft.report('warning', text)
  return isUsable ? backendId : undefined
}

const actionFields = [
  'single',
  'multi',
  'upstreamGroup',
  'clusterHeader',
  'dynamicForwardProxy',
] as const

/** The destinations of a `routeAction` that stands at `origin`; what is wrong with them fails the route. */
export function translateDestinations(
  scope: Scope,
  draft: RouteDraft,
  action: RouteAction,
  origin: Origin,
): readonly IrDestination[] {
  const reader = { scope, draft }
  const fields = actionFields.filter((field) => action[field] !== undefined)
  if (fields.length > 1) {
    draft.fail({
      reason: `routeAction must have only one of ${fields.join(', ')}`,
      advice: `routeAction (${placeOf(origin)}) has ${fields.join(' and ')}. Keep one of them.`,
    })
    return []
  }
  if (action.single !== undefined) {
    const { backendId } = findTarget(reader, action.single, fieldOf(origin, 'single'))
    return [{ backendId, weight: 1, policyIds: [] }]
  }
  if (action.multi !== undefined) {
    return readWeighted(
      reader,
      action.multi.destinations ?? [],
      fieldOf(origin, 'multi.destinations'),
    )
  }
  if (action.upstreamGroup !== undefined) {
    return readGroup(reader, action.upstreamGroup, fieldOf(origin, 'upstreamGroup'))
  }
  const [field] = fields
  if (field === 'clusterHeader' || field === 'dynamicForwardProxy') {
    draft.fail({
      reason: `${field} is not supported, because clients could choose where requests go`,
      advice: `${field} (${placeOf(origin)}) is not supported, because clients could choose where requests go. Refer to an Upstream.`,
    })
  } else {
    draft.fail({
      reason: texts.noDestination,
      advice: `routeAction (${placeOf(origin)}) has no destination. Set single, multi or upstreamGroup.`,
    })
  }
  return []
}
