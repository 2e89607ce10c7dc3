import { countTexts } from '../../chat/count-prompt.ts'
import { embed, toBase64 } from '../../generation/embedding.ts'
import { fingerprint } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
} from '../../provider.ts'
import { findMissing, findUnknown, findWrongModel } from './chat-request.ts'
import { type MistralDetail, mistralValidationError } from './errors.ts'

const fields = [
  ...['model', 'input', 'metadata', 'output_dimension', 'output_dtype', 'encoding_format'],
]
const mostInputs = 2048
const mostDimensions = 3072

/** `POST /v1/embeddings`. */
export async function createEmbeddings(
  body: JsonObject,
  _request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> {
  const details = [
    ...findMissing(body, ['model', 'input']),
    ...findUnknown(body, fields),
    ...findWrongModel(body),
    ...findWrongInput(body['input']),
    ...findWrongDimension(body['output_dimension']),
  ]
  if (details.length > 0) return mistralValidationError(details)
  const inputs = [body['input']].flat() as string[]
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const promptTokens = countTexts(inputs, tokenizer)
  const dimensions = body['output_dimension'] ?? 1024
  return jsonAnswer(200, {
    id: fingerprint('mistral', body).slice(0, 32),
    object: 'list',
    data: inputs.map((input, index) => {
      const vector = embed(input, dimensions as number)
      const embedding = body['encoding_format'] === 'base64' ? toBase64(vector) : [...vector]
      return { object: 'embedding', embedding, index }
    }),
    model: body['model'],
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens, completion_tokens: 0 },
  })
}

function findWrongInput(input: unknown): MistralDetail[] {
  if (input === undefined) return []
  const inputs = [input].flat()
  const loc = ['body', 'input']
  if (inputs.length === 0 || inputs.length > mostInputs) {
    const msg = `List should have between 1 and ${mostInputs} items after validation`
    return [{ type: 'too_long', loc, msg, input: inputs.length }]
  }
  if (inputs.every((text) => typeof text === 'string')) return []
  return [{ type: 'string_type', loc, msg: 'Input should be a valid string', input }]
}

function findWrongDimension(input: unknown): MistralDetail[] {
  if (input === undefined || input === null) return []
  const valid = Number.isInteger(input) && Number(input) >= 1 && Number(input) <= mostDimensions
  const msg = `Input should be a valid integer from 1 to ${mostDimensions}`
  return valid ? [] : [{ type: 'int_type', loc: ['body', 'output_dimension'], msg, input }]
}
