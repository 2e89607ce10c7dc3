import { type GatewayError, gatewayError } from '../../../errors/gateway-error.ts'
import type { LimitCounting } from '../../../ir/policies/rate-limit.ts'
import type { Reservation, ReserveResult } from '../../../limits/counter-store.ts'
import type { ModelCall } from '../../../llm/model-call.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'
import type { PolicyServices, RequestContext, RequestOutcome } from '../../policy.ts'
import type { HitCollector, LimitedHit } from '../compile-rules.ts'
import { type HitJudge, nameOf, refusalOf } from '../judge-hits.ts'
import { countsOf } from './call-cost.ts'
import { collectPromptTexts } from './prompt-texts.ts'
import { type LimitedCall, type SortedHits, sortHits } from './sort-hits.ts'

type Result = GatewayError | undefined

/** A call between its request and its end. */
interface OpenCall extends SortedHits {
  readonly call: ModelCall
  readonly inputTokens: number
  /** It has a price where one is needed; a backup model that has answered instead may have none. */
  readonly askedModel: string | undefined
  reservation: Reservation | undefined
  completed: boolean
}

/** What the limiter of calls to models is made of. */
export interface ModelLimiterParts {
  readonly services: PolicyServices
  readonly collectors: readonly HitCollector[]
  readonly judge: HitJudge
}

/** Holds calls to language models to limits on what they use. */
export class ModelLimiter {
  readonly #parts: ModelLimiterParts
  readonly #open = new WeakMap<RequestContext, OpenCall>()

  constructor(parts: ModelLimiterParts) {
    this.#parts = parts
  }

  check(context: RequestContext, call: ModelCall, request: ModelRequest): Result | Promise<Result> {
    const hits: LimitedHit[] = []
    for (const collect of this.#parts.collectors) collect(context, hits)
    if (hits.length === 0) return undefined
    const withDefinitions = hits.some(({ rules }) => countsEverything(rules.counting))
    const { texts, extraTokens } = collectPromptTexts(request, { withDefinitions })
    const limit = (tokens: number | undefined) =>
      tokens === undefined
        ? uncountable(hits)
        : this.#limit(context, { call, request, hits, inputTokens: tokens + extraTokens })
    const counted = this.#parts.services.tokenizer.count(texts)
    if (!(counted instanceof Promise)) return limit(counted)
    // Nobody would settle what is set aside for a client that has gone while its tokens were counted.
    return counted.then((tokens) => (context.signal.aborted ? undefined : limit(tokens)))
  }

  /** Settles what was set aside, and counts what can only be counted now. */
  complete(context: RequestContext, { status, error }: RequestOutcome): void {
    const open = this.#open.get(context)
    if (open === undefined) return
    open.completed = true
    const { usage } = open.call
    // A call that no model has answered costs nothing; one that did not say what it used costs what was set aside.
    const served = usage !== undefined || (error === undefined && status < 400)
    const { claims, claimed, later } = open
    const nowMs = this.#parts.services.unixTimeMs()
    const used = claimed.map((hit, index) =>
      served ? (usedBy(hit, open) ?? claims[index]?.cost ?? 0) : 0,
    )
    open.reservation?.settle(used, nowMs)
    if (!served || later.length === 0) return
    const hits = later.map((hit) => ({ ...hit, cost: usedBy(hit, open) ?? 0 }))
    void this.#parts.services.counters.add(hits, nowMs)
  }

  #limit(context: RequestContext, limited: LimitedCall): Result | Promise<Result> {
    const { call, inputTokens } = limited
    call.rateLimitedTokens = inputTokens
    const sorted = sortHits(limited)
    if ('type' in sorted) return sorted
    const askedModel = call.model
    const start = { call, inputTokens, askedModel, ...sorted }
    const open = { ...start, reservation: undefined, completed: false }
    // What is counted for good needs no looking after.
    if (open.claims.length + open.later.length > 0) this.#open.set(context, open)
    return after(this.#count(context, sorted.now), (refusal) =>
      refusal === undefined ? this.#reserve(context, open) : refusal,
    )
  }

  #count(context: RequestContext, hits: readonly LimitedHit[]): Result | Promise<Result> {
    if (hits.length === 0) return undefined
    const { services, judge } = this.#parts
    const nowMs = services.unixTimeMs()
    return after(services.counters.add(hits, nowMs), (totals) =>
      judge.judge(context, hits, { totals, nowMs }),
    )
  }

  #reserve(context: RequestContext, open: OpenCall): Result | Promise<Result> {
    if (open.claims.length === 0) return undefined
    const { services } = this.#parts
    const nowMs = services.unixTimeMs()
    return after(services.counters.reserve(open.claims, nowMs), (result) =>
      this.#reserved(context, open, { result, nowMs }),
    )
  }

  #reserved(
    context: RequestContext,
    open: OpenCall,
    { result, nowMs }: { readonly result: ReserveResult; readonly nowMs: number },
  ): Result {
    const { judge } = this.#parts
    const [first] = open.claimed
    if (result.type === 'unavailable') return first && judge.uncounted(first)
    if (result.type === 'full') return first && crowded(first)
    judge.keepHeaders(context, open.claimed, { totals: result.totals, nowMs })
    if (result.type === 'over-limit') {
      const over = open.claimed[result.over] ?? first
      return over && refusalOf(over)
    }
    open.reservation = result.reservation
    // The client may have gone while the store was asked.
    if (open.completed) result.reservation.settle([], nowMs)
    return undefined
  }
}

/** What a call has used of what a hit counts; undefined: it is not known. */
function usedBy({ rules }: LimitedHit, open: OpenCall): number | undefined {
  const { call, inputTokens, askedModel } = open
  const { counting } = rules
  if (counting.unit === 'input-tokens' || counting.unit === 'requests-or-input-tokens') {
    return inputTokens
  }
  const { usage, providerModel, model } = call
  if (usage === undefined) return undefined
  const tokens = { input: usage.inputTokens, output: usage.outputTokens }
  return countsOf(counting, tokens, [providerModel, model, askedModel])
}

/** One unit is a vendor's, which says what counts; the others are for what a call really uses. */
const countsEverything = ({ unit }: LimitCounting) => unit !== 'requests-or-input-tokens'

/** Whoever fills the store with calls must not be let through for it, whatever the failure mode. */
function crowded({ rules }: LimitedHit): GatewayError {
  const message = `More calls run now than the rate limit ${nameOf(rules.origin)} can keep account of. Try again later.`
  return gatewayError('rate-limit-unavailable', message, { status: 503 })
}

/** What cannot be counted cannot be limited, so it is refused whatever the failure mode: its sender has chosen it. */
function uncountable([hit]: readonly LimitedHit[]): GatewayError {
  const limit = hit === undefined ? 'of this route' : nameOf(hit.rules.origin)
  const message = `The tokens of this request cannot be counted now, and the rate limit ${limit} needs their number. Try again later or with less text.`
  return gatewayError('rate-limit-unavailable', message, { status: 503 })
}

/** Goes on at once where nothing has to be waited for. */
function after<T, R>(value: T | Promise<T>, go: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(go) : go(value)
}
