import { isRecord } from '../../../../lib/json/is-record.ts'
import type { ModelRequest } from '../../../../llm/model-request.ts'
import {
  instructions,
  type Prompt,
  tokensOfAnswerStart,
  tokensPerMessage,
  tokensPerName,
} from './prompt.ts'

/**
 * What a vendor's limits count of a request: of `messages` every key and every text, and some tokens around them; of Gemini’s
 * `contents`, of `input` and of `prompt` the texts; instructions that stand apart besides; and of a body that has none of them every
 * text. Each of them counts whatever stands beside it, as it is not known which a provider reads. Tokens that a client has made itself
 * count one each.
 */
export function readVendorPrompt(request: ModelRequest): Prompt {
  const prompt = new VendorPrompt()
  const { json } = request
  const { messages } = json
  const values = [json['contents'], json['input'], json['prompt']]
  if (Array.isArray(messages)) prompt.addMessages(messages)
  else if (values.every((value) => value === undefined)) {
    return { ...prompt, texts: request.texts().map(({ text }) => text) }
  } else prompt.addWithKeys(messages)
  for (const value of values) prompt.addValues(value)
  for (const key of [...instructions, ...tokenFields]) prompt.addValues(json[key])
  return prompt
}

/** Where some servers take tokens that their client has made itself, in the place of messages. */
const tokenFields = ['prompt_token_ids', 'input_ids', 'kv_transfer_params'] as const

class VendorPrompt implements Prompt {
  readonly texts: string[] = []
  extraTokens = 0
  readonly attachments = 0
  readonly unseen = undefined

  addMessages(messages: readonly unknown[]): void {
    for (const message of messages) {
      this.extraTokens += tokensPerMessage
      if (isRecord(message) && 'name' in message) this.extraTokens += tokensPerName
      this.addWithKeys(message)
    }
    this.extraTokens += tokensOfAnswerStart
  }

  /** Texts without the keys that they stand under. */
  addValues(value: unknown): void {
    if (typeof value === 'string') this.texts.push(value)
    else if (typeof value === 'number') this.extraTokens += 1
    else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) this.addValues(inner)
    }
  }

  /** Texts, and the keys that they stand under. */
  addWithKeys(value: unknown): void {
    if (typeof value === 'string') this.texts.push(value)
    else if (Array.isArray(value)) for (const inner of value) this.addWithKeys(inner)
    else if (isRecord(value)) {
      for (const [key, inner] of Object.entries(value)) {
        this.texts.push(key)
        this.addWithKeys(inner)
      }
    }
  }
}
