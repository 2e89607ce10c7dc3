import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { asString } from '../shared/json-value.ts'
import { canReadInput, collectInput, countTokenNumbers } from '../shared/openai/input.ts'
import { readOpenAiUsage } from '../shared/openai/usage.ts'
import { openAiUsageNames } from '../shared/openai/usage-report.ts'
import { noTokenLimit } from '../shared/request/token-limit.ts'

/** Moderations: texts are judged, none is answered. */
export const openAiModerations: WireFormat = createFormat({
  name: 'openai-moderations',
  request: {
    collectTexts(json, texts) {
      for (const key of Object.keys(json)) {
        if (key === 'input') collectInput(json, key, texts)
        else texts.addMember(json, key, { channel: 'request', role: undefined })
      }
    },
    tokenNumbers: (json) => countTokenNumbers(json['input']),
    hasModel: true,
    outputLimit: noTokenLimit,
    choiceCount: () => 1,
  },
  fields: ['model', 'input'],
  canRead: (json) => canReadInput(json['input']),
  response: {
    collectTexts(json, texts) {
      for (const key of Object.keys(json)) {
        if (key !== 'results') texts.addMember(json, key, { channel: 'answer', role: undefined })
      }
      return Array.isArray(json['results'])
    },
    readUsage: (json) => readOpenAiUsage(json['usage']),
    readModel: (json) => asString(json['model']),
  },
  usage: openAiUsageNames,
})
