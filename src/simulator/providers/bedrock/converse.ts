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
import { findConverseError, readConverseCall } from './converse-request.ts'
import { validationError } from './errors.ts'
import { encodeEvent } from './event-stream.ts'

/** A call of one model. */
export interface ModelCall {
  readonly model: string
  readonly body: JsonObject
  readonly request: SimulatedRequest
  readonly context: AnswerContext
}

const marks = { perMessage: 3, perPrompt: 4 }

/** Latency is told, not measured: the same request has the same answer. */
const metrics = { latencyMs: 420 }

/** `/converse`, or with `stream` `/converse-stream`. */
export async function converse(
  { model, body, request, context }: ModelCall,
  { stream }: { readonly stream: boolean },
): Promise<Answer> {
  const problem = findConverseError(body)
  if (problem !== undefined) return validationError(problem)
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const call = readConverseCall(body, model, request)
  const answer = answerChat(call, tokenizer)
  const inputTokens = countPrompt(call, tokenizer, marks)
  const outputTokens = answer.tokens.length
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens }
  if (stream) {
    return {
      type: 'stream',
      status: 200,
      headers: { 'content-type': 'application/vnd.amazon.eventstream' },
      events: streamEvents(answer, usage),
    }
  }
  const message = { content: [contentBlock(answer)], role: 'assistant' }
  const value = { metrics, output: { message }, stopReason: stopReasons[answer.end], usage }
  return jsonAnswer(200, value, { generatedTokens: outputTokens })
}

const stopReasons = {
  finished: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-call': 'tool_use',
} as const

const toolUseId = ({ hash }: ToolCall) => `tooluse_${identifier(hash, 22)}`

function contentBlock({ text, toolCall }: ChatAnswer) {
  if (toolCall === undefined) return { text }
  const { name, arguments: input } = toolCall
  return { toolUse: { input, name, toolUseId: toolUseId(toolCall) } }
}

function* streamEvents(answer: ChatAnswer, usage: object): Iterable<StreamEvent> {
  const event = (type: string, value: object, paced = false): StreamEvent => ({
    data: encodeEvent(type, value),
    paced,
  })
  const { toolCall, tokens } = answer
  yield event('messageStart', { role: 'assistant' }, true)
  // Blocks of text have no start.
  if (toolCall !== undefined) {
    const start = { toolUse: { name: toolCall.name, toolUseId: toolUseId(toolCall) } }
    yield event('contentBlockStart', { contentBlockIndex: 0, start })
  }
  for (const { text } of tokens) {
    if (text === '') continue
    const delta = toolCall === undefined ? { text } : { toolUse: { input: text } }
    yield event('contentBlockDelta', { contentBlockIndex: 0, delta }, true)
  }
  yield event('contentBlockStop', { contentBlockIndex: 0 })
  yield event('messageStop', { stopReason: stopReasons[answer.end] })
  yield event('metadata', { metrics, usage })
}
