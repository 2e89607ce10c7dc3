import type { ModelRequest } from '../../../llm/model-request.ts'

/** What is counted of the body of a request. */
export interface PromptTexts {
  readonly texts: readonly string[]
  /** Tokens that are there beside those of the texts. */
  readonly extraTokens: number
}

/** What a model reads before each message, and before its answer, as OpenAI tells of its models. */
const tokensPerMessage = 3
const tokensPerName = 1
const tokensOfAnswerStart = 3

/** Where formats put what the model is told beside the messages. */
const instructions = ['system', 'instructions', 'systemInstruction', 'system_instruction'] as const

/**
 * What of a request is counted: of `messages` every key and every text, and some tokens around them; of Gemini’s `contents` the texts;
 * else `input`, else `prompt`; instructions that stand apart besides; and of a body that has none of them every text. Tokens
 * that a client has made itself count one each.
 */
export function collectPromptTexts(request: ModelRequest): PromptTexts {
  const collector = new Collector()
  const { json } = request
  const { messages, contents } = json as { messages?: unknown; contents?: unknown }
  const single = json['input'] ?? json['prompt']
  if (Array.isArray(messages)) collector.addMessages(messages)
  else if (Array.isArray(contents)) collector.addValues(contents)
  else if (single !== undefined && single !== null) collector.addValues(single)
  else return { texts: request.texts().map(({ text }) => text), extraTokens: 0 }
  for (const key of instructions) collector.addValues(json[key])
  return collector
}

class Collector implements PromptTexts {
  readonly texts: string[] = []
  extraTokens = 0

  addMessages(messages: readonly unknown[]): void {
    for (const message of messages) {
      this.extraTokens += tokensPerMessage
      if (isRecord(message) && 'name' in message) this.extraTokens += tokensPerName
      this.#addWithKeys(message)
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

  #addWithKeys(value: unknown): void {
    if (typeof value === 'string') this.texts.push(value)
    else if (Array.isArray(value)) for (const inner of value) this.#addWithKeys(inner)
    else if (isRecord(value)) {
      for (const [key, inner] of Object.entries(value)) {
        this.texts.push(key)
        this.#addWithKeys(inner)
      }
    }
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
