import type { RouteAction } from '../../../../ir/route.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import type { RouteOptions } from '../../kinds/options/route-options.ts'
import type { OptionSet } from '../option-set.ts'
import type { RouteOfLimits } from './rate-limit.ts'

/** No route in particular: what is wrong with limits is wrong on any. */
export const anyRoute: RouteOfLimits = { id: '', destination: undefined, metadata: {} }

/** The name of Envoy's cluster for an upstream, as Gloo gives it. */
const clusterOf = (backendId: string) => backendId.split('/').slice(-2).toReversed().join('_')

/** What limits read of the route `id`: its upstreams and its metadata. */
export function limitedRouteOf(
  id: string,
  { values }: OptionSet<RouteOptions>,
  action: RouteAction | undefined,
): RouteOfLimits {
  const clusters =
    action?.type === 'forward'
      ? action.destinations.flatMap((each) =>
          'backendId' in each ? [clusterOf(each.backendId)] : [],
        )
      : []
  const metadata = isRecord(values.envoyMetadata) ? values.envoyMetadata : {}
  const destination = clusters.length === 0 ? undefined : clusters.join(',')
  return { id, destination, metadata }
}
