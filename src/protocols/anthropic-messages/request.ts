import type { AddedMessage } from '../../llm/model-request.ts'
import { asRecord, asString } from '../shared/json-value.ts'
import type { RequestForm } from '../shared/request/json-request.ts'
import { tokenLimitIn } from '../shared/request/token-limit.ts'
import type { TextCollector } from '../shared/texts/text-collector.ts'

type Json = Record<string, unknown>

/** Fields of a request that the model does not read. */
const unreadFields = new Set([
  ...['model', 'metadata', 'stop_sequences', 'tool_choice', 'anthropic_version', 'anthropic_beta'],
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
  outputLimit: tokenLimitIn(['max_tokens']),
  choiceCount: () => 1,
}

function collectTexts(json: Json, texts: TextCollector): void {
  texts.addMember(json, 'system', { channel: 'request', role: 'system' })
  const { messages } = json
  if (Array.isArray(messages)) {
    messages.forEach((value, index) => {
      const role = asString(asRecord(value)?.['role'])?.toLowerCase()
      const owner = { channel: `message ${index}`, role }
      if (asRecord(value)) texts.addAll(value, owner)
      else texts.addMember(messages, String(index), { channel: 'message', role: undefined })
    })
  } else texts.addMember(json, 'messages', { channel: 'request', role: undefined })
  for (const key of Object.keys(json)) {
    if (key === 'system' || key === 'messages' || unreadFields.has(key)) continue
    texts.addMember(json, key, { channel: 'request', role: undefined })
  }
}

function addMessages(
  json: Json,
  prepend: readonly AddedMessage[],
  append: readonly AddedMessage[],
): boolean {
  const { messages } = json
  const before = prepend.filter(isOfMessages)
  const after = append.filter(isOfMessages)
  if (before.length + after.length > 0) {
    if (!Array.isArray(messages)) return false
    messages.unshift(...before)
    messages.push(...after)
  }
  addSystem(json, [...prepend, ...append])
  return true
}

const isOfMessages = ({ role }: AddedMessage) => role !== 'system' && role !== 'developer'

function addSystem(json: Json, added: readonly AddedMessage[]): void {
  const ofRole = (wanted: string) =>
    added.filter(({ role }) => role === wanted).map(({ content }) => `${content}\n`)
  const text = [...ofRole('system'), ...ofRole('developer')].join('')
  if (text === '') return
  const { system } = json
  if (Array.isArray(system)) system.push({ type: 'text', text })
  else json['system'] = typeof system === 'string' && system !== '' ? `${system}\n${text}` : text
}
