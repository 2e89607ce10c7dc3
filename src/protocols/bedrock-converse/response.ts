import { asRecord } from '../shared/json-value.ts'
import type { ResponseForm } from '../shared/response/json-response.ts'
import type { TextCollector, TextOwner } from '../shared/texts/text-collector.ts'
import { readBedrockUsage } from './usage.ts'

type Json = Record<string, unknown>

export const responseForm: ResponseForm = {
  collectTexts(json, texts) {
    const output = asRecord(json['output'])
    const message = asRecord(output?.['message'])
    if (message !== undefined) {
      texts.addRecords(message, 'content', answerOwner, (block, index) =>
        collectBlock(block, { channel: `content ${index}`, role: 'assistant' }, texts),
      )
      texts.addOthers(message, 'content', answerOwner)
    }
    texts.addOthers(output ?? {}, message && 'message', answerOwner)
    texts.addOthers(json, output && 'output', answerOwner)
    return Array.isArray(message?.['content'])
  },
  readUsage: (json) => readBedrockUsage(json['usage']),
  readModel: () => undefined,
}

const answerOwner = { channel: 'answer', role: undefined }

function collectBlock(block: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(block)) {
    const inner = asRecord(block[key])
    const reasoning = key === 'reasoningContent' ? asRecord(inner?.['reasoningText']) : undefined
    if (reasoning) texts.addAll(reasoning, { ...owner, channel: `${owner.channel} ${key}` })
    else if (key === 'toolUse' && inner && asRecord(inner['input'])) {
      texts.addJson(inner, 'input', { ...owner, channel: `${owner.channel} input` })
    } else texts.addMember(block, key, owner)
  }
}
