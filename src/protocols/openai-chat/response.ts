import { asRecord, asString } from '../shared/json-value.ts'
import { dropSpellings } from '../shared/openai/choices.ts'
import { readOpenAiUsage } from '../shared/openai/usage.ts'
import type { ResponseForm } from '../shared/response/json-response.ts'
import type { TextCollector } from '../shared/texts/text-collector.ts'
import { collectMessageTexts } from './message-texts.ts'

type Json = Record<string, unknown>

export const responseForm: ResponseForm = {
  collectTexts: collectResponseTexts,
  dropRepetitions: dropSpellings,
  readUsage: (json) => readOpenAiUsage(json['usage']),
  readModel: (json) => asString(json['model']),
}

function collectResponseTexts(json: Json, texts: TextCollector): boolean {
  const answer = { channel: 'answer', role: undefined }
  texts.addRecords(json, 'choices', answer, (choice, position) => {
    const owner = { channel: `choice ${choice['index'] ?? position}`, role: 'assistant' }
    for (const key of Object.keys(choice)) {
      const message = key === 'message' ? asRecord(choice[key]) : undefined
      if (message) collectMessageTexts(message, owner, texts)
      else texts.addMember(choice, key, owner)
    }
  })
  texts.addOthers(json, 'choices', answer)
  return Array.isArray(json['choices'])
}
