import { asString } from '../shared/json-value.ts'
import { readTokenUsage } from '../shared/openai/token-usage.ts'
import type { ResponseForm } from '../shared/response/json-response.ts'
import type { TextCollector } from '../shared/texts/text-collector.ts'
import { collectItem, dropLogprobs } from './output-item.ts'

type Json = Record<string, unknown>

export const responseForm: ResponseForm = {
  collectTexts: collectAnswer,
  dropRepetitions: dropLogprobs,
  readUsage: (json) => readTokenUsage(json['usage']),
  readModel: (json) => asString(json['model']),
}

/** What an answer repeats of its request. */
const echoedFields = new Set([
  ...['output', 'instructions', 'tools', 'tool_choice', 'metadata', 'text', 'prompt', 'user'],
  ...['reasoning', 'truncation', 'safety_identifier', 'prompt_cache_key', 'conversation'],
  ...['prompt_cache_retention'],
])

/** Collects the texts of a whole answer, which the last event of a stream also holds. */
export function collectAnswer(json: Json, texts: TextCollector): boolean {
  texts.addRecords(json, 'output', { channel: 'output', role: 'assistant' }, (item, index) =>
    collectItem(item, { channel: `output ${index}`, role: 'assistant' }, texts),
  )
  for (const key of Object.keys(json)) {
    if (echoedFields.has(key)) continue
    texts.addMember(json, key, { channel: 'answer', role: undefined })
  }
  return Array.isArray(json['output'])
}
