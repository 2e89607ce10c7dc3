import { asCount, asRecord, asString } from '../shared/json-value.ts'
import type { ResponseForm } from '../shared/response/json-response.ts'
import type { TextCollector, TextOwner } from '../shared/texts/text-collector.ts'
import { readAnthropicUsage } from './usage.ts'

type Json = Record<string, unknown>

const answerOwner = { channel: 'answer', role: undefined }

export const responseForm: ResponseForm = {
  collectTexts(json, texts) {
    texts.addRecords(json, 'content', answerOwner, (block, index) =>
      collectBlock(block, { channel: `content ${index}`, role: 'assistant' }, texts),
    )
    texts.addOthers(json, 'content', answerOwner)
    return Array.isArray(json['content'])
  },
  readUsage: (json) => readAnthropicUsage(json['usage'], undefined),
  readModel: (json) => asString(json['model']),
}

/** The answer to `count_tokens`, which costs nothing. */
export const countForm: ResponseForm = {
  collectTexts(json, texts) {
    texts.addOthers(json, undefined, answerOwner)
    return asCount(json['input_tokens']) !== undefined
  },
  readUsage: () => undefined,
  readModel: () => undefined,
}

/** Collects the texts of a block; the input of a tool is JSON, as it is in streams. */
function collectBlock(block: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(block)) {
    if (key === 'input' && asRecord(block[key])) {
      texts.addJson(block, key, { ...owner, channel: `${owner.channel} input` })
    } else texts.addMember(block, key, owner)
  }
}
