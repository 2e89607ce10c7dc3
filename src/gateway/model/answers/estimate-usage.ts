import type { ModelCall } from '../../../llm/model-call.ts'
import type { Usage } from '../../../llm/usage.ts'

/** Counts the tokens of texts; undefined: they cannot be counted now. */
export type CountTokens = (texts: readonly string[]) => number | undefined

/** What a call has used as far as the gateway can tell; undefined: it could not read the request. */
export function estimateUsage(
  { request }: ModelCall,
  outputTokens: number,
  countTokens: CountTokens,
): Usage | undefined {
  if (request === undefined) return undefined
  const textTokens = countTokens(request.texts().map(({ text }) => text))
  if (textTokens === undefined) return undefined
  const inputTokens = textTokens + request.tokenNumbers()
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  }
}
