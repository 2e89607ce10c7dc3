import { countTexts } from '../../chat/count-prompt.ts'
import { embed } from '../../generation/embedding.ts'
import { type Answer, isJsonObject, type JsonObject } from '../../provider.ts'
import { partsText } from './content-call.ts'
import { field, listOf } from './content-request.ts'
import { googleAnswer, googleError } from './errors.ts'
import type { ModelCall } from './generate-content.ts'

/** What the API takes in one call. */
const mostContents = 100
const mostDimensions = 3072

/** `:embedContent`: one content. */
export async function embedContent(call: ModelCall): Promise<Answer> {
  const found = readEmbedding(call.body)
  if (typeof found === 'string') return googleError(400, found)
  const tokenizer = await call.context.loadTokenizer('cl100k_base')
  const tokens = tokenizer.count(found.text)
  return googleAnswer(200, {
    embedding: { values: valuesOf(found) },
    usageMetadata: { promptTokenCount: tokens, totalTokenCount: tokens },
  })
}

/** `:batchEmbedContents`: requests that each name the model and a content. */
export async function batchEmbedContents(call: ModelCall): Promise<Answer> {
  const requests = listOf(call.body['requests'])
  if (requests.length === 0 || requests.length > mostContents) {
    return googleError(
      400,
      `* BatchEmbedContentsRequest.requests: at most ${mostContents} requests can be in one batch, and at least one\n`,
    )
  }
  const found = requests.map((each) => readEmbedding(isJsonObject(each) ? each : {}))
  const problem = found.find((each) => typeof each === 'string')
  if (problem !== undefined) return googleError(400, String(problem))
  const wanted = found.filter((each) => typeof each !== 'string')
  const tokenizer = await call.context.loadTokenizer('cl100k_base')
  const tokens = countTexts(
    wanted.map(({ text }) => text),
    tokenizer,
  )
  return googleAnswer(200, {
    embeddings: wanted.map((each) => ({ values: valuesOf(each) })),
    usageMetadata: { promptTokenCount: tokens, totalTokenCount: tokens },
  })
}

interface WantedEmbedding {
  readonly text: string
  readonly dimensions: number
}

const valuesOf = ({ text, dimensions }: WantedEmbedding) => [...embed(text, dimensions)]

function readEmbedding(body: JsonObject): WantedEmbedding | string {
  const { content } = body as Record<string, unknown>
  const text = isJsonObject(content) ? partsText(content) : ''
  if (text === '') return '* EmbedContentRequest.content: content is empty or not specified\n'
  const config = field(body, 'embedContentConfig')
  const dimensions =
    field(body, 'outputDimensionality') ??
    (isJsonObject(config) ? field(config, 'outputDimensionality') : undefined) ??
    mostDimensions
  if (isDimensions(dimensions)) return { text, dimensions }
  return `* EmbedContentRequest.output_dimensionality: must be in the range [1, ${mostDimensions}].\n`
}

/** Whether a vector may have this length. */
export function isDimensions(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= mostDimensions
}
