import {
  type Answer,
  type AnswerContext,
  hasJsonContentType,
  isJsonObject,
  type JsonObject,
  parseJson,
  type SimulatedRequest,
} from '../../provider.ts'
import { createChatCompletion } from './chat-completions.ts'
import { createCompletion } from './completions.ts'
import { createEmbeddings } from './embeddings.ts'
import { openaiError } from './errors.ts'
import { createModeration } from './moderations.ts'
import { createResponse } from './responses/responses.ts'

/** What a `POST` with a JSON body asks for. */
export type Operation = (
  body: JsonObject,
  request: SimulatedRequest,
  context: AnswerContext,
) => Promise<Answer>

/** By their path below the version. */
export const operations: Readonly<Record<string, Operation>> = {
  '/chat/completions': createChatCompletion,
  '/completions': createCompletion,
  '/embeddings': createEmbeddings,
  '/moderations': createModeration,
  '/responses': createResponse,
}

/** Reads the body and answers with the operation, or refuses a body that is no JSON object. */
export function answerOperation(
  operation: Operation,
  request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> | Answer {
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
