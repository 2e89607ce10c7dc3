import { answerChat, type ChatAnswer, type ToolCall } from '../../chat/answer-chat.ts'
import type { ChatCall } from '../../chat/chat-call.ts'
import { countPrompt } from '../../chat/count-prompt.ts'
import { fingerprint, identifier } from '../../generation/fingerprint.ts'
import type { EncodingName } from '../../generation/tokenizer.ts'
import {
  type Answer,
  type AnswerContext,
  isJsonObject,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
  type StreamEvent,
} from '../../provider.ts'
import { readChatCall } from './chat-call.ts'
import { findChatError } from './chat-request.ts'

/** Tokens around messages in the chat format. */
export const promptMarks = { perMessage: 4, perPrompt: 3 }

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
  const error = findChatError(body)
  if (error !== undefined) return error
  const model = String(body['model'])
  const tokenizer = await context.loadTokenizer(encodingOf(model))
  const call = readChatCall(body, request)
  const { seed } = call
  const answers = choiceCalls(call, body).map((choice) => answerChat(choice, tokenizer))
  const usage = usageOf(countPrompt(call, tokenizer, promptMarks), answers)
  const envelope = {
    id: `chatcmpl-${identifier(seed, 29)}`,
    created: Math.floor(context.now() / 1000),
    model,
  }
  if (body['stream'] !== true) {
    return jsonAnswer(200, wholeAnswer(envelope, answers, usage), {
      generatedTokens: Math.max(...answers.map(({ tokens }) => tokens.length)),
    })
  }
  const options = body['stream_options']
  const includeUsage = isJsonObject(options) && options['include_usage'] === true
  return {
    type: 'stream',
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    events: chunks(envelope, answers, includeUsage ? usage : undefined),
  }
}

/** Of one seed, unless there is a temperature: without, there is one most likely answer. */
function choiceCalls(call: ChatCall, body: JsonObject): ChatCall[] {
  const count = typeof body['n'] === 'number' ? body['n'] : 1
  return Array.from({ length: count }, (_, index) =>
    body['temperature'] === 0 ? call : { ...call, seed: `${call.seed} ${index}` },
  )
}

/** The encoding of a model's tokenizer. */
export function encodingOf(model: string): EncodingName {
  return /^gpt-(?:3\.5|4(?![o.]))/.test(model) ? 'cl100k_base' : 'o200k_base'
}

function usageOf(promptTokens: number, answers: readonly ChatAnswer[]) {
  const completionTokens = answers.reduce((sum, { tokens }) => sum + tokens.length, 0)
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function wholeAnswer(
  envelope: Envelope,
  answers: readonly ChatAnswer[],
  usage: ReturnType<typeof usageOf>,
) {
  return {
    id: envelope.id,
    object: 'chat.completion',
    created: envelope.created,
    model: envelope.model,
    choices: answers.map((answer, index) => ({
      index,
      message: messageOf(answer),
      logprobs: null,
      finish_reason: finishReason(answer),
    })),
    usage,
    service_tier: 'default',
    system_fingerprint: systemFingerprint(envelope.model),
  }
}

function messageOf({ text, toolCall }: ChatAnswer) {
  const common = { refusal: null, annotations: [] }
  if (toolCall === undefined) return { role: 'assistant', content: text, ...common }
  const { name, json } = toolCall
  const call = { id: callId(toolCall), type: 'function', function: { name, arguments: json } }
  return { role: 'assistant', content: null, tool_calls: [call], ...common }
}

const callId = ({ hash }: ToolCall) => `call_${identifier(hash, 24)}`

const finishReasons = {
  finished: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-call': 'tool_calls',
} as const

function finishReason({ end }: ChatAnswer): string {
  return finishReasons[end]
}

function systemFingerprint(model: string): string {
  return `fp_${fingerprint(model).slice(0, 10)}`
}

function* chunks(
  envelope: Envelope,
  answers: readonly ChatAnswer[],
  usage: ReturnType<typeof usageOf> | undefined,
): Iterable<StreamEvent> {
  const chunk = (choices: readonly unknown[], paced: boolean, last = false): StreamEvent => {
    const value = {
      id: envelope.id,
      object: 'chat.completion.chunk',
      created: envelope.created,
      model: envelope.model,
      service_tier: 'default',
      system_fingerprint: systemFingerprint(envelope.model),
      choices,
      ...(usage === undefined ? {} : { usage: last ? usage : null }),
    }
    return { data: `data: ${JSON.stringify(value)}\n\n`, paced }
  }
  const choice = (index: number, delta: unknown, finish: string | null) => [
    { index, delta, logprobs: null, finish_reason: finish },
  ]
  for (const [index, answer] of answers.entries()) {
    yield chunk(choice(index, firstDelta(answer), null), index === 0)
  }
  const longest = Math.max(...answers.map(({ tokens }) => tokens.length))
  for (let position = 0; position < longest; position++) {
    for (const [index, answer] of answers.entries()) {
      const text = answer.tokens[position]?.text
      // All choices are generated side by side, so only the first one waits.
      if (text) yield chunk(choice(index, nextDelta(answer, text), null), index === 0)
    }
  }
  for (const [index, answer] of answers.entries()) {
    yield chunk(choice(index, {}, finishReason(answer)), false)
  }
  if (usage !== undefined) yield chunk([], false, true)
  yield { data: 'data: [DONE]\n\n', paced: false }
}

function firstDelta({ toolCall }: ChatAnswer) {
  if (toolCall === undefined) return { role: 'assistant', content: '', refusal: null }
  const called = { name: toolCall.name, arguments: '' }
  const call = { index: 0, id: callId(toolCall), type: 'function', function: called }
  return { role: 'assistant', content: null, tool_calls: [call], refusal: null }
}

function nextDelta({ toolCall }: ChatAnswer, text: string) {
  if (toolCall === undefined) return { content: text }
  return { tool_calls: [{ index: 0, function: { arguments: text } }] }
}
