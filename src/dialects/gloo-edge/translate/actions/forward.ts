import type { Origin } from '../../../../ir/origin.ts'
import type { ForwardAction } from '../../../../ir/route.ts'
import type { RetryPolicy } from '../../../gloo-core/kinds/options/retries.ts'
import type { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import { targetOf } from '../../../gloo-core/options/ai/model-route.ts'
import { ForwardOptionReader } from '../../../gloo-core/options/forwarding/forward-options.ts'
import type { OptionSet } from '../../../gloo-core/options/option-set.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import type { RouteAction } from '../../kinds/fields/destination.ts'
import type { RouteDraft } from '../route-draft.ts'
import { findMirrorBackend, translateDestinations } from './destinations.ts'

/** Envoy's default for the whole response. */
const defaultTimeoutMs = 15_000

/** What routes take from where they stand. */
export interface ForwardDefaults {
  /** Of the virtual host, for routes without retries of their own. */
  readonly retries: { readonly policy: RetryPolicy; readonly origin: Origin } | undefined
  /** Whether the gateway lets WebSockets through unless a route says otherwise. */
  readonly websocket: boolean
}

/** Translates a `routeAction` with the options of its route. */
export function translateForward(
  scope: Scope,
  draft: RouteDraft,
  input: { readonly action: RouteAction; readonly options: OptionSet<RouteOptions> },
  defaults: ForwardDefaults,
): ForwardAction {
  const { action, options } = input
  const reader = new ForwardOptionReader(options, draft.origin, draft)
  const origin = { ...draft.origin, fieldPath: `${draft.origin.fieldPath}.routeAction` }
  const destinations = translateDestinations(scope, draft, action, origin)
  const read = reader.read(defaults.retries)
  // Models take longer than that, and streams of theirs longer still.
  const target = targetOf(scope, destinations, { backends: draft.backends })
  const leadsToModels = target === 'models' || target === 'both'
  return {
    type: 'forward',
    destinations,
    pathRewrite: read.pathRewrite,
    hostRewrite: read.hostRewrite,
    appendForwardedHost: read.appendForwardedHost ?? false,
    timeoutMs: read.timeoutMs ?? (leadsToModels ? 0 : defaultTimeoutMs),
    idleTimeoutMs: read.idleTimeoutMs,
    retry: read.retry,
    mirrors: reader.mirrors((upstream, place) =>
      findMirrorBackend(scope, draft, upstream === undefined ? {} : { upstream }, place),
    ),
    websocket: read.websocket ?? defaults.websocket,
    hashPolicies: read.hashPolicies,
  }
}
