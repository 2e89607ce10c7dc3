import type { LimitCounting } from '../../../ir/policies/rate-limit.ts'
import type { ModelCall } from '../../../llm/model-call.ts'
import type { Usage } from '../../../llm/usage.ts'
import { answerPrices, countsOf } from './call-cost.ts'
import { type CallInput, inputTokensOf } from './sort-hits.ts'

/** A call that is over, and what has gone into it. */
export interface EndedCall {
  readonly call: ModelCall
  readonly input: CallInput
}

/**
 * What a call costs for which so much was set aside. What a provider may still bill stays set aside: it works on, although nobody
 * waits for its answer any more, and has not said what it has used.
 */
export function settledCost(counting: LimitCounting, ended: EndedCall, setAside: number): number {
  const { progress, streaming } = ended.call
  if (progress === 'none') return 0
  const used = usedBy(counting, ended)
  if (progress === 'answered') return used ?? setAside
  // Only of a stream it is known how far its provider has come.
  const isCounted = progress === 'answering' && streaming && counting.cutStreams === 'counted'
  return isCounted ? (used ?? setAside) : Math.max(setAside, used ?? 0)
}

/** What a call has used of what is counted, as far as it is known; undefined: it is not. */
export function usedBy(counting: LimitCounting, { call, input }: EndedCall): number | undefined {
  if (counting.unit === 'input-tokens' || counting.unit === 'requests-or-input-tokens') {
    return inputTokensOf(counting, input)
  }
  const { usage } = call
  if (usage === undefined) return undefined
  // The gateway's estimate for logs counts the texts alone, and no call has no input.
  const isCounted = usage.estimated || usage.inputTokens === 0
  const atLeast = isCounted ? inputTokensOf(counting, input) : 0
  const tokens = { input: Math.max(usage.inputTokens, atLeast), output: outputOf(usage) }
  if (counting.unit !== 'cost') return countsOf(counting, tokens, [])
  const prices = answerPrices(counting, call)
  return prices.length === 0 ? undefined : countsOf(counting, tokens, prices)
}

/** Some providers report a sum with tokens in it that are neither input nor output: what a model has thought, which they bill as output. */
const outputOf = ({ inputTokens, outputTokens, totalTokens }: Usage) =>
  Math.max(outputTokens, totalTokens - inputTokens)
