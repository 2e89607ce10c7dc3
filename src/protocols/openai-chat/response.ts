import { asRecord, asString, recordsOf } from '../shared/json-value.ts'
import type { ResponseForm } from '../shared/response/json-response.ts'
import type { TextCollector } from '../shared/texts/text-collector.ts'
import { readOpenAiUsage } from '../shared/usage/openai-usage.ts'
import { collectMessageTexts } from './message-texts.ts'

type Json = Record<string, unknown>

export const responseForm: ResponseForm = {
  collectTexts: collectResponseTexts,
  dropRepetitions: dropLogprobs,
  readUsage: (json) => readOpenAiUsage(json['usage']),
  readModel: (json) => asString(json['model']),
}

function collectResponseTexts(json: Json, texts: TextCollector): boolean {
  const { choices } = json
  recordsOf(choices).forEach((choice, position) => {
    const owner = { channel: `choice ${choice['index'] ?? position}`, role: 'assistant' }
    for (const key of Object.keys(choice)) {
      const message = key === 'message' ? asRecord(choice[key]) : undefined
      if (message) collectMessageTexts(message, owner, texts)
      else texts.addMember(choice, key, owner)
    }
  })
  for (const key of Object.keys(json)) {
    if (key !== 'choices') texts.addMember(json, key, { channel: 'answer', role: undefined })
  }
  return Array.isArray(choices) || isError(json)
}

/** Errors come in the field of that name, as an object that says so, or as what a validation found. */
const isError = (json: Json) =>
  json['error'] !== undefined || json['object'] === 'error' || json['detail'] !== undefined

/** Log probabilities spell the text token by token. */
export function dropLogprobs(json: Json): boolean {
  const bearing = recordsOf(json['choices']).filter(({ logprobs }) => asRecord(logprobs))
  for (const choice of bearing) choice['logprobs'] = null
  return bearing.length > 0
}
