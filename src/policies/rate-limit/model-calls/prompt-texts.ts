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

/** Where formats put what else a model reads: what it may call, and the form of its answer. */
const definitions = [
  ...['tools', 'functions', 'response_format', 'prediction', 'suffix', 'documents'],
  ...['generationConfig', 'generation_config', 'toolConfig', 'requests', 'content', 'items'],
] as const

/**
 * What of a request is counted: of `messages` every key and every text, and some tokens around them; of Gemini’s `contents`, of
 * `input` and of `prompt` the texts; instructions that stand apart besides; and of a body that has none of them every text. Each of
 * them counts whatever stands beside it, as it is not known which a provider reads. Tokens that a client has made itself count
 * one each. With definitions so does all else that a model reads, such as the tools that it may call.
 */
export function collectPromptTexts(
  request: ModelRequest,
  { withDefinitions }: { readonly withDefinitions: boolean },
): PromptTexts {
  const collector = new Collector()
  const { json } = request
  const { messages } = json
  const values = [json['contents'], json['input'], json['prompt']]
  const isKnown = Array.isArray(messages) || values.some((value) => value !== undefined)
  if (!isKnown) return { texts: request.texts().map(({ text }) => text), extraTokens: 0 }
  if (Array.isArray(messages)) collector.addMessages(messages)
  else collector.addWithKeys(messages)
  for (const value of values) collector.addValues(value)
  for (const key of instructions) collector.addValues(json[key])
  if (withDefinitions) for (const key of definitions) collector.addWithKeys(json[key])
  return collector
}

class Collector implements PromptTexts {
  readonly texts: string[] = []
  extraTokens = 0

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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
