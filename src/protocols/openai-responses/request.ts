import type { AddedMessage } from '../../llm/model-request.ts'
import { asRecord, asString } from '../shared/json-value.ts'
import type { RequestForm } from '../shared/request/json-request.ts'
import { tokenLimitIn } from '../shared/request/token-limit.ts'
import type { TextCollector, TextOwner } from '../shared/texts/text-collector.ts'
import { ArgumentDecoder } from '../shared/tool-arguments/argument-decoder.ts'

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
  outputLimit: tokenLimitIn(['max_output_tokens']),
  choiceCount: () => 1,
}

function collectTexts(json: Json, texts: TextCollector): void {
  texts.addMember(json, 'instructions', { channel: 'request', role: 'system' })
  const { input } = json
  if (Array.isArray(input)) {
    input.forEach((value, index) => {
      const item = asRecord(value)
      const owner = { channel: `input ${index}`, role: item ? roleOf(item) : 'user' }
      if (item) collectItem(item, owner, texts)
      else texts.addMember(input, String(index), { channel: 'input', role: 'user' })
    })
  } else if (typeof input === 'string') texts.add(json, 'input', { channel: 'input', role: 'user' })
  else texts.addMember(json, 'input', { channel: 'request', role: 'user' })
  for (const key of Object.keys(json)) {
    if (!unreadFields.has(key)) texts.addMember(json, key, { channel: 'request', role: undefined })
  }
}

/** Messages say who speaks; of calls the assistant does, of their results the tool. */
function roleOf(item: Json): string {
  const role = asString(item['role'])
  if (role !== undefined) return role.toLowerCase()
  return asString(item['type'])?.endsWith('_output') === true ? 'tool' : 'assistant'
}

function collectItem(item: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(item)) {
    const channel = `${owner.channel} ${key}`
    if (key === 'arguments' && asString(item[key]) !== undefined) {
      texts.addArguments(item, key, { ...owner, channel, decoder: new ArgumentDecoder() })
    } else texts.addMember(item, key, owner)
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
