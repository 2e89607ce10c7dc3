import type { LimitCounting, ModelPrice } from '../../../ir/policies/rate-limit.ts'
import type { ModelCall } from '../../../llm/model-call.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'

/** Tokens that go in and come out. */
export interface CallTokens {
  readonly input: number
  readonly output: number
}

/** Cost is counted in hundred-millionths of the currency, so that a token of the cheapest model is more than nothing. */
const countsPerUnit = 100_000_000
const countsPerHundredth = countsPerUnit / 100

/** No call counts more, whatever its client asks for or its provider reports: counters are whole numbers of 64 bits. */
const mostCounts = 2 ** 50

/** Whether only the answer tells what a call has used. */
export function isKnownLater({ unit }: LimitCounting): boolean {
  return unit === 'output-tokens' || unit === 'total-tokens' || unit === 'cost'
}

/** How many counts of the store one of the limit's is. */
export function countsPerLimit({ unit }: LimitCounting): number {
  return unit === 'cost' ? countsPerHundredth : 1
}

/** What some tokens count; undefined: the model has no price. */
export function countsOf(
  counting: LimitCounting,
  tokens: CallTokens,
  models: readonly (string | undefined)[],
): number | undefined {
  const counts = exactCountsOf(counting, tokens, models)
  return counts === undefined ? undefined : Math.min(counts, mostCounts)
}

function exactCountsOf(
  { unit, prices }: LimitCounting,
  { input, output }: CallTokens,
  models: readonly (string | undefined)[],
): number | undefined {
  switch (unit) {
    case 'requests':
      return 1
    case 'input-tokens':
    case 'requests-or-input-tokens':
      return input
    case 'output-tokens':
      return output
    case 'total-tokens':
      return input + output
    case 'cost': {
      const price = findPrice(prices, models)
      if (price === undefined) return undefined
      const { perMillionInputTokens, perMillionOutputTokens } = price
      const millionths = input * perMillionInputTokens + output * perMillionOutputTokens
      return Math.ceil((millionths * countsPerUnit) / 1_000_000)
    }
  }
}

/** The price of the first of `models` that has one. */
function findPrice(
  prices: readonly ModelPrice[],
  models: readonly (string | undefined)[],
): ModelPrice | undefined {
  for (const name of models) {
    const price = prices.find(({ model }) =>
      model.endsWith('*') ? name?.startsWith(model.slice(0, -1)) : name === model,
    )
    if (price !== undefined) return price
  }
  return undefined
}

const answersWithoutTokens = new Set(['embedding', 'moderation', 'count-tokens'])

/**
 * The most tokens that may come out of a call. A call that does not say it is told to make no more than `defaultOutputTokens` per
 * answer.
 */
export function limitOutput(
  { operation }: ModelCall,
  request: ModelRequest,
  defaultOutputTokens: number,
): number {
  if (answersWithoutTokens.has(operation)) return 0
  let perAnswer = request.maxOutputTokens()
  if (perAnswer === undefined) {
    perAnswer = defaultOutputTokens
    request.setMaxOutputTokens(perAnswer)
  }
  return perAnswer * request.choiceCount() * promptCount(request.json['prompt'])
}

/** A completion answers each prompt of a list; a list of numbers is one prompt of tokens. */
function promptCount(prompt: unknown): number {
  const several = Array.isArray(prompt) && prompt.length > 0 && typeof prompt[0] !== 'number'
  return several ? prompt.length : 1
}
