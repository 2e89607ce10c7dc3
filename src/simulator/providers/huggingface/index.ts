import { fingerprint } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  bearerToken,
  hasJsonContentType,
  isJsonObject,
  jsonAnswer,
  parseJson,
  type SimulatedProvider,
  type SimulatedRequest,
} from '../../provider.ts'
import { huggingFaceFailure, unreadable } from './errors.ts'
import { generateText } from './text-generation.ts'

/** `owner/name`, or the name alone for the oldest models. */
const modelPath = /^\/(models|status)\/([\w.-]+(?:\/[\w.-]+)?)$/

/** api-inference.huggingface.co: text generation as text-generation-inference serves it. */
export const huggingFace: SimulatedProvider = {
  name: 'huggingface',
  hosts: ['api-inference.huggingface.co'],
  failure: huggingFaceFailure,
  async answer(request, context) {
    const answer = await answerHuggingFace(request, context)
    const hash = fingerprint('huggingface', request.path, request.body.toString('latin1'))
    const id = hash.slice(0, 22)
    return { ...answer, headers: { ...answer.headers, 'x-request-id': id } }
  },
}

async function answerHuggingFace(
  request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> {
  if (!request.headers.has('authorization')) {
    return jsonAnswer(401, { error: 'Invalid username or password.' })
  }
  if (bearerToken(request.headers) === undefined) return huggingFaceFailure(401)
  const [, kind, model = ''] = modelPath.exec(request.path) ?? []
  if (kind === undefined) return huggingFaceFailure(404)
  if (kind === 'status' || request.method === 'GET') return answerStatus(request)
  if (request.method !== 'POST') return huggingFaceFailure(405)
  if (!hasJsonContentType(request.headers)) {
    return unreadable(415, 'Expected request with `Content-Type: application/json`')
  }
  const parsed = parseJson(request.body)
  if (parsed === undefined) return unreadable(400, 'Failed to parse the request body as JSON')
  if (!isJsonObject(parsed.value)) {
    return unreadable(422, 'Failed to deserialize the JSON body into the target type: invalid type')
  }
  return generateText(parsed.value, { ...request, model }, context)
}

function answerStatus(request: SimulatedRequest): Answer {
  if (request.method !== 'GET') return huggingFaceFailure(405)
  return jsonAnswer(200, {
    loaded: true,
    state: 'Loaded',
    compute_type: 'cpu',
    framework: 'text-generation-inference',
  })
}
