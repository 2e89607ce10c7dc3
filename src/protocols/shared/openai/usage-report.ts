import { parseJson } from '../../../lib/json/parse-json.ts'
import { asRecord } from '../json-value.ts'
import type { SseEvent } from '../sse/sse-event.ts'
import type { UsageNames } from '../usage/usage-scan.ts'
import { readOpenAiUsage } from './usage.ts'

export const openAiUsageNames: UsageNames = {
  usage: 'usage',
  model: 'model',
  readUsage: readOpenAiUsage,
}

/** The chunk that OpenAI adds at the end of a stream when it is asked to report usage. */
export function isUsageChunk(chunk: Record<string, unknown>): boolean {
  const { choices, usage } = chunk
  return Array.isArray(choices) && choices.length === 0 && asRecord(usage) !== undefined
}

/** Whether an event is such a chunk. */
export function isUsageEvent(event: SseEvent): boolean {
  const parsed = parseJson(event.data ?? '')
  const chunk = 'value' in parsed ? asRecord(parsed.value) : undefined
  return chunk !== undefined && isUsageChunk(chunk)
}
