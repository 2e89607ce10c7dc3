import type { Origin } from '../../../../ir/origin.ts'
import type { ForwardAction, HashPolicy, Mirror, RetryConfig } from '../../../../ir/route.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { RetryPolicy } from '../../kinds/options/retries.ts'
import type { RouteOptions } from '../../kinds/options/route-options.ts'
import { type OptionSet, originOfOption } from '../option-set.ts'
import { placeOf } from '../place.ts'
import type { RouteReport } from '../route-report.ts'
import { texts } from '../texts.ts'
import { parseHashPolicies } from './hash-policy.ts'
import { translateRetries } from './retry.ts'
import { type Parsed, parseHostRewrite, parsePathRewrite } from './rewrite.ts'

/** What options say of forwarding; undefined: nothing. */
export interface ForwardOptions extends Pick<ForwardAction, 'pathRewrite' | 'hostRewrite'> {
  readonly appendForwardedHost: boolean | undefined
  readonly timeoutMs: number | undefined
  readonly idleTimeoutMs: number | undefined
  readonly retry: RetryConfig | undefined
  readonly websocket: boolean | undefined
  readonly hashPolicies: readonly HashPolicy[]
}

/** Reads the options of one route that say how requests are forwarded, and reports what is wrong with them. */
export class ForwardOptionReader {
  readonly #options: OptionSet<RouteOptions>
  readonly #fallback: Origin
  readonly #report: RouteReport

  /** `fallback` is the place of the options whose own place is not known. */
  constructor(options: OptionSet<RouteOptions>, fallback: Origin, report: RouteReport) {
    this.#options = options
    this.#fallback = fallback
    this.#report = report
  }

  /** `retries` are those of the virtual host, for routes without retries of their own. */
  read(retries: { readonly policy: RetryPolicy } | undefined): ForwardOptions {
    const { values } = this.#options
    return {
      pathRewrite: this.#value(parsePathRewrite(values), undefined),
      hostRewrite: this.#value(parseHostRewrite(values), undefined),
      appendForwardedHost: values.appendXForwardedHost,
      timeoutMs: this.#durationOf('timeout'),
      idleTimeoutMs: this.#durationOf('idleTimeout'),
      retry: this.#retryOf(retries),
      websocket: this.#websocket(),
      hashPolicies: this.#value(parseHashPolicies(values), []),
    }
  }

  /** The mirror that `shadowing` asks for, to the backend that `findBackendId` finds for its upstream. */
  mirrors(
    findBackendId: (
      upstream: NonNullable<RouteOptions['shadowing']>['upstream'],
      origin: Origin,
    ) => string | undefined,
  ): readonly Mirror[] {
    const { shadowing } = this.#options.values
    if (shadowing === undefined) return []
    const { upstream, percentage = 0 } = shadowing
    if (percentage < 0 || percentage > 100) {
      this.#fail('shadowing', 'shadowing', texts.shadowPercentage(percentage))
      return []
    }
    const backendId = findBackendId(upstream, this.#originOf('shadowing'))
    if (backendId === undefined) return []
    const host = shadowing.hostRewriteLiteral || undefined
    const appendSuffix = host === undefined && !shadowing.disableShadowHostSuffixAppend
    return [{ backendId, percentage, host, appendSuffix }]
  }

  #originOf(field: string): Origin {
    return originOfOption(this.#options, field, this.#fallback)
  }

  #fail(field: string, plugin: string, reason: string): void {
    this.#report.fail({
      reason: `*${plugin}.plugin: ${reason}`,
      advice: `${field} (${placeOf(this.#originOf(field))}) is wrong: ${reason}. Correct it.`,
    })
  }

  #value<Value>(parsed: Parsed<Value>, fallback: Value): Value {
    if (parsed.type === 'value') return parsed.value
    this.#fail(parsed.field, 'basicroute', parsed.reason)
    return fallback
  }

  #durationOf(field: 'timeout' | 'idleTimeout'): number | undefined {
    const text = this.#options.values[field]
    if (text === undefined) return undefined
    const durationMs = parseDuration(text)
    if (durationMs !== undefined && durationMs >= 0) return durationMs
    this.#fail(field, 'basicroute', `'${text}' is not a duration such as 15s or 0.5s`)
    return undefined
  }

  #retryOf(inherited: { readonly policy: RetryPolicy } | undefined) {
    const own = this.#options.values.retries
    // What is wrong with those of the virtual host is reported there.
    if (own === undefined) return inherited && translateRetries(inherited.policy).retry
    const place = placeOf(this.#originOf('retries'))
    const { retry, errors, warnings } = translateRetries(own)
    for (const reason of errors) {
      const advice = `retries (${place}) are wrong: ${reason}. Correct them.`
      this.#report.fail({ reason: `*basicroute.plugin: ${reason}`, advice })
    }
    for (const warning of warnings) this.#report.report('warning', `${warning} (${place})`)
    return retry
  }

  #websocket(): boolean | undefined {
    const upgrades = this.#options.values.upgrades ?? []
    const websockets = upgrades.flatMap(({ websocket }) => (websocket ? [websocket] : []))
    if (websockets.length > 1) {
      this.#fail('upgrades', 'basicroute', texts.upgradeNotUnique('websocket'))
    }
    const [websocket] = websockets
    return websocket && (websocket.enabled ?? true)
  }
}
