import { fingerprint } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  bearerToken,
  jsonAnswer,
  type SimulatedProvider,
  type SimulatedRequest,
} from '../../provider.ts'
import { openaiError, openaiFailure } from './errors.ts'
import { answerOperation, operations } from './operations.ts'

/** Those that `GET /v1/models` lists; a call may name any other. */
const models = [
  { id: 'gpt-4o', created: 1_715_367_049 },
  { id: 'gpt-4o-mini', created: 1_721_172_741 },
  { id: 'gpt-4.1', created: 1_744_316_542 },
  { id: 'gpt-4.1-mini', created: 1_744_318_173 },
  { id: 'gpt-3.5-turbo', created: 1_677_610_602 },
  { id: 'gpt-3.5-turbo-instruct', created: 1_692_901_427 },
  { id: 'omni-moderation-latest', created: 1_731_689_265 },
  { id: 'text-embedding-3-small', created: 1_705_948_997 },
  { id: 'text-embedding-3-large', created: 1_705_953_180 },
].map((model) => ({ object: 'model', owned_by: 'system', ...model }))

/** api.openai.com: what {@link operations} names, and models (OpenAI API reference, v1). */
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
  const [, name = ''] = /^\/v1(\/.*)$/.exec(request.path) ?? []
  const operation = operations[name]
  if (operation !== undefined) {
    return request.method === 'POST'
      ? answerOperation(operation, request, context)
      : methodNotAllowed(request)
  }
  return answerStored(request) ?? invalidUrl(request)
}

/** Responses are not kept: nothing that was answered can be asked for again. */
function answerStored({ path, method }: SimulatedRequest): Answer | undefined {
  const [, id] = /^\/v1\/responses\/(\w+)$/.exec(path) ?? []
  if (id === undefined || (method !== 'GET' && method !== 'DELETE')) return undefined
  return openaiError(404, { message: `Response with id '${id}' not found.` })
}

function invalidUrl({ method, path }: SimulatedRequest): Answer {
  return openaiError(404, { message: `Invalid URL (${method} ${path})` })
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
