import type { Origin } from '../../../../ir/origin.ts'
import type { ForwardAction, Mirror, RetryConfig } from '../../../../ir/route.ts'
import { parseDuration } from '../../../../lib/duration.ts'
import { texts } from '../../conditions.ts'
import type { Destination, RouteAction } from '../../kinds/fields/destination.ts'
import type { RetryPolicy } from '../../kinds/fields/retries.ts'
import type { RouteOptions } from '../../kinds/fields/route-options.ts'
import { type OptionSet, originOfOption } from '../routes/option-set.ts'
import { placeOf, type RouteDraft } from '../routes/route-draft.ts'
import type { Scope } from '../source.ts'
import { findMirrorBackend, translateDestinations } from './destinations.ts'
import { parseHashPolicies } from './hash-policy.ts'
import { translateRetries } from './retry.ts'
import { type Parsed, parseHostRewrite, parsePathRewrite } from './rewrite.ts'

/** Envoy's default for the whole response. */
const defaultTimeoutMs = 15_000

/** What routes take from where they stand. */
export interface ForwardDefaults {
  /** Of the virtual host, for routes without retries of their own. */
  readonly retries: { readonly policy: RetryPolicy; readonly origin: Origin } | undefined
  /** Whether the gateway lets WebSockets through unless a route says otherwise. */
  readonly websocket: boolean
}

/** Reads the options of one route and fails its draft where they are wrong. */
class OptionReader {
  private readonly draft: RouteDraft
  private readonly options: OptionSet<RouteOptions>

  constructor(draft: RouteDraft, options: OptionSet<RouteOptions>) {
    this.draft = draft
    this.options = options
  }

  originOf(field: string): Origin {
    return originOfOption(this.options, field, this.draft.origin)
  }

  fail(field: string, plugin: string, reason: string): void {
    this.draft.fail({
      reason: `*${plugin}.plugin: ${reason}`,
      advice: `${field} (${placeOf(this.originOf(field))}) is wrong: ${reason}. Correct it.`,
    })
  }

  value<Value>(parsed: Parsed<Value>, fallback: Value): Value {
    if (parsed.type === 'value') return parsed.value
    this.fail(parsed.field, 'basicroute', parsed.reason)
    return fallback
  }

  durationOf(field: 'timeout' | 'idleTimeout'): number | undefined {
    const text = this.options.values[field]
    if (text === undefined) return undefined
    const durationMs = parseDuration(text)
    if (durationMs !== undefined && durationMs >= 0) return durationMs
    this.fail(field, 'basicroute', `'${text}' is not a duration such as 15s or 0.5s`)
    return undefined
  }

  retryOf(defaults: ForwardDefaults): RetryConfig | undefined {
    const own = this.options.values.retries
    const inherited = defaults.retries
    // What is wrong with those of the virtual host is reported there.
    if (own === undefined) return inherited && translateRetries(inherited.policy).retry
    const origin = this.originOf('retries')
    const { retry, errors, warnings } = translateRetries(own)
    for (const reason of errors) {
      const advice = `retries (${placeOf(origin)}) are wrong: ${reason}. Correct them.`
      this.draft.fail({ reason: `*basicroute.plugin: ${reason}`, advice })
    }
    for (const warning of warnings) this.draft.report('warning', `${warning} (${placeOf(origin)})`)
    return retry
  }

  websocketOf(fallback: boolean): boolean {
    const upgrades = this.options.values.upgrades ?? []
    const websockets = upgrades.flatMap(({ websocket }) => (websocket ? [websocket] : []))
    if (websockets.length > 1) {
      this.fail('upgrades', 'basicroute', texts.upgradeNotUnique('websocket'))
    }
    const [websocket] = websockets
    return websocket === undefined ? fallback : (websocket.enabled ?? true)
  }

  mirrorsOf(scope: Scope): readonly Mirror[] {
    const shadowing = this.options.values.shadowing
    if (shadowing === undefined) return []
    const { upstream, percentage = 0 } = shadowing
    if (percentage < 0 || percentage > 100) {
      this.fail('shadowing', 'shadowing', texts.shadowPercentage(percentage))
      return []
    }
    const destination: Destination = upstream === undefined ? {} : { upstream }
    const backendId = findMirrorBackend(scope, this.draft, destination, this.originOf('shadowing'))
    if (backendId === undefined) return []
    const host = shadowing.hostRewriteLiteral || undefined
    const appendSuffix = host === undefined && !shadowing.disableShadowHostSuffixAppend
    return [{ backendId, percentage, host, appendSuffix }]
  }
}

/** Translates a `routeAction` with the options of its route. */
export function translateForward(
  scope: Scope,
  draft: RouteDraft,
  input: { readonly action: RouteAction; readonly options: OptionSet<RouteOptions> },
  defaults: ForwardDefaults,
): ForwardAction {
  const { action, options } = input
  const reader = new OptionReader(draft, options)
  const origin = { ...draft.origin, fieldPath: `${draft.origin.fieldPath}.routeAction` }
  return {
    type: 'forward',
    destinations: translateDestinations(scope, draft, action, origin),
    pathRewrite: reader.value(parsePathRewrite(options.values), undefined),
    hostRewrite: reader.value(parseHostRewrite(options.values), undefined),
    appendForwardedHost: options.values.appendXForwardedHost ?? false,
    timeoutMs: reader.durationOf('timeout') ?? defaultTimeoutMs,
    idleTimeoutMs: reader.durationOf('idleTimeout'),
    retry: reader.retryOf(defaults),
    mirrors: reader.mirrorsOf(scope),
    websocket: reader.websocketOf(defaults.websocket),
    hashPolicies: reader.value(parseHashPolicies(options.values), []),
  }
}
