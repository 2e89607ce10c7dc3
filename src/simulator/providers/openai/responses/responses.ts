import { answerChat, type ChatAnswer } from '../../../chat/answer-chat.ts'
import { countPrompt } from '../../../chat/count-prompt.ts'
import { fingerprint, identifier } from '../../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
} from '../../../provider.ts'
import { encodingOf, promptMarks } from '../chat-completions.ts'
import { type ModelResponse, type OutputItem, responseEvents } from './response-events.ts'
import { findResponseError, readResponseCall } from './responses-request.ts'

/** `POST /v1/responses`. */
export async function createResponse(
  body: JsonObject,
  request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> {
  const error = findResponseError(body)
  if (error !== undefined) return error
  const tokenizer = await context.loadTokenizer(encodingOf(String(body['model'])))
  const call = readResponseCall(body, request)
  const answer = answerChat(call, tokenizer)
  const inputTokens = countPrompt(call, tokenizer, promptMarks)
  const created = Math.floor(context.now() / 1000)
  const response = responseOf(body, answer, { seed: call.seed, inputTokens, created })
  if (body['stream'] !== true) {
    return jsonAnswer(200, response, { generatedTokens: answer.tokens.length })
  }
  return {
    type: 'stream',
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    events: responseEvents(response, answer),
  }
}

interface ResponseFacts {
  readonly seed: string
  readonly inputTokens: number
  readonly created: number
}

/** Fields of the request that an answer repeats, and what stands for those that it lacks. */
const repeated: Readonly<Record<string, unknown>> = {
  ...{ instructions: null, max_output_tokens: null, parallel_tool_calls: true, metadata: {} },
  ...{ previous_response_id: null, store: true, temperature: 1, tool_choice: 'auto', tools: [] },
  ...{ top_p: 1, truncation: 'disabled', text: { format: { type: 'text' } }, user: null },
  ...{ reasoning: { effort: null, summary: null }, background: false },
}

function responseOf(body: JsonObject, answer: ChatAnswer, facts: ResponseFacts): ModelResponse {
  const isCut = answer.end === 'length'
  const outputTokens = answer.tokens.length
  return {
    id: `resp_${fingerprint(facts.seed, 'response').slice(0, 48)}`,
    object: 'response',
    created_at: facts.created,
    status: isCut ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    model: body['model'],
    output: [outputItem(answer, facts.seed)],
    ...Object.fromEntries(
      Object.entries(repeated).map(([name, absent]) => [name, body[name] ?? absent]),
    ),
    service_tier: 'default',
    usage: {
      input_tokens: facts.inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: facts.inputTokens + outputTokens,
    },
  }
}

function outputItem({ text, toolCall, end }: ChatAnswer, seed: string): OutputItem {
  if (toolCall === undefined) {
    return {
      id: `msg_${fingerprint(seed, 'message').slice(0, 48)}`,
      type: 'message',
      status: end === 'length' ? 'incomplete' : 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', annotations: [], logprobs: [], text }],
    }
  }
  const { hash, name, json } = toolCall
  return {
    id: `fc_${hash.slice(0, 48)}`,
    type: 'function_call',
    status: 'completed',
    arguments: json,
    call_id: `call_${identifier(hash, 24)}`,
    name,
  }
}
