import type { Usage } from '../../../llm/usage.ts'
import { asCount, asRecord } from '../json-value.ts'

/** Reads the `usage` of OpenAI's older APIs, which most providers have copied; undefined: it is none. */
export function readOpenAiUsage(value: unknown): Usage | undefined {
  const usage = asRecord(value)
  const input = asCount(usage?.['prompt_tokens'])
  const output = asCount(usage?.['completion_tokens'])
  const total = asCount(usage?.['total_tokens'])
  if (usage === undefined || (input === undefined && output === undefined && total === undefined)) {
    return undefined
  }
  const cached = asRecord(usage['prompt_tokens_details'])?.['cached_tokens']
  const reasoning = asRecord(usage['completion_tokens_details'])?.['reasoning_tokens']
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    totalTokens: total ?? (input ?? 0) + (output ?? 0),
    cachedInputTokens: asCount(cached) ?? asCount(usage['prompt_cache_hit_tokens']) ?? 0,
    reasoningTokens: asCount(reasoning) ?? 0,
    estimated: false,
  }
}
