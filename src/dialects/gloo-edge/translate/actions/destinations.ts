import type { Origin } from '../../../../ir/origin.ts'
import type { WeightedDestination as IrDestination } from '../../../../ir/route.ts'
import {
  adviceOf,
  findMissingProtections,
  protectionsOf,
} from '../../../gloo-core/options/access/protection.ts'
import { translateHeaderManipulation } from '../../../gloo-core/options/headers/header-mutation.ts'
import { fieldOf, idOf, placeOf } from '../../../gloo-core/options/place.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { displayReference, resolveReference } from '../../../gloo-core/reference.ts'
import type { FoundUpstream } from '../../../gloo-core/translate/upstream/upstream-translation.ts'
import { texts } from '../../conditions.ts'
import type {
  Destination,
  RouteAction,
  WeightedDestination,
} from '../../kinds/fields/destination.ts'
import { RouteDraft } from '../routes/route-draft.ts'
import { createMissingBackend } from './missing-backend.ts'

/** What a route's destinations are read with. */
interface Reader {
  readonly scope: Scope
  readonly draft: RouteDraft
}

/** What a destination leads to. Unusable ones lead to a backend without endpoints. */
interface Target {
  readonly backendId: string
  readonly isUsable: boolean
}

function missingTarget(draft: RouteDraft, name: string, origin: Origin): Target {
  const backend = createMissingBackend(name, origin)
  draft.backends.push(backend)
  return { backendId: backend.id, isUsable: false }
}

/** A reading that changes only when what a route needs of an upstream changes. */
const digestOf = (found: FoundUpstream) =>
  found.type === 'found' ? found.backend.id : `${found.type}: ${found.message}`

function findUpstreamTarget(
  { scope, draft }: Reader,
  value: NonNullable<Destination['upstream']>,
  origin: Origin,
): Target {
  const reference = resolveReference(value, origin.namespace)
  const name = reference === undefined ? '.' : displayReference(reference)
  if (reference === undefined) {
    draft.failDestination(
      texts.upstreamNotFound(name),
      `upstream (${placeOf(origin)}) has no name. Name an Upstream.`,
    )
    return missingTarget(draft, idOf(origin), origin)
  }
  scope.read(`Upstream ${name}`, ({ upstreams }) => digestOf(upstreams.find(reference)))
  const found = scope.source.upstreams.find(reference)
  const where = `Upstream ${reference.namespace}/${reference.name} (${placeOf(origin)})`
  if (found.type === 'found') return { backendId: found.backend.id, isUsable: true }
  if (found.type === 'missing') {
    draft.failDestination(
      texts.upstreamNotFound(name),
      `${where} does not exist. Create it or refer to another one.`,
    )
  } else {
    draft.fail({ reason: found.message, advice: `${where} cannot be used: ${found.message}` })
  }
  return missingTarget(draft, name, origin)
}

function findServiceTarget(
  { scope, draft }: Reader,
  { ref, port = 0 }: NonNullable<Destination['kube']>,
  origin: Origin,
): Target {
  const reference = resolveReference(ref, origin.namespace)
  if (reference === undefined) {
    draft.fail({
      reason: 'kube destination has no ref',
      advice: `kube (${placeOf(origin)}) has no ref. Name a Service.`,
    })
    return missingTarget(draft, idOf(origin), origin)
  }
  const key = `Service ${reference.namespace}/${reference.name}:${port}`
  scope.read(key, ({ upstreams }) => {
    const found = upstreams.findService(reference, port)
    return found.type === 'found' ? found.backend : digestOf(found)
  })
  const found = scope.source.upstreams.findService(reference, port)
  if (found.type === 'found') {
    draft.backends.push(found.backend)
    return { backendId: found.backend.id, isUsable: true }
  }
  draft.failDestination(
    found.message,
    `port ${port} of Service ${reference.namespace}/${reference.name} (${placeOf(origin)}) cannot be used: ${found.message}`,
  )
  return missingTarget(draft, key, origin)
}

function findTarget(reader: Reader, destination: Destination, origin: Origin): Target {
  const { upstream, kube, consul } = destination
  const named = Object.entries({ upstream, kube, consul }).filter(([, part]) => part !== undefined)
  if (named.length > 1) {
    const fields = named.map(([field]) => field).join(' and ')
    reader.draft.fail({
      reason: `destination must have only one of ${fields}`,
      advice: `the destination (${placeOf(origin)}) has ${fields}. Keep one of them.`,
    })
    return missingTarget(reader.draft, idOf(origin), origin)
  }
  if (upstream !== undefined)
    return findUpstreamTarget(reader, upstream, fieldOf(origin, 'upstream'))
  if (kube !== undefined) return findServiceTarget(reader, kube, fieldOf(origin, 'kube'))
  const what = consul === undefined ? 'has no upstream or kube' : 'is a Consul service'
  reader.draft.failDestination(
    consul === undefined ? texts.noDestination : 'Consul destinations are not supported',
    `the destination (${placeOf(origin)}) ${what}. Refer to an Upstream.`,
  )
  return missingTarget(reader.draft, idOf(origin), origin)
}

function policyIdsOf(
  { scope, draft }: Reader,
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
  reader: Reader,
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
  reader: Reader,
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
