import type { Tokenizer } from '../../../lib/tokenizer/shared-tokenizer.ts'
import type { CountTokens } from './estimate-usage.ts'

/** So much is counted exactly, in UTF-16 units, and what follows is taken to be alike: requests do not wait for estimates. */
const countedUnits = 32_000

/** English has about four letters to a token. */
const unitsPerToken = 4

/** Counts at once what can be counted at once, and guesses the rest. */
export function createTokenEstimate(tokenizer: Tokenizer): CountTokens {
  return (texts) => {
    const sample: string[] = []
    let units = 0
    let sampled = 0
    for (const text of texts) {
      units += text.length
      const piece = text.slice(0, countedUnits - sampled)
      sampled += piece.length
      if (piece !== '') sample.push(piece)
    }
    const tokens = units === 0 ? 0 : tokenizer.count(sample)
    if (typeof tokens !== 'number') return Math.ceil(units / unitsPerToken)
    return sampled === units ? tokens : Math.ceil((tokens * units) / sampled)
  }
}
