import type { Usage } from '../../llm/usage.ts'
import { asCount, asRecord } from '../shared/json-value.ts'
import type { UsageNames } from '../shared/usage/usage-scan.ts'

/** Every message of a stream reports what the answer has used so far. */
export const geminiUsage: UsageNames = {
  usage: 'usageMetadata',
  model: 'modelVersion',
  readUsage: readGeminiUsage,
}

export function readGeminiUsage(value: unknown): Usage | undefined {
  const usage = asRecord(value)
  if (usage === undefined) return undefined
  const count = (field: string) => asCount(usage[field]) ?? 0
  const inputTokens = count('promptTokenCount') + count('toolUsePromptTokenCount')
  const outputTokens = count('candidatesTokenCount') + count('thoughtsTokenCount')
  const totalTokens = asCount(usage['totalTokenCount']) ?? inputTokens + outputTokens
  if (totalTokens === 0 && inputTokens === 0) return undefined
  return {
    inputTokens,
    outputTokens,
    totalTokens,
    cachedInputTokens: count('cachedContentTokenCount'),
    reasoningTokens: count('thoughtsTokenCount'),
    estimated: false,
  }
}
