import type { WireFormat } from '../../../llm/wire-format.ts'
import { createFormat } from '../create-format.ts'
import { asString } from '../json-value.ts'
import { noTokenLimit } from '../request/token-limit.ts'
import { canReadInput, collectInput, countTokenNumbers } from './input.ts'
import { readOpenAiUsage } from './usage.ts'
import { openAiUsageNames } from './usage-report.ts'

/** What tells apart the formats that ask something of an `input` and answer with a list of what is no text. */
export interface InputFormatParts {
  readonly name: string
  /** Fields of requests that name no text. */
  readonly textless: readonly string[]
  /** The field of answers that holds the list. */
  readonly list: string
}

/** Makes a format whose requests have texts or tokens in `input` and whose answers have none. */
export function createInputFormat({ name, textless, list }: InputFormatParts): WireFormat {
  return createFormat({
    name,
    request: {
      collectTexts(json, texts) {
        for (const key of Object.keys(json)) {
          if (textless.includes(key)) continue
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
        texts.addOthers(json, list, { channel: 'answer', role: undefined })
        return Array.isArray(json[list])
      },
      readUsage: (json) => readOpenAiUsage(json['usage']),
      readModel: (json) => asString(json['model']),
    },
    usage: openAiUsageNames,
  })
}
