import type { Origin } from '../../../../ir/origin.ts'
import { fieldOf, idOf, placeOf } from '../../../gloo-core/options/place.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { displayReference, resolveReference } from '../../../gloo-core/reference.ts'
import type { FoundUpstream } from '../../../gloo-core/translate/upstream/upstream-translation.ts'
import { texts } from '../../conditions.ts'
import type { Destination } from '../../kinds/fields/destination.ts'
import type { RouteDraft } from '../route-draft.ts'
import { createMissingBackend } from './missing-backend.ts'

/** What a route's destinations are read with. */
export interface DestinationReader {
  readonly scope: Scope
  readonly draft: RouteDraft
}

/** What a destination leads to. Unusable ones lead to a backend without endpoints. */
export interface Target {
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
  { scope, draft }: DestinationReader,
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
  { scope, draft }: DestinationReader,
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

/** What a destination leads to; what is wrong with it fails the route. */
export function findTarget(
  reader: DestinationReader,
  destination: Destination,
  origin: Origin,
): Target {
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
