import type { Answer } from '../../provider.ts'
import { invalidRequest } from '../anthropic/errors.ts'
import { answerMessages } from '../anthropic/messages.ts'
import { findMessagesError } from '../anthropic/messages-request.ts'
import type { ModelCall } from '../gemini/generate-content.ts'

const version = 'vertex-2023-10-16'

/**
 * `:rawPredict` and `:streamRawPredict` of Anthropic's models: the body is theirs, but the model stands in the path
 * and the version in the body.
 */
export async function rawPredict(call: ModelCall): Promise<Answer> {
  const { body, model, request, context } = call
  if (body['anthropic_version'] !== version) {
    return invalidRequest(`anthropic_version: Input should be '${version}'`)
  }
  if ('model' in body) return invalidRequest('model: Extra inputs are not permitted')
  const problem = findMessagesError(body, ['max_tokens', 'messages'])
  if (problem !== undefined) return invalidRequest(problem)
  return answerMessages(body, model, { request, context, stream: body['stream'] === true })
}
