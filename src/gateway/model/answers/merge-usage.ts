import type { Usage } from '../../../llm/usage.ts'

/** Reports within one stream tell more and more, some of them only in part. */
export function mergeUsage(known: Usage | undefined, next: Usage): Usage {
  if (known === undefined) return next
  const inputTokens = Math.max(known.inputTokens, next.inputTokens)
  const outputTokens = Math.max(known.outputTokens, next.outputTokens)
  return {
    inputTokens,
    outputTokens,
    totalTokens: Math.max(known.totalTokens, next.totalTokens, inputTokens + outputTokens),
    cachedInputTokens: Math.max(known.cachedInputTokens, next.cachedInputTokens),
    reasoningTokens: Math.max(known.reasoningTokens, next.reasoningTokens),
    estimated: next.estimated,
  }
}
