import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { asCount, asRecord } from '../shared/json-value.ts'
import { readTokenUsage, tokenUsageNames } from '../shared/openai/token-usage.ts'
import { noTokenLimit } from '../shared/request/token-limit.ts'
import { errorMessage } from '../shared/stream/error-message.ts'
import type { MessageReader } from '../shared/stream/read-message.ts'
import { takeUnknown } from '../shared/stream/take-unknown.ts'

type Json = Record<string, unknown>

/** How a picture is to be, and who asks. */
const unreadFields = new Set([
  ...['model', 'user', 'size', 'quality', 'style', 'background', 'moderation', 'output_format'],
  ...['response_format'],
])

/** What a picture is like. */
const pictureFields = new Set(['size', 'quality', 'background', 'output_format'])

const reader: MessageReader = {
  read(event, part) {
    part.usage = readTokenUsage(event['usage'])
    if (event['type'] === 'error' || asRecord(event['error'])) {
      part.error = errorMessage(event['error'] ?? event)
      part.closesAll = true
      part.repeated.addAll(event, { channel: 'answer', role: undefined })
    } else takeUnknown(withoutPicture(event), part)
  },
}

function withoutPicture(event: Json): Json {
  return Object.fromEntries(Object.entries(event).filter(([key]) => !pictureFields.has(key)))
}

/** Pictures from a prompt. */
export const openAiImages: WireFormat = createFormat({
  name: 'openai-images',
  request: {
    collectTexts(json, texts) {
      for (const key of Object.keys(json)) {
        if (unreadFields.has(key)) continue
        const role = key === 'prompt' ? 'user' : undefined
        texts.addMember(json, key, { channel: 'request', role })
      }
    },
    setStreaming(json, streaming) {
      const changed = (json['stream'] === true) !== streaming
      if (changed) json['stream'] = streaming
      return { changed, addsUsage: false }
    },
    hasModel: true,
    outputLimit: noTokenLimit,
    choiceCount: (json) => asCount(json['n']) ?? 1,
    unlimitedOutput: () => 'no limit of tokens holds for pictures',
  },
  fields: ['model', 'prompt'],
  response: {
    collectTexts(json, texts) {
      for (const key of Object.keys(json)) {
        if (pictureFields.has(key)) continue
        texts.addMember(json, key, { channel: 'answer', role: undefined })
      }
      return Array.isArray(json['data'])
    },
    readUsage: (json) => readTokenUsage(json['usage']),
    readModel: () => undefined,
  },
  usage: { ...tokenUsageNames, model: undefined },
  createMessageReader: () => reader,
})
