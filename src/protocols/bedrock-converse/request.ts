import type { AddedMessage } from '../../llm/model-request.ts'
import { asRecord, asString, recordsOf } from '../shared/json-value.ts'
import type { RequestForm } from '../shared/request/json-request.ts'
import { tokenLimitIn, tokenLimitWithin } from '../shared/request/token-limit.ts'
import type { TextCollector, TextOwner } from '../shared/texts/text-collector.ts'

type Json = Record<string, unknown>

/** Fields of a request that the model does not read. */
const unreadFields = new Set([
  ...['system', 'messages', 'modelId', 'inferenceConfig', 'guardrailConfig', 'requestMetadata'],
  ...['performanceConfig', 'additionalModelResponseFieldPaths', 'serviceTier'],
])

export const requestForm: RequestForm = {
  collectTexts,
  addMessages,
  hasModel: false,
  outputLimit: tokenLimitWithin(['inferenceConfig'], tokenLimitIn(['maxTokens'])),
  choiceCount: () => 1,
  unlimitedOutput: ({ additionalModelRequestFields }) => {
    const field = findOtherLimit(additionalModelRequestFields)
    return (
      field && `additionalModelRequestFields.${field} may stand above inferenceConfig.maxTokens`
    )
  },
}

function collectTexts(json: Json, texts: TextCollector): void {
  texts.addMember(json, 'system', { channel: 'request', role: 'system' })
  const { messages } = json
  if (Array.isArray(messages)) {
    messages.forEach((value, index) => {
      const message = asRecord(value)
      const role = asString(message?.['role'])?.toLowerCase()
      const owner = { channel: `message ${index}`, role }
      if (message) {
        texts.addAll(message, owner)
        collectDocumentNames(message, owner, texts)
      } else texts.addMember(messages, String(index), { channel: 'message', role: undefined })
    })
  } else texts.addMember(json, 'messages', { channel: 'request', role: undefined })
  for (const key of Object.keys(json)) {
    if (!unreadFields.has(key)) texts.addMember(json, key, { channel: 'request', role: undefined })
  }
}

/** Models are told what documents are called. */
function collectDocumentNames(message: Json, { channel, role }: TextOwner, texts: TextCollector) {
  recordsOf(message['content']).forEach((block, index) => {
    const document = asRecord(block['document'])
    const name = { channel: `${channel} content ${index} document name`, role }
    if (document) texts.add(document, 'name', name)
  })
}

function addMessages(
  json: Json,
  prepend: readonly AddedMessage[],
  append: readonly AddedMessage[],
): boolean {
  const system = listAt(json, 'system', [...prepend, ...append].some(isSystem))
  const messages = listAt(json, 'messages', ![...prepend, ...append].every(isSystem))
  if (system === undefined || messages === undefined) return false
  const toSystem = (added: readonly AddedMessage[]) =>
    added.filter(isSystem).map(({ content }) => ({ text: content }))
  const toMessages = (added: readonly AddedMessage[]) =>
    added
      .filter((message) => !isSystem(message))
      .map(({ role, content }) => ({ role, content: [{ text: content }] }))
  system.unshift(...toSystem(prepend))
  system.push(...toSystem(append))
  messages.unshift(...toMessages(prepend))
  messages.push(...toMessages(append))
  return true
}

const isSystem = ({ role }: AddedMessage) => role === 'system' || role === 'developer'

/** The list there, made if something is to go into it; undefined: something else is there that takes no messages. */
function listAt(json: Json, field: string, isNeeded: boolean): unknown[] | undefined {
  const value = json[field]
  if (Array.isArray(value)) return value
  if (!isNeeded) return []
  if (value !== undefined && value !== null) return undefined
  const list: unknown[] = []
  json[field] = list
  return list
}

/** Fields by which models of their own take a limit of output tokens, or a number of answers. */
const limitName = /^(?!budget_tokens$).*(max|token|count|num|candidate|best_of|generations)|^n$/i

/** The name of such a field among those that go to the model as they are; undefined: there is none. */
function findOtherLimit(value: unknown): string | undefined {
  for (const [key, inner] of Object.entries(asRecord(value) ?? {})) {
    const isNumber = typeof inner === 'number' || (typeof inner === 'string' && /^\d+$/.test(inner))
    if (isNumber && limitName.test(key)) return key
    const nested = findOtherLimit(inner)
    if (nested !== undefined) return `${key}.${nested}`
  }
  return undefined
}
