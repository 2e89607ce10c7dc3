import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { Origin } from '../../ir/origin.ts'
import type { LimitUnit, RateLimit } from '../../ir/policies/rate-limit.ts'
import type { CounterTotal } from '../../limits/counter-store.ts'
import type { RequestContext } from '../policy.ts'
import type { LimitedHit } from './compile-rules.ts'
import { createLimitHeaders, type LimitHeaders } from './limit-headers.ts'
import { countsPerLimit, isKnownLater } from './model-calls/call-cost.ts'

/** The object that a message is about. */
export const nameOf = ({ kind, namespace, name }: Origin) => `${kind} ${namespace}/${name}`

/** What the counters of a request hold after it was counted, in the order of its hits. */
export interface Totals {
  readonly totals: readonly CounterTotal[]
  readonly nowMs: number
}

const unitNames: Readonly<Record<LimitUnit, string>> = {
  requests: 'requests',
  'requests-or-input-tokens': 'requests or input tokens',
  'input-tokens': 'input tokens',
  'output-tokens': 'output tokens',
  'total-tokens': 'tokens',
  cost: 'hundredths of cost',
}

/** Decides about requests by what their counters hold, and keeps what headers will say of it. */
export class HitJudge {
  readonly #config: RateLimit
  readonly #headers = new WeakMap<RequestContext, LimitHeaders[]>()

  constructor(config: RateLimit) {
    this.#config = config
  }

  /** The refusal of a request that has been counted. */
  judge(
    context: RequestContext,
    hits: readonly LimitedHit[],
    counted: Totals,
  ): GatewayError | undefined {
    this.keepHeaders(context, hits, counted)
    const over = hits.find((hit, index) => isOver(hit, counted.totals[index] ?? 0))
    if (over !== undefined) return refusalOf(over)
    const uncounted = hits.find((_, index) => counted.totals[index] === undefined)
    return uncounted && this.uncounted(uncounted)
  }

  /** The refusal of a request that could not be counted, if the configuration wants it refused. */
  uncounted({ rules }: LimitedHit): GatewayError | undefined {
    if (!this.#config.denyOnFailure) return undefined
    const message = `Requests cannot be counted now, and the rate limit of this route (${nameOf(rules.origin)}) refuses what it cannot count.`
    return gatewayError('rate-limit-unavailable', message)
  }

  keepHeaders(context: RequestContext, hits: readonly LimitedHit[], counted: Totals): void {
    if (!this.#config.responseHeaders) return
    const totals = counted.totals.map((total, index) => {
      const counting = hits[index]?.rules.counting
      return total && counting && Math.ceil(total / countsPerLimit(counting))
    })
    const headers = createLimitHeaders(hits, totals, counted.nowMs)
    if (headers === undefined) return
    this.#headers.set(context, [...(this.#headers.get(context) ?? []), headers])
  }

  addHeaders(context: RequestContext, list: Parameters<LimitHeaders>[0]): void {
    for (const headers of this.#headers.get(context) ?? []) headers(list)
  }
}

/** What is counted only when a call is over has reached its limit before it can be above it. */
function isOver({ limit, rules: { counting } }: LimitedHit, total: number): boolean {
  const most = limit.requests * countsPerLimit(counting)
  return !counting.reserve && isKnownLater(counting) ? total >= most : total > most
}

/** The refusal of a request whose hit is above its limit. */
export function refusalOf({ limit, rules }: LimitedHit): GatewayError {
  const counted = unitNames[rules.counting.unit]
  const message = `more than ${limit.requests} ${counted} per ${limit.window} (${nameOf(rules.origin)})`
  return gatewayError('rate-limited', message)
}
