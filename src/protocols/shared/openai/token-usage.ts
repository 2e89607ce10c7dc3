import type { Usage } from '../../../llm/usage.ts'
import { asCount, asRecord } from '../json-value.ts'
import type { UsageNames } from '../usage/usage-scan.ts'

export const tokenUsageNames: UsageNames = {
  usage: 'usage',
  model: 'model',
  readUsage: readTokenUsage,
}

/** Reads the `usage` of OpenAI's newer APIs. */
export function readTokenUsage(value: unknown): Usage | undefined {
  const usage = asRecord(value)
  const input = asCount(usage?.['input_tokens'])
  const output = asCount(usage?.['output_tokens'])
  if (usage === undefined || (input === undefined && output === undefined)) return undefined
  const cached = asRecord(usage['input_tokens_details'])?.['cached_tokens']
  const reasoning = asRecord(usage['output_tokens_details'])?.['reasoning_tokens']
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    totalTokens: asCount(usage['total_tokens']) ?? (input ?? 0) + (output ?? 0),
    cachedInputTokens: asCount(cached) ?? 0,
    reasoningTokens: asCount(reasoning) ?? 0,
    estimated: false,
  }
}
