import type { GatewayError } from '../../../errors/gateway-error.ts'
import type { Reservation, ReserveResult } from '../../../limits/counter-store.ts'
import type { ModelCall } from '../../../llm/model-call.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'
import type { PolicyServices, RequestContext } from '../../policy.ts'
import type { HitCollector, LimitedHit } from '../compile-rules.ts'
import { type HitJudge, refusalOf } from '../judge-hits.ts'
import { checkReadable, crowded, uncountable } from './call-refusals.ts'
import type { Prompt } from './prompt/prompt.ts'
import { settledCost, usedBy } from './settled-cost.ts'
import { type CallInput, type LimitedCall, type SortedHits, sortHits } from './sort-hits.ts'

type Result = GatewayError | undefined

/** A call between its request and its end. */
interface OpenCall extends SortedHits {
  readonly call: ModelCall
  readonly input: CallInput
  reservation: Reservation | undefined
  /** Of tries that have brought no answer and may be billed. */
  readonly spent: Reservation[]
  completed: boolean
}

/** What the limiter of calls to models is made of. */
export interface ModelLimiterParts {
  readonly services: PolicyServices
  readonly collectors: readonly HitCollector[]
  readonly judge: HitJudge
  readPrompt(request: ModelRequest): Prompt
}

/** Holds calls to language models to limits on what they use. */
export class ModelLimiter {
  readonly #parts: ModelLimiterParts
  readonly #open = new WeakMap<RequestContext, OpenCall>()

  constructor(parts: ModelLimiterParts) {
    this.#parts = parts
  }

  check(context: RequestContext, call: ModelCall, request: ModelRequest): Result | Promise<Result> {
    const { collectors, readPrompt, services } = this.#parts
    const hits: LimitedHit[] = []
    for (const collect of collectors) collect(context, hits)
    if (hits.length === 0) return undefined
    const prompt = readPrompt(request)
    const refusal = checkReadable(hits, prompt, request)
    if (refusal !== undefined) return refusal
    const { texts, extraTokens, attachments } = prompt
    const limit = (counted: number | undefined) => {
      if (counted === undefined) return uncountable(hits)
      const input = { tokens: counted + extraTokens, attachments }
      return this.#limit(context, { call, request, hits, input })
    }
    const counted = services.tokenizer.count(texts)
    if (!(counted instanceof Promise)) return limit(counted)
    // Nobody would settle what is set aside for a client that has gone while its tokens were counted.
    return counted.then((tokens) => (context.signal.aborted ? undefined : limit(tokens)))
  }

  /** Sets aside once more what a call can use: a try before may be billed beside the one to come. */
  retry(context: RequestContext): Result | Promise<Result> {
    const open = this.#open.get(context)
    if (open?.reservation === undefined) return undefined
    const { services } = this.#parts
    const nowMs = services.unixTimeMs()
    return after(services.counters.reserve(open.claims, nowMs), (result) =>
      this.#reserved(open, result, nowMs),
    )
  }

  /** Settles what was set aside, and counts what can only be counted now. */
  complete(context: RequestContext): void {
    const open = this.#open.get(context)
    if (open === undefined) return
    open.completed = true
    const { claims, claimed, later, spent, call } = open
    const nowMs = this.#parts.services.unixTimeMs()
    for (const reservation of spent) {
      reservation.settle(
        claims.map(({ cost }) => cost),
        nowMs,
      )
    }
    const used = claimed.map(({ rules }, index) =>
      settledCost(rules.counting, open, claims[index]?.cost ?? 0),
    )
    open.reservation?.settle(used, nowMs)
    if (call.usage === undefined || later.length === 0) return
    const hits = later.map((hit) => ({ ...hit, cost: usedBy(hit.rules.counting, open) ?? 0 }))
    void this.#parts.services.counters.add(hits, nowMs)
  }

  #limit(context: RequestContext, limited: LimitedCall): Result | Promise<Result> {
    const { call, input } = limited
    call.rateLimitedTokens = input.tokens
    const sorted = sortHits(limited)
    if ('type' in sorted) return sorted
    const open = { call, input, ...sorted, reservation: undefined, spent: [], completed: false }
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
    const { services, judge } = this.#parts
    const nowMs = services.unixTimeMs()
    return after(services.counters.reserve(open.claims, nowMs), (result) => {
      if ('totals' in result) {
        judge.keepHeaders(context, open.claimed, { totals: result.totals, nowMs })
      }
      return this.#reserved(open, result, nowMs)
    })
  }

  #reserved(open: OpenCall, result: ReserveResult, nowMs: number): Result {
    const [first] = open.claimed
    if (result.type === 'unavailable') return first && this.#parts.judge.uncounted(first)
    if (result.type === 'full') return first && crowded(first)
    if (result.type === 'over-limit') {
      const over = open.claimed[result.over] ?? first
      return over && refusalOf(over)
    }
    // The client may have gone while the store was asked.
    if (open.completed) result.reservation.settle([], nowMs)
    else this.#hold(open, result.reservation)
    return undefined
  }

  #hold(open: OpenCall, reservation: Reservation): void {
    if (open.reservation !== undefined) open.spent.push(open.reservation)
    open.reservation = reservation
  }
}

/** Goes on at once where nothing has to be waited for. */
function after<T, R>(value: T | Promise<T>, go: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(go) : go(value)
}
