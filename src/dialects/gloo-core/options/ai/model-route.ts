import type { Backend } from '../../../../ir/backend.ts'
import type { ForwardAction } from '../../../../ir/route.ts'
import { unknownEndpointsAnnotation, upstreamKind } from '../../kinds/upstream/upstream.ts'
import type { Scope } from '../source.ts'

/** Where a route leads to: language models, something else, both, or what is not known. */
export type RouteTarget = 'models' | 'others' | 'both' | 'unknown'

/** What backends are that are not among the Upstreams. */
export interface BesideUpstreams {
  /** Those that are known. */
  readonly backends?: readonly Backend[]
  /** All others; by default it is not known. */
  readonly rest?: RouteTarget
}

/** Says what the destinations of a route are. */
export function targetOf(
  scope: Scope,
  destinations: ForwardAction['destinations'],
  { backends = [], rest = 'unknown' }: BesideUpstreams = {},
): RouteTarget {
  const targets = new Set<RouteTarget>()
  for (const destination of destinations) {
    if (!('backendId' in destination)) continue
    const { backendId } = destination
    const own = backends.find(({ id }) => id === backendId)
    const target = own ? kindOf(own) : targetOfUpstream(scope, backendId, rest)
    if (target !== 'unknown') targets.add(target)
  }
  const [first = 'unknown', ...others] = targets
  return others.length > 0 ? 'both' : first
}

/** Whether a route that leads to several priorities has no retries that reach the next one. */
export const needsRetries = (scope: Scope, { destinations, retry }: ForwardAction): boolean =>
  retry?.previousPrioritiesUpdateFrequency === undefined &&
  destinations.some(
    (destination) =>
      'backendId' in destination &&
      scope.read(`priorities of ${destination.backendId}`, ({ upstreams }) =>
        (upstreams.backends.get(destination.backendId)?.endpoints ?? []).some(
          ({ priority }) => priority > 0,
        ),
      ),
  )

/** Whether every Upstream that the route leads to lets endpoints pass that are not known. */
export const allowsUnknownEndpoints = (
  scope: Scope,
  destinations: ForwardAction['destinations'],
): boolean =>
  destinations.every(
    (destination) =>
      'backendId' in destination &&
      scope.read(`unknown endpoints of ${destination.backendId}`, ({ objects, upstreams }) => {
        const origin = upstreams.backends.get(destination.backendId)?.origin
        const upstream = origin && objects.get(upstreamKind, origin.namespace, origin.name)
        return upstream?.metadata.annotations?.[unknownEndpointsAnnotation] === 'true'
      }),
  )

const targetOfUpstream = (scope: Scope, backendId: string, rest: RouteTarget): RouteTarget =>
  scope.read(`what ${backendId} leads to`, ({ upstreams }) => {
    const backend = upstreams.backends.get(backendId)
    return backend === undefined ? rest : kindOf(backend)
  })

function kindOf({ endpoints }: Backend): RouteTarget {
  const [endpoint] = endpoints
  if (endpoint === undefined) return 'unknown'
  return endpoint.provider === undefined ? 'others' : 'models'
}
