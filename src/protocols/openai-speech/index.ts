import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { asRecord } from '../shared/json-value.ts'
import { readTokenUsage, tokenUsageNames } from '../shared/openai/token-usage.ts'
import { noTokenLimit } from '../shared/request/token-limit.ts'
import { errorMessage } from '../shared/stream/error-message.ts'
import type { MessageReader } from '../shared/stream/read-message.ts'
import { takeUnknown } from '../shared/stream/take-unknown.ts'

/** How it is to be spoken, but not what. */
const unreadFields = new Set(['model', 'voice', 'response_format', 'stream_format'])

const reader: MessageReader = {
  read(event, part) {
    part.usage = readTokenUsage(event['usage'])
    if (event['type'] === 'error' || asRecord(event['error'])) {
      part.error = errorMessage(event['error'] ?? event)
      part.closesAll = true
      part.repeated.addAll(event, { channel: 'answer', role: undefined })
    } else if (event['type'] === 'speech.audio.delta') {
      const { audio, ...rest } = event
      takeUnknown(rest, part)
    } else takeUnknown(event, part)
  },
}

/** Speech from a text. */
export const openAiSpeech: WireFormat = createFormat({
  name: 'openai-speech',
  request: {
    collectTexts(json, texts) {
      for (const key of Object.keys(json)) {
        if (unreadFields.has(key)) continue
        const role = key === 'input' ? 'user' : key === 'instructions' ? 'system' : undefined
        texts.addMember(json, key, { channel: 'request', role })
      }
    },
    hasModel: true,
    outputLimit: noTokenLimit,
    choiceCount: () => 1,
    unlimitedOutput: () => 'no limit of tokens holds for speech',
  },
  fields: ['model', 'input', 'instructions'],
  response: {
    collectTexts(json, texts) {
      texts.addAll(json, { channel: 'answer', role: undefined })
      return false
    },
    readUsage: () => undefined,
    readModel: () => undefined,
  },
  usage: { ...tokenUsageNames, model: undefined },
  createMessageReader: () => reader,
})
