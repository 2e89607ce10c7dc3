import {
  type Answer,
  type AnswerContext,
  isJsonObject,
  parseJson,
  type SimulatedProvider,
  type SimulatedRequest,
} from '../../provider.ts'
import { findKeyError } from './api-key.ts'
import { batchEmbedContents, embedContent } from './embed-content.ts'
import { googleError, googleFailure } from './errors.ts'
import { countTokens, generateContent, type ModelCall } from './generate-content.ts'
import { answerModels } from './models.ts'

type ModelMethod = (call: ModelCall) => Promise<Answer>

/** What may stand behind the colon of a model's path. */
const methods: Readonly<Record<string, ModelMethod>> = {
  generateContent: (call) => generateContent(call, { stream: false }),
  streamGenerateContent: (call) => generateContent(call, { stream: true }),
  countTokens,
  embedContent,
  batchEmbedContents,
}

/** generativelanguage.googleapis.com: contents, token counts, embeddings, models (Gemini API, v1 and v1beta). */
export const gemini: SimulatedProvider = {
  name: 'gemini',
  hosts: ['generativelanguage.googleapis.com'],
  failure: googleFailure,
  async answer(request, context) {
    const answer = await answerGemini(request, context)
    const headers = { 'server-timing': 'gfet4t7; dur=120', 'x-content-type-options': 'nosniff' }
    return { ...answer, headers: { ...answer.headers, ...headers } }
  },
}

const modelsPath =
  /^\/(?<version>v1(?:alpha|beta)?)\/models(?:\/(?<model>[\w.-]+))?(?::(?<method>\w+))?$/

async function answerGemini(request: SimulatedRequest, context: AnswerContext): Promise<Answer> {
  const { version, model, method } = modelsPath.exec(request.path)?.groups ?? {}
  if (version === undefined) return googleFailure(404)
  const refusal = findKeyError(request)
  if (refusal !== undefined) return refusal
  if (method === undefined) {
    return request.method === 'GET' ? answerModels(version, model) : googleFailure(404)
  }
  const answer = methods[method]
  if (answer === undefined || model === undefined || request.method !== 'POST') {
    return googleFailure(404)
  }
  return withBody(request, (body) => answer({ model, body, request, context }))
}

/** Answers with what stands in a JSON body, or with what Google says of another one. */
export function withBody(
  request: SimulatedRequest,
  answer: (body: ModelCall['body']) => Promise<Answer>,
): Promise<Answer> {
  // An empty body is an empty message.
  const parsed = request.body.length === 0 ? { value: {} } : parseJson(request.body)
  if (parsed !== undefined && isJsonObject(parsed.value)) return answer(parsed.value)
  const message = 'Invalid JSON payload received. Unexpected token.'
  return Promise.resolve(
    googleError(400, message, [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ description: message }],
      },
    ]),
  )
}
