import { embed } from '../../generation/embedding.ts'
import { type Answer, isJsonObject } from '../../provider.ts'
import { listOf } from '../gemini/content-request.ts'
import { isDimensions } from '../gemini/embed-content.ts'
import { googleAnswer, googleError } from '../gemini/errors.ts'
import type { ModelCall } from '../gemini/generate-content.ts'

const mostInstances = 250

/** `:predict` of an embedding model: one vector for each instance's `content`. */
export async function predictEmbeddings({ body, context }: ModelCall): Promise<Answer> {
  const texts = listOf(body['instances']).map((instance) =>
    isJsonObject(instance) && typeof instance['content'] === 'string' ? instance['content'] : '',
  )
  if (texts.length === 0 || texts.length > mostInstances || texts.includes('')) {
    return googleError(
      400,
      `The request needs 1 to ${mostInstances} instances, each with a non-empty "content".`,
    )
  }
  const parameters = isJsonObject(body['parameters']) ? body['parameters'] : {}
  const size = parameters['outputDimensionality'] ?? 3072
  if (!isDimensions(size)) return googleError(400, 'outputDimensionality must be from 1 to 3072.')
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const predictions = texts.map((text) => {
    const statistics = { truncated: false, token_count: tokenizer.count(text) }
    return { embeddings: { values: [...embed(text, size)], statistics } }
  })
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  return googleAnswer(200, { predictions, metadata: { billableCharacterCount: characters } })
}
