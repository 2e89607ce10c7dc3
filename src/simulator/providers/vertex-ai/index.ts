import type { Answer, AnswerContext, SimulatedProvider, SimulatedRequest } from '../../provider.ts'
import { embedContent } from '../gemini/embed-content.ts'
import { googleFailure } from '../gemini/errors.ts'
import { countTokens, generateContent, type ModelCall } from '../gemini/generate-content.ts'
import { withBody } from '../gemini/index.ts'
import { createChatCompletion } from '../openai/chat-completions.ts'
import { findTokenError } from './access-token.ts'
import { rawPredict } from './anthropic-models.ts'
import { predictEmbeddings } from './embeddings.ts'

type ModelMethod = (call: ModelCall) => Promise<Answer>

/** What may stand behind the colon of a model's path, by the model's publisher. */
const methods: Readonly<Record<string, Readonly<Record<string, ModelMethod>>>> = {
  google: {
    generateContent: (call) => generateContent(call, { stream: false }),
    streamGenerateContent: (call) => generateContent(call, { stream: true }),
    countTokens,
    embedContent,
    predict: predictEmbeddings,
  },
  anthropic: { rawPredict, streamRawPredict: rawPredict },
}

/**
 * <location>-aiplatform.googleapis.com: Google's and Anthropic's models of a project, and the endpoint that speaks
 * OpenAI's chat completions (Vertex AI API, v1 and v1beta1).
 */
export const vertexAi: SimulatedProvider = {
  name: 'vertex-ai',
  hosts: ['*-aiplatform.googleapis.com', 'aiplatform.googleapis.com'],
  failure: googleFailure,
  async answer(request, context) {
    const answer = await answerVertexAi(request, context)
    return { ...answer, headers: { ...answer.headers, 'x-content-type-options': 'nosniff' } }
  },
}

const location = /^\/v1(?:beta1)?\/projects\/[\w.:-]+\/locations\/[\w-]+/
const modelPath = /^\/publishers\/(?<publisher>\w+)\/models\/(?<model>[\w.@-]+):(?<method>\w+)$/

async function answerVertexAi(request: SimulatedRequest, context: AnswerContext): Promise<Answer> {
  const place = location.exec(request.path)?.[0]
  if (place === undefined) return googleFailure(404)
  const refusal = findTokenError(request)
  if (refusal !== undefined) return refusal
  const rest = request.path.slice(place.length)
  if (rest === '/endpoints/openapi/chat/completions' && request.method === 'POST') {
    return withBody(request, (body) => createChatCompletion(body, request, context))
  }
  const { publisher = '', model = '', method = '' } = modelPath.exec(rest)?.groups ?? {}
  const answer = methods[publisher]?.[method]
  if (answer === undefined || request.method !== 'POST') return googleFailure(404)
  return withBody(request, (body) => answer({ model, body, request, context }))
}
