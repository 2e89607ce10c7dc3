import { fingerprint } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  bearerToken,
  hasJsonContentType,
  isJsonObject,
  type JsonObject,
  jsonAnswer,
  parseJson,
  type SimulatedProvider,
  type SimulatedRequest,
} from '../provider.ts'
import { createChatCompletion } from './chat-completions.ts'
import { createEmbeddings } from './embeddings.ts'
import { openaiError, openaiFailure } from './errors.ts'

type Operation = (
  body: JsonObject,
  request: SimulatedRequest,
  context: AnswerContext,
) => Promise<Answer>

const operations: Readonly<Record<string, Operation>> = {
  '/v1/chat/completions': createChatCompletion,
  '/v1/embeddings': createEmbeddings,
}

/** Those that `GET /v1/models` lists; a call may name any other. */
const models = [
  { id: 'gpt-4o', created: 1_715_367_049 },
  { id: 'gpt-4o-mini', created: 1_721_172_741 },
  { id: 'gpt-4.1', created: 1_744_316_542 },
  { id: 'gpt-4.1-mini', created: 1_744_318_173 },
  { id: 'gpt-3.5-turbo', created: 1_677_610_602 },
  { id: 'text-embedding-3-small', created: 1_705_948_997 },
  { id: 'text-embedding-3-large', created: 1_705_953_180 },
].map((model) => ({ object: 'model', owned_by: 'system', ...model }))

/** api.openai.com: chat completions, embeddings, models (OpenAI API reference, v1). */
export const openai: SimulatedProvider = {
  name: 'openai',
  hosts: ['api.openai.com'],
  failure: openaiFailure,
  async answer(request, context) {
    const answer = await answerOpenai(request, context)
    return { ...answer, headers: { ...answer.headers, ...responseHeaders(request) } }
  },
}

async function answerOpenai(request: SimulatedRequest, context: AnswerContext): Promise<Answer> {
  if (bearerToken(request.headers) === undefined) {
    return openaiError(401, {
      message:
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    })
  }
  if (request.path === '/v1/models' || request.path.startsWith('/v1/models/')) {
    return answerModels(request)
  }
  const operation = operations[request.path]
  if (operation === undefined) {
    return openaiError(404, { message: `Invalid URL (${request.method} ${request.path})` })
  }
  if (request.method !== 'POST') return methodNotAllowed(request)
  if (!hasJsonContentType(request.headers)) {
    // A form has no field that the API knows.
    return openaiError(400, { message: 'you must provide a model parameter' })
  }
  const parsed = parseJson(request.body)
  if (parsed === undefined || !isJsonObject(parsed.value)) {
    return openaiError(400, { message: 'We could not parse the JSON body of your request.' })
  }
  return operation(parsed.value, request, context)
}

function answerModels(request: SimulatedRequest): Answer {
  if (request.method !== 'GET') return methodNotAllowed(request)
  if (request.path === '/v1/models') return jsonAnswer(200, { object: 'list', data: models })
  const id = request.path.slice('/v1/models/'.length)
  const model = models.find((candidate) => candidate.id === id)
  if (model !== undefined) return jsonAnswer(200, model)
  return openaiError(404, {
    message: `The model '${id}' does not exist`,
    param: 'model',
    code: 'model_not_found',
  })
}

function methodNotAllowed(request: SimulatedRequest): Answer {
  return openaiError(405, {
    message: `Not allowed to ${request.method} on ${request.path}.`,
    code: 'method_not_supported',
  })
}

function responseHeaders(request: SimulatedRequest): Readonly<Record<string, string>> {
  const hash = fingerprint('openai', request.path, request.body.toString('latin1'))
  return {
    'openai-version': '2020-10-01',
    'openai-organization': 'simulated',
    'openai-processing-ms': String(100 + (Number.parseInt(hash.slice(0, 4), 16) % 400)),
    'x-request-id': `req_${hash.slice(0, 32)}`,
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-limit-tokens': '2000000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-remaining-tokens': '1999000',
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-reset-tokens': '30ms',
  }
}
