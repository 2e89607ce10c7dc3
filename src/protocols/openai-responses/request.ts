import type { AddedMessage } from '../../llm/model-request.ts'
import { collectItems } from '../shared/openai/items.ts'
import type { RequestForm } from '../shared/request/json-request.ts'
import { findOverlaidLimit, openAiLimit } from '../shared/request/token-limit.ts'
import type { TextCollector } from '../shared/texts/text-collector.ts'

type Json = Record<string, unknown>

/** Fields of a request that the model does not read. */
const unreadFields = new Set([
  ...['input', 'instructions', 'model', 'metadata', 'user', 'safety_identifier', 'include'],
  ...['prompt_cache_key', 'prompt_cache_retention', 'reasoning', 'tool_choice', 'truncation'],
  ...['conversation', 'stream_options'],
])

export const requestForm: RequestForm = {
  collectTexts,
  addMessages,
  setStreaming(json, streaming) {
    const changed = (json['stream'] === true) !== streaming
    if (changed) json['stream'] = streaming
    return { changed, addsUsage: false }
  },
  hasModel: true,
  outputLimit: openAiLimit('max_output_tokens'),
  choiceCount: () => 1,
  unlimitedOutput(json) {
    const { background = null } = json
    return background === null || background === false
      ? findOverlaidLimit(json)
      : 'an answer that is made in the background does not say what it uses'
  },
}

function collectTexts(json: Json, texts: TextCollector): void {
  texts.addMember(json, 'instructions', { channel: 'request', role: 'system' })
  const { input } = json
  if (Array.isArray(input)) collectItems(input, 'input', texts)
  else if (typeof input === 'string') texts.add(json, 'input', { channel: 'input', role: 'user' })
  else texts.addMember(json, 'input', { channel: 'request', role: 'user' })
  for (const key of Object.keys(json)) {
    if (!unreadFields.has(key)) texts.addMember(json, key, { channel: 'request', role: undefined })
  }
}

function addMessages(
  json: Json,
  prepend: readonly AddedMessage[],
  append: readonly AddedMessage[],
): boolean {
  const { input } = json
  if (typeof input === 'string') {
    json['input'] = [...prepend, { role: 'user', content: input }, ...append]
    return true
  }
  if (!Array.isArray(input)) return false
  input.unshift(...prepend)
  input.push(...append)
  return true
}
