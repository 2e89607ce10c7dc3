import type { AddedMessage } from '../../llm/model-request.ts'
import { asCount, asRecord, asString } from '../shared/json-value.ts'
import { setStreaming } from '../shared/openai/choices.ts'
import { countTokenNumbers } from '../shared/openai/input.ts'
import type { RequestForm } from '../shared/request/json-request.ts'
import { findOverlaidLimit, openAiLimit } from '../shared/request/token-limit.ts'
import type { TextCollector } from '../shared/texts/text-collector.ts'
import { collectMessageTexts } from './message-texts.ts'

type Json = Record<string, unknown>

/** How a provider's Chat Completions differ from OpenAI's. */
export interface ChatDialect {
  /** Streams report usage only when `stream_options` asks for it; elsewhere the field is not known. */
  readonly usageOnRequest: boolean
  /** What the limit of output tokens is called, the preferred name first. */
  readonly outputLimitFields: readonly [string, ...string[]]
}

/** How many answers are written. */
export const countFields = ['n', 'best_of'] as const

/** Fields of a request that the model does not read. */
const unreadFields = new Set([
  ...['messages', 'model', 'stop', 'user', 'metadata', 'safety_identifier', 'prompt_cache_key'],
  ...['stream_options', 'modalities', 'audio', 'reasoning_effort', 'verbosity', 'tool_choice'],
])

export function createRequestForm(dialect: ChatDialect): RequestForm {
  return {
    collectTexts: collectRequestTexts,
    addMessages,
    setStreaming: (json, streaming) => setStreaming(json, streaming, dialect.usageOnRequest),
    // Some servers take these in the place of messages.
    tokenNumbers: ({ prompt_token_ids: ids, input_ids: others, kv_transfer_params: params }) =>
      [ids, others, asRecord(params)?.['prompt_token_ids']].reduce(
        (count: number, list) => count + countTokenNumbers(list),
        0,
      ),
    hasModel: true,
    unlimitedOutput: findOverlaidLimit,
    outputLimit: openAiLimit(...dialect.outputLimitFields),
    // Some servers write more answers than they give.
    choiceCount: (json) => Math.max(...countFields.map((field) => asCount(json[field]) ?? 1)),
  }
}

function collectRequestTexts(json: Json, texts: TextCollector): void {
  const { messages } = json
  if (Array.isArray(messages)) {
    messages.forEach((value, index) => {
      const message = asRecord(value)
      const channel = `message ${index}`
      const role = asString(message?.['role'])?.toLowerCase()
      if (message) collectMessageTexts(message, { channel, role }, texts)
      else texts.addMember(messages, String(index), { channel: 'message', role: undefined })
    })
  } else texts.addMember(json, 'messages', { channel: 'request', role: undefined })
  for (const key of Object.keys(json)) {
    if (!unreadFields.has(key)) texts.addMember(json, key, { channel: 'request', role: undefined })
  }
}

function addMessages(
  { messages }: Json,
  prepend: readonly AddedMessage[],
  append: readonly AddedMessage[],
): boolean {
  if (!Array.isArray(messages)) return false
  messages.unshift(...prepend)
  messages.push(...append)
  return true
}
