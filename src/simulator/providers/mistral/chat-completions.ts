import { answerChat, type ChatAnswer, type ToolCall } from '../../chat/answer-chat.ts'
import { countPrompt } from '../../chat/count-prompt.ts'
import { identifier } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
  type StreamEvent,
} from '../../provider.ts'
import { readChatCall } from './chat-call.ts'
import { findChatDetails } from './chat-request.ts'
import { mistralValidationError } from './errors.ts'

/** Fields that stand in the whole answer and in each of its chunks. */
interface Envelope {
  readonly id: string
  readonly created: number
  readonly model: string
}

/** `POST /v1/chat/completions`. */
export async function createChatCompletion(
  body: JsonObject,
  request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> {
  const details = findChatDetails(body)
  if (details.length > 0) return mistralValidationError(details)
  const model = String(body['model'])
  // Its own tokenizer is not to be had here; the size of this one's vocabulary is nearest.
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const call = readChatCall(body, request)
  const { seed } = call
  const count = typeof body['n'] === 'number' ? body['n'] : 1
  const answers = Array.from({ length: count }, (_, index) => {
    const choice = body['temperature'] === 0 ? call : { ...call, seed: `${seed} ${index}` }
    return answerChat(choice, tokenizer)
  })
  const usage = usageOf(countPrompt(call, tokenizer, { perMessage: 3, perPrompt: 1 }), answers)
  const envelope = {
    id: seed.slice(0, 32),
    created: Math.floor(context.now() / 1000),
    model,
  }
  if (body['stream'] === true) {
    return {
      type: 'stream',
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
      events: chunks(envelope, answers, usage),
    }
  }
  const choices = answers.map((answer, index) => ({
    index,
    message: messageOf(answer),
    finish_reason: finishReasons[answer.end],
  }))
  return jsonAnswer(
    200,
    { ...envelope, object: 'chat.completion', usage, choices },
    { generatedTokens: Math.max(...answers.map(({ tokens }) => tokens.length)) },
  )
}

function usageOf(promptTokens: number, answers: readonly ChatAnswer[]) {
  const completionTokens = answers.reduce((sum, { tokens }) => sum + tokens.length, 0)
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  }
}

const finishReasons = {
  finished: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-call': 'tool_calls',
} as const

function messageOf({ text, toolCall }: ChatAnswer) {
  const calls = toolCall === undefined ? null : [callOf(toolCall)]
  return { role: 'assistant', tool_calls: calls, content: text }
}

function callOf({ hash, name, json }: ToolCall) {
  const called = { name, arguments: json }
  return { id: identifier(hash, 9), type: 'function', function: called, index: 0 }
}

/** Usage comes unasked, in the chunk that ends the last choice. */
function* chunks(
  envelope: Envelope,
  answers: readonly ChatAnswer[],
  usage: ReturnType<typeof usageOf>,
): Iterable<StreamEvent> {
  const event = (
    choice: { index: number; delta: unknown; finish_reason: string | null },
    paced: boolean,
    extra: object = {},
  ): StreamEvent => {
    const { id, created, model } = envelope
    const value = {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      choices: [choice],
      ...extra,
    }
    return { data: `data: ${JSON.stringify(value)}\n\n`, paced }
  }
  for (const index of answers.keys()) {
    const delta = { role: 'assistant', content: '' }
    yield event({ index, delta, finish_reason: null }, index === 0)
  }
  // A call of a tool comes whole, with the end.
  const texts = answers.map(({ tokens, toolCall }) => (toolCall === undefined ? tokens : []))
  const longest = Math.max(...texts.map((tokens) => tokens.length))
  for (let position = 0; position < longest; position++) {
    for (const [index, tokens] of texts.entries()) {
      const content = tokens[position]?.text
      if (!content) continue
      const delta = { content }
      // All choices are generated side by side, so only the first one waits.
      yield event({ index, delta, finish_reason: null }, index === 0)
    }
  }
  for (const [index, { end, toolCall }] of answers.entries()) {
    const last = index === answers.length - 1
    const calls = toolCall === undefined ? {} : { tool_calls: [callOf(toolCall)] }
    const delta = { content: '', ...calls }
    const choice = { index, delta, finish_reason: finishReasons[end] }
    yield event(choice, false, last ? { usage } : {})
  }
  yield { data: 'data: [DONE]\n\n', paced: false }
}
