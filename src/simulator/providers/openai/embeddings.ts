import { countTexts } from '../../chat/count-prompt.ts'
import { embed, toBase64 } from '../../generation/embedding.ts'
import {
  type Answer,
  type AnswerContext,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
} from '../../provider.ts'
import { openaiError } from './errors.ts'

/** What the API takes in one call. */
const mostInputs = 2048

/** `POST /v1/embeddings`: input is a text, texts, tokens, or lists of tokens. */
export async function createEmbeddings(
  body: JsonObject,
  _request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> {
  const { model, dimensions, encoding_format: format } = body as Record<string, unknown>
  if (typeof model !== 'string' || model === '') {
    return openaiError(400, { message: 'you must provide a model parameter' })
  }
  const inputs = inputsOf(body['input'])
  if (inputs === undefined || inputs.length === 0 || inputs.length > mostInputs) {
    return openaiError(400, {
      message:
        "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    })
  }
  const size = dimensions ?? (model.includes('large') ? 3072 : 1536)
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > 3072) {
    return openaiError(400, { message: "Invalid value for 'dimensions'.", param: 'dimensions' })
  }
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const promptTokens =
    countTexts(
      inputs.map(({ text }) => text),
      tokenizer,
    ) + inputs.reduce((sum, { tokens }) => sum + tokens, 0)
  return jsonAnswer(200, {
    object: 'list',
    data: inputs.map(({ meaning }, index) => {
      const vector = embed(meaning, size)
      const embedding = format === 'base64' ? toBase64(vector) : [...vector]
      return { object: 'embedding', index, embedding }
    }),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  })
}

interface EmbeddingInput {
  /** What the vector is made from. */
  readonly meaning: string
  /** Still to be counted. */
  readonly text: string
  /** Tokens that came as numbers. */
  readonly tokens: number
}

function inputsOf(input: unknown): EmbeddingInput[] | undefined {
  if (isTokens(input)) return [fromTokens(input)]
  const inputs: EmbeddingInput[] = []
  for (const item of Array.isArray(input) ? input : [input]) {
    if (typeof item === 'string' && item !== '')
      inputs.push({ meaning: item, text: item, tokens: 0 })
    else if (isTokens(item)) inputs.push(fromTokens(item))
    else return undefined
  }
  return inputs
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isInteger)
}

function fromTokens(tokens: readonly number[]): EmbeddingInput {
  return { meaning: tokens.slice(0, 512).join(' '), text: '', tokens: tokens.length }
}
