import type { Usage } from '../../llm/usage.ts'
import { asCount, asRecord } from '../shared/json-value.ts'
import type { UsageNames } from '../shared/usage/usage-scan.ts'

/** A stream reports input at its start and output, perhaps with input, at its end. */
export const anthropicUsage: UsageNames = {
  usage: 'usage',
  model: 'model',
  readUsage: readAnthropicUsage,
}

/** Reads a `usage` on top of what the same answer has reported `earlier`. */
export function readAnthropicUsage(value: unknown, earlier: Usage | undefined): Usage | undefined {
  const usage = asRecord(value)
  const input = asCount(usage?.['input_tokens'])
  const output = asCount(usage?.['output_tokens'])
  if (usage === undefined || (input === undefined && output === undefined)) return undefined
  const cached = asCount(usage['cache_read_input_tokens']) ?? 0
  const written = asCount(usage['cache_creation_input_tokens']) ?? 0
  const allInput = (input ?? 0) + cached + written
  const inputTokens = Math.max(allInput, earlier?.inputTokens ?? 0)
  const outputTokens = output ?? earlier?.outputTokens ?? 0
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cachedInputTokens: Math.max(cached, earlier?.cachedInputTokens ?? 0),
    reasoningTokens: 0,
    estimated: false,
  }
}
