import type { LimitCounting, ModelPrice } from '../../../ir/policies/rate-limit.ts'
import type { ModelCall } from '../../../llm/model-call.ts'

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

/** What some tokens count at the dearest of `prices`, of which there must be one where cost is counted. */
export function countsOf(
  counting: LimitCounting,
  tokens: CallTokens,
  prices: readonly ModelPrice[],
): number {
  return Math.min(exactCountsOf(counting, tokens, prices), mostCounts)
}

function exactCountsOf(
  { unit }: LimitCounting,
  { input, output }: CallTokens,
  prices: readonly ModelPrice[],
): number {
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
    case 'cost':
      return Math.max(...prices.map((price) => priceOf(price, { input, output })))
  }
}

function priceOf(price: ModelPrice, { input, output }: CallTokens): number {
  const { perMillionInputTokens, perMillionOutputTokens } = price
  const millionths = input * perMillionInputTokens + output * perMillionOutputTokens
  return Math.ceil((millionths * countsPerUnit) / 1_000_000)
}

/** The price of a model; undefined: it has none. */
export function findPrice(
  { prices }: LimitCounting,
  name: string | undefined,
): ModelPrice | undefined {
  return prices.find(({ model }) =>
    model.endsWith('*') ? name?.startsWith(model.slice(0, -1)) : name === model,
  )
}

/**
 * The prices of which the dearest holds for an answer: that of the model that was asked for it, and of another one that the provider
 * names. A version of the model that was asked for is that model, whatever other price the longer name fits; and a name in an answer,
 * in which a client may have a say, makes none cheaper.
 */
export function answerPrices(
  counting: LimitCounting,
  { model, providerModel }: ModelCall,
): readonly ModelPrice[] {
  const isOther = providerModel !== undefined && !providerModel.startsWith(model ?? '')
  const names = isOther ? [model, providerModel] : [model]
  return names.flatMap((name) => findPrice(counting, name) ?? [])
}
