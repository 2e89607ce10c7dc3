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
} from '../../provider.ts'
import { createChatCompletion } from './chat-completions.ts'
import { createEmbeddings } from './embeddings.ts'
import { mistralFailure, mistralValidationError } from './errors.ts'

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
  { id: 'mistral-large-latest', chat: true, context: 131_072 },
  { id: 'mistral-medium-latest', chat: true, context: 131_072 },
  { id: 'mistral-small-latest', chat: true, context: 131_072 },
  { id: 'open-mistral-nemo', chat: true, context: 131_072 },
  { id: 'mistral-embed', chat: false, context: 8192 },
]

/** api.mistral.ai: chat completions, embeddings, models (Mistral API specification, v1). */
export const mistral: SimulatedProvider = {
  name: 'mistral',
  hosts: ['api.mistral.ai'],
  failure: mistralFailure,
  async answer(request, context) {
    const answer = await answerMistral(request, context)
    const hash = fingerprint('mistral', request.path, request.body.toString('latin1'))
    const headers = {
      'mistral-correlation-id': hash.slice(0, 32),
      'x-kong-request-id': hash.slice(32),
      'ratelimitbysize-limit': '500000',
      'ratelimitbysize-remaining': '499000',
    }
    return { ...answer, headers: { ...answer.headers, ...headers } }
  },
}

async function answerMistral(request: SimulatedRequest, context: AnswerContext): Promise<Answer> {
  if (bearerToken(request.headers) === undefined) return mistralFailure(401)
  if (request.path === '/v1/models' || request.path.startsWith('/v1/models/')) {
    return answerModels(request, context)
  }
  const operation = operations[request.path]
  if (operation === undefined) return mistralFailure(404)
  if (request.method !== 'POST') return mistralFailure(405)
  const parsed = parseJson(request.body)
  if (parsed === undefined && hasJsonContentType(request.headers)) {
    return mistralValidationError([
      { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} },
    ])
  }
  if (!hasJsonContentType(request.headers) || !isJsonObject(parsed?.value)) {
    return mistralValidationError([
      {
        type: 'model_attributes_type',
        loc: ['body'],
        msg: 'Input should be a valid dictionary or object to extract fields from',
        input: null,
      },
    ])
  }
  return operation(parsed.value, request, context)
}

function answerModels(request: SimulatedRequest, context: AnswerContext): Answer {
  if (request.method !== 'GET') return mistralFailure(405)
  const cards = models.map((model) => modelCard(model, context.now()))
  if (request.path === '/v1/models') return jsonAnswer(200, { object: 'list', data: cards })
  const id = request.path.slice('/v1/models/'.length)
  const card = cards.find((candidate) => candidate.id === id)
  return card === undefined
    ? jsonAnswer(404, { detail: `Model ${JSON.stringify(id)} not found` })
    : jsonAnswer(200, card)
}

function modelCard(model: (typeof models)[number], nowMs: number) {
  return {
    id: model.id,
    object: 'model',
    created: Math.floor(nowMs / 1000),
    owned_by: 'mistralai',
    capabilities: {
      completion_chat: model.chat,
      completion_fim: false,
      function_calling: model.chat,
      fine_tuning: false,
      vision: false,
      classification: false,
    },
    name: model.id,
    description: `Simulated ${model.id}`,
    max_context_length: model.context,
    aliases: [],
    deprecation: null,
    deprecation_replacement_model: null,
    default_model_temperature: model.chat ? 0.3 : null,
    type: 'base',
  }
}
