import { fingerprint, identifier } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  bearerToken,
  hasJsonContentType,
  isJsonObject,
  parseJson,
  type SimulatedProvider,
  type SimulatedRequest,
} from '../../provider.ts'
import { apiVersions } from './api-version.ts'
import { anthropicError, anthropicFailure, invalidRequest } from './errors.ts'
import { countMessageTokens, createMessage } from './messages.ts'
import { answerModels } from './models.ts'

/** api.anthropic.com: messages, token counting, models (Anthropic API reference, version 2023-06-01). */
export const anthropic: SimulatedProvider = {
  name: 'anthropic',
  hosts: ['api.anthropic.com'],
  failure: anthropicFailure,
  async answer(request, context) {
    const hash = fingerprint('anthropic', request.path, request.body.toString('latin1'))
    const requestId = `req_011${identifier(hash, 21)}`
    const answer = await answerAnthropic(request, context)
    const headers = { 'request-id': requestId, 'anthropic-organization-id': hash.slice(0, 32) }
    const named = answer.type === 'complete' ? nameRequest(answer.body, requestId) : {}
    return { ...answer, ...named, headers: { ...answer.headers, ...headers } }
  },
}

/** Errors name the request in their body too. */
function nameRequest(body: string, requestId: string): { body?: string } {
  const value = JSON.parse(body) as Record<string, unknown>
  return value['type'] === 'error'
    ? { body: JSON.stringify({ ...value, request_id: requestId }) }
    : {}
}

async function answerAnthropic(request: SimulatedRequest, context: AnswerContext): Promise<Answer> {
  const refusal = findRefusal(request)
  if (refusal !== undefined) return refusal
  if (request.path === '/v1/models' || request.path.startsWith('/v1/models/')) {
    return request.method === 'GET' ? answerModels(request) : anthropicFailure(405)
  }
  const operation = operations[request.path]
  if (operation === undefined) return anthropicFailure(404)
  if (request.method !== 'POST') return anthropicFailure(405)
  const parsed = parseJson(request.body)
  if (parsed === undefined || !hasJsonContentType(request.headers)) {
    return invalidRequest('The request body is not valid JSON')
  }
  if (!isJsonObject(parsed.value)) return invalidRequest('Input should be a valid dictionary')
  return operation(parsed.value, request, context)
}

const operations: Readonly<Record<string, typeof createMessage>> = {
  '/v1/messages': createMessage,
  '/v1/messages/count_tokens': countMessageTokens,
}

/** Key and version are asked for by header, the key first. */
function findRefusal({ headers }: SimulatedRequest): Answer | undefined {
  const refusal = findKeyError(headers)
  if (refusal !== undefined) return refusal
  const version = headers.getAll('anthropic-version').join(', ')
  if (version === '') return invalidRequest('anthropic-version: header is required')
  if (apiVersions.includes(version)) return undefined
  return invalidRequest(
    `anthropic-version: ${JSON.stringify(version.slice(0, 64))} is not a valid version`,
  )
}

/** A key in the header of its own, which goes first, or as a bearer token. */
function findKeyError(headers: SimulatedRequest['headers']): Answer | undefined {
  const key = headers.get('x-api-key')
  if (key !== undefined) return /^[\w.~+/=-]+$/.test(key) ? undefined : anthropicFailure(401)
  if ((headers.get('authorization') ?? '') === '') {
    return anthropicError(401, 'authentication_error', 'x-api-key header is required')
  }
  return /^sk-ant-[\w-]+$/.test(bearerToken(headers) ?? '')
    ? undefined
    : anthropicError(401, 'authentication_error', 'Invalid bearer token')
}
