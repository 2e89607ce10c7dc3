import { type Completion, complete } from '../../generation/completion.ts'
import { fingerprint } from '../../generation/fingerprint.ts'
import { countPrompt, lastUserText } from '../chat-prompt.ts'
import {
  type Answer,
  type AnswerContext,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
  type StreamEvent,
} from '../provider.ts'
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
  const messages = body['messages'] as readonly unknown[]
  // Its own tokenizer is not to be had here; the size of this one's vocabulary is nearest.
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const seed = fingerprint('mistral', model, messages, body['random_seed'], body['temperature'])
  const count = typeof body['n'] === 'number' ? body['n'] : 1
  const completions = Array.from({ length: count }, (_, index) =>
    complete(
      {
        seed: body['temperature'] === 0 ? seed : `${seed} ${index}`,
        prompt: lastUserText(messages),
        maxTokens: typeof body['max_tokens'] === 'number' ? body['max_tokens'] : undefined,
        stop: [body['stop'] ?? []].flat() as string[],
        wantedTokens: request.wantedTokens,
      },
      tokenizer,
    ),
  )
  const usage = usageOf(
    countPrompt(messages, tokenizer, { perMessage: 3, perPrompt: 1 }),
    completions,
  )
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
      events: chunks(envelope, completions, usage),
    }
  }
  const choices = completions.map((completion, index) => ({
    index,
    message: { role: 'assistant', tool_calls: null, content: completion.text },
    finish_reason: finishReason(completion),
  }))
  return jsonAnswer(
    200,
    { ...envelope, object: 'chat.completion', usage, choices },
    { generatedTokens: Math.max(...completions.map(({ tokens }) => tokens.length)) },
  )
}

function usageOf(promptTokens: number, completions: readonly Completion[]) {
  const completionTokens = completions.reduce((sum, { tokens }) => sum + tokens.length, 0)
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  }
}

function finishReason(completion: Completion): string {
  return completion.end === 'length' ? 'length' : 'stop'
}

/** Usage comes unasked, in the chunk that ends the last choice. */
function* chunks(
  envelope: Envelope,
  completions: readonly Completion[],
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
    return { text: `data: ${JSON.stringify(value)}\n\n`, paced }
  }
  for (const index of completions.keys()) {
    const delta = { role: 'assistant', content: '' }
    yield event({ index, delta, finish_reason: null }, index === 0)
  }
  const longest = Math.max(...completions.map(({ tokens }) => tokens.length))
  for (let position = 0; position < longest; position++) {
    for (const [index, { tokens }] of completions.entries()) {
      const token = tokens[position]
      if (!token) continue
      const delta = { content: token.text }
      // All choices are generated side by side, so only the first one waits.
      yield event({ index, delta, finish_reason: null }, index === 0)
    }
  }
  for (const [index, completion] of completions.entries()) {
    const last = index === completions.length - 1
    const choice = { index, delta: { content: '' }, finish_reason: finishReason(completion) }
    yield event(choice, false, last ? { usage } : {})
  }
  yield { text: 'data: [DONE]\n\n', paced: false }
}
