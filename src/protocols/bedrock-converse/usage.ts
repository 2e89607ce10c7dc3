import type { Usage } from '../../llm/usage.ts'
import { asCount, asRecord } from '../shared/json-value.ts'
import type { UsageNames } from '../shared/usage/usage-scan.ts'

/** Answers do not name the model; the path of the request does. */
export const bedrockUsage: UsageNames = {
  usage: 'usage',
  model: undefined,
  readUsage: readBedrockUsage,
}

export function readBedrockUsage(value: unknown): Usage | undefined {
  const usage = asRecord(value)
  const input = asCount(usage?.['inputTokens'])
  const output = asCount(usage?.['outputTokens'])
  if (usage === undefined || (input === undefined && output === undefined)) return undefined
  const cachedInputTokens = asCount(usage['cacheReadInputTokens']) ?? 0
  const written = asCount(usage['cacheWriteInputTokens']) ?? 0
  const inputTokens = (input ?? 0) + cachedInputTokens + written
  const outputTokens = output ?? 0
  return {
    inputTokens,
    outputTokens,
    totalTokens: Math.max(asCount(usage['totalTokens']) ?? 0, inputTokens + outputTokens),
    cachedInputTokens,
    reasoningTokens: 0,
    estimated: false,
  }
}
