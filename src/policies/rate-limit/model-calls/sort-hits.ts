import { type GatewayError, gatewayError } from '../../../errors/gateway-error.ts'
import type { LimitCounting, ModelPrice } from '../../../ir/policies/rate-limit.ts'
import type { Claim } from '../../../limits/counter-store.ts'
import type { ModelCall } from '../../../llm/model-call.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'
import type { LimitedHit } from '../compile-rules.ts'
import { nameOf } from '../judge-hits.ts'
import { countsOf, countsPerLimit, findPrice, isKnownLater } from './call-cost.ts'
import { limitOutput } from './limit-output.ts'

/** A call to a model and what limits count of it. */
export interface LimitedCall {
  readonly call: ModelCall
  readonly request: ModelRequest
  readonly hits: readonly LimitedHit[]
  readonly input: CallInput
}

/** What goes in, as far as it can be counted before the call. */
export interface CallInput {
  readonly tokens: number
  /** Pictures, sounds and files, of which each limit has its own idea. */
  readonly attachments: number
}

/** The tokens that go in by the rules of one limit. */
export function inputTokensOf(
  { attachmentTokens = 0 }: LimitCounting,
  { tokens, attachments }: CallInput,
): number {
  return tokens + attachments * attachmentTokens
}

/** The hits of a call by when they are counted. */
export interface SortedHits {
  /** Before the call, whether it runs or not. Those of `later` are among them with a cost of 0: they are looked up. */
  readonly now: readonly LimitedHit[]
  /** After it. */
  readonly later: readonly LimitedHit[]
  /** Set aside before it, in the order of `claims`. */
  readonly claimed: readonly LimitedHit[]
  readonly claims: readonly Claim[]
}

/** Sorts the hits of a call and says what each costs; an error for a model that a price is needed of and not there. */
export function sortHits(limited: LimitedCall): SortedHits | GatewayError {
  const { hits, input } = limited
  const unpriced = findUnpriced(limited)
  if (unpriced !== undefined) return unpriced
  const now: LimitedHit[] = []
  const later: LimitedHit[] = []
  const claimed: LimitedHit[] = []
  for (const hit of hits) {
    const { key, window, limit, rules } = hit
    const { counting } = rules
    const isLater = isKnownLater(counting)
    const cost = isLater ? 0 : inputTokensOf(counting, input)
    if (counting.reserve) claimed.push(hit)
    else now.push({ key, cost, window, limit, rules })
    if (isLater && !counting.reserve) later.push(hit)
  }
  return { now, later, claimed, claims: claimsOf(claimed, limited) }
}

const noClaims: readonly Claim[] = []

function claimsOf(
  claimed: readonly LimitedHit[],
  { call, request, input }: LimitedCall,
): readonly Claim[] {
  if (claimed.length === 0) return noClaims
  const ofAnswers = claimed.map(({ rules }) => rules.counting).filter(isKnownLater)
  const bounds = {
    defaultOutputTokens: Math.min(...ofAnswers.map((each) => each.defaultOutputTokens)),
    mostOutputTokens: Math.min(
      ...ofAnswers.map((each) => each.mostOutputTokens ?? Number.POSITIVE_INFINITY),
    ),
    inputTokens: input.tokens,
  }
  const output = ofAnswers.length === 0 ? 0 : limitOutput(call, request, bounds)
  return claimed.map(({ key, window, limit, rules: { counting } }) => ({
    ...{ key, window },
    cost: countsOf(
      counting,
      { input: mostInputOf(counting, input), output },
      pricesOf(counting, call),
    ),
    limit: limit.requests * countsPerLimit(counting),
  }))
}

/** A limit on what goes in counts by the gateway's measure alone, others what the provider will say. */
function mostInputOf(counting: LimitCounting, input: CallInput): number {
  const factor = isKnownLater(counting) ? (counting.inputFactor ?? 1) : 1
  return Math.ceil(inputTokensOf(counting, input) * factor)
}

/** Whichever of them answers, it costs no more than the dearest. */
function pricesOf(counting: LimitCounting, call: ModelCall): readonly ModelPrice[] {
  if (counting.unit !== 'cost') return []
  return call.candidateModels().flatMap((model) => findPrice(counting, model) ?? [])
}

/** A limit on cost cannot hold for a call that may go to a model without a price. */
function findUnpriced({ call, hits }: LimitedCall): GatewayError | undefined {
  for (const hit of hits) {
    const { counting } = hit.rules
    if (counting.unit !== 'cost') continue
    const models = call.candidateModels()
    const unpriced = models.findIndex((model) => findPrice(counting, model) === undefined)
    if (unpriced >= 0) return priceMissing(hit, call, models[unpriced])
  }
  return undefined
}

function priceMissing(
  { rules }: LimitedHit,
  call: ModelCall,
  model: string | undefined,
): GatewayError {
  const which = model === undefined ? 'a call without a model' : `the model ${model}`
  const why = model === call.model ? '' : ', which this call may fall over to'
  const message = `${nameOf(rules.origin)} limits cost and has no price for ${which}${why}`
  return gatewayError('forbidden', message)
}
