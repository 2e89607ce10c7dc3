import type { Backend } from '../../../../ir/backend.ts'
import type { ForwardAction } from '../../../../ir/route.ts'
import { unknownEndpointsAnnotation, upstreamKind } from '../../kinds/upstream/upstream.ts'
import type { Scope } from '../source.ts'

/** Where a route leads to: language models, something else, both, or what is not known. */
export type RouteTarget = 'models' | 'others' | 'both' | 'unknown'

/** Says what the destinations of a route are; `ownBackends` are those that stand beside the Upstreams. */
export function targetOf(
  scope: Scope,
  destinations: ForwardAction['destinations'],
  ownBackends: readonly Backend[] = [],
): RouteTarget {
  const targets = new Set<RouteTarget>()
  for (const destination of destinations) {
    if (!('backendId' in destination)) continue
    const { backendId } = destination
    const own = ownBackends.find(({ id }) => id === backendId)
    const target = own ? kindOf(own) : targetOfUpstream(scope, backendId)
    if (target !== 'unknown') targets.add(target)
  }
  const [first = 'unknown', ...others] = targets
  return others.length > 0 ? 'both' : first
}

/** Whether a route that leads to several priorities has no retries that reach the next one. */
export const needsRetries = (scope: Scope, { destinations, retry }: ForwardAction): boolean =>
  retry === undefined &&
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

const targetOfUpstream = (scope: Scope, backendId: string): RouteTarget =>
  scope.read(`what ${backendId} leads to`, ({ upstreams }) =>
    kindOf(upstreams.backends.get(backendId)),
  )

function kindOf(backend: Backend | undefined): RouteTarget {
  const [endpoint] = backend?.endpoints ?? []
  if (endpoint === undefined) return 'unknown'
  return endpoint.provider === undefined ? 'others' : 'models'
}
