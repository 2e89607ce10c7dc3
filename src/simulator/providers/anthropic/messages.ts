import { answerChat, type ChatAnswer } from '../../chat/answer-chat.ts'
import { countPrompt } from '../../chat/count-prompt.ts'
import { fingerprint, identifier } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
} from '../../provider.ts'
import { findVersionError } from './api-version.ts'
import { invalidRequest } from './errors.ts'
import { type Message, messageEvents } from './message-events.ts'
import { findMessagesError, readMessagesCall } from './messages-request.ts'

/** Tokens around messages; the provider publishes no tokenizer, so that counts are near its own at best. */
const marks = { perMessage: 3, perPrompt: 4 }

/** `POST /v1/messages`. */
export async function createMessage(
  body: JsonObject,
  request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> {
  const problem =
    findMessagesError(body, ['model', 'max_tokens', 'messages']) ?? findVersionError(body, request)
  if (problem !== undefined) return invalidRequest(problem)
  return answerMessages(body, String(body['model']), {
    request,
    context,
    stream: body['stream'] === true,
  })
}

/** Answers a body of the Messages API, which other clouds serve under paths of their own. */
export async function answerMessages(
  body: JsonObject,
  model: string,
  {
    request,
    context,
    stream,
  }: { request: SimulatedRequest; context: AnswerContext; stream: boolean },
): Promise<Answer> {
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const call = readMessagesCall(body, model, request)
  const answer = answerChat(call, tokenizer)
  const inputTokens = countPrompt(call, tokenizer, marks)
  const message = messageOf(answer, { model, seed: call.seed, inputTokens })
  if (!stream) return jsonAnswer(200, message, { generatedTokens: answer.tokens.length })
  return {
    type: 'stream',
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    events: messageEvents(message, answer),
  }
}

/** `POST /v1/messages/count_tokens`. */
export async function countMessageTokens(
  body: JsonObject,
  request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> {
  const problem = findMessagesError(body, ['model', 'messages']) ?? findVersionError(body, request)
  if (problem !== undefined) return invalidRequest(problem)
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const call = readMessagesCall(body, String(body['model']), request)
  return jsonAnswer(200, { input_tokens: countPrompt(call, tokenizer, marks) })
}

const stopReasons = {
  finished: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-call': 'tool_use',
} as const

function messageOf(
  answer: ChatAnswer,
  facts: { readonly model: string; readonly seed: string; readonly inputTokens: number },
): Message {
  return {
    id: `msg_01${identifier(fingerprint(facts.seed, facts.model), 22)}`,
    type: 'message',
    role: 'assistant',
    model: facts.model,
    content: [contentBlock(answer)],
    stop_reason: stopReasons[answer.end],
    stop_sequence: answer.stopSequence ?? null,
    usage: {
      input_tokens: facts.inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: answer.tokens.length,
      service_tier: 'standard',
    },
  }
}

function contentBlock({ text, toolCall }: ChatAnswer) {
  if (toolCall === undefined) return { type: 'text', text }
  const { hash, name, arguments: input } = toolCall
  return { type: 'tool_use', id: `toolu_01${identifier(hash, 22)}`, name, input }
}
