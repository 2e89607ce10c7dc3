import { type GatewayError, gatewayError } from '../../../errors/gateway-error.ts'
import type { Claim } from '../../../limits/counter-store.ts'
import type { ModelCall } from '../../../llm/model-call.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'
import type { LimitedHit } from '../compile-rules.ts'
import { nameOf } from '../judge-hits.ts'
import { countsOf, countsPerLimit, isKnownLater, limitOutput } from './call-cost.ts'

/** A call to a model and what limits count of it. */
export interface LimitedCall {
  readonly call: ModelCall
  readonly request: ModelRequest
  readonly hits: readonly LimitedHit[]
  readonly inputTokens: number
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
  const { call, hits, inputTokens } = limited
  const unpriced = hits.find(
    ({ rules }) => countsOf(rules.counting, { input: 0, output: 0 }, [call.model]) === undefined,
  )
  if (unpriced !== undefined) return priceMissing(unpriced, call)
  const now: LimitedHit[] = []
  const later: LimitedHit[] = []
  const claimed: LimitedHit[] = []
  for (const hit of hits) {
    const { key, window, limit, rules } = hit
    const isLater = isKnownLater(rules.counting)
    if (rules.counting.reserve) claimed.push(hit)
    else now.push({ key, cost: isLater ? 0 : inputTokens, window, limit, rules })
    if (isLater && !rules.counting.reserve) later.push(hit)
  }
  return { now, later, claimed, claims: claimsOf(claimed, limited) }
}

const noClaims: readonly Claim[] = []

function claimsOf(
  claimed: readonly LimitedHit[],
  { call, request, inputTokens }: LimitedCall,
): readonly Claim[] {
  if (claimed.length === 0) return noClaims
  const defaults = claimed
    .filter(({ rules }) => isKnownLater(rules.counting))
    .map(({ rules }) => rules.counting.defaultOutputTokens)
  const output = defaults.length === 0 ? 0 : limitOutput(call, request, Math.min(...defaults))
  return claimed.map(({ key, window, limit, rules: { counting } }) => ({
    ...{ key, window },
    cost: countsOf(counting, { input: inputTokens, output }, [call.model]) ?? 0,
    limit: limit.requests * countsPerLimit(counting),
  }))
}

function priceMissing({ rules }: LimitedHit, { model }: ModelCall): GatewayError {
  const which = model === undefined ? 'a call without a model' : `the model ${model}`
  const message = `${nameOf(rules.origin)} limits cost and has no price for ${which}`
  return gatewayError('forbidden', message)
}
