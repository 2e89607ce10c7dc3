import { type Completion, complete } from '../../generation/completion.ts'
import { fingerprint, identifier } from '../../generation/fingerprint.ts'
import type { EncodingName } from '../../generation/tokenizer.ts'
import { countPrompt, lastUserText } from '../chat-prompt.ts'
import {
  type Answer,
  type AnswerContext,
  isJsonObject,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
  type StreamEvent,
} from '../provider.ts'
import { findChatError } from './chat-request.ts'

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
  const messages = body['messages'] as readonly unknown[]
  const tokenizer = await context.loadTokenizer(encodingOf(model))
  const seed = fingerprint('openai', model, messages, body['seed'], body['temperature'])
  const count = typeof body['n'] === 'number' ? body['n'] : 1
  const completions = Array.from({ length: count }, (_, index) =>
    complete(
      {
        // Without temperature there is one most likely answer.
        seed: body['temperature'] === 0 ? seed : `${seed} ${index}`,
        prompt: lastUserText(messages),
        maxTokens: limitOf(body),
        stop: [body['stop'] ?? []].flat() as string[],
        wantedTokens: request.wantedTokens,
      },
      tokenizer,
    ),
  )
  const promptTokens = countPrompt(messages, tokenizer, { perMessage: 4, perPrompt: 3 })
  const usage = usageOf(promptTokens, completions)
  const envelope = {
    id: `chatcmpl-${identifier(seed, 29)}`,
    created: Math.floor(context.now() / 1000),
    model,
  }
  if (body['stream'] !== true) {
    return jsonAnswer(200, wholeAnswer(envelope, completions, usage), {
      generatedTokens: Math.max(...completions.map(({ tokens }) => tokens.length)),
    })
  }
  const options = body['stream_options']
  const includeUsage = isJsonObject(options) && options['include_usage'] === true
  return {
    type: 'stream',
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    events: chunks(envelope, completions, includeUsage ? usage : undefined),
  }
}

function encodingOf(model: string): EncodingName {
  return /^gpt-(?:3\.5|4(?![o.]))/.test(model) ? 'cl100k_base' : 'o200k_base'
}

function limitOf(body: JsonObject): number | undefined {
  const limit = body['max_completion_tokens'] ?? body['max_tokens']
  return typeof limit === 'number' ? limit : undefined
}

function usageOf(promptTokens: number, completions: readonly Completion[]) {
  const completionTokens = completions.reduce((sum, { tokens }) => sum + tokens.length, 0)
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
  completions: readonly Completion[],
  usage: ReturnType<typeof usageOf>,
) {
  return {
    id: envelope.id,
    object: 'chat.completion',
    created: envelope.created,
    model: envelope.model,
    choices: completions.map((completion, index) => ({
      index,
      message: {
        role: 'assistant',
        content: completion.text,
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: finishReason(completion),
    })),
    usage,
    service_tier: 'default',
    system_fingerprint: systemFingerprint(envelope.model),
  }
}

function finishReason(completion: Completion): string {
  return completion.end === 'length' ? 'length' : 'stop'
}

function systemFingerprint(model: string): string {
  return `fp_${fingerprint(model).slice(0, 10)}`
}

function* chunks(
  envelope: Envelope,
  completions: readonly Completion[],
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
    return { text: `data: ${JSON.stringify(value)}\n\n`, paced }
  }
  const choice = (index: number, delta: unknown, finish: string | null) => [
    { index, delta, logprobs: null, finish_reason: finish },
  ]
  for (const index of completions.keys()) {
    yield chunk(choice(index, { role: 'assistant', content: '', refusal: null }, null), index === 0)
  }
  const longest = Math.max(...completions.map(({ tokens }) => tokens.length))
  for (let position = 0; position < longest; position++) {
    for (const [index, { tokens }] of completions.entries()) {
      const token = tokens[position]
      // All choices are generated side by side, so only the first one waits.
      if (token) yield chunk(choice(index, { content: token.text }, null), index === 0)
    }
  }
  for (const [index, completion] of completions.entries()) {
    yield chunk(choice(index, {}, finishReason(completion)), false)
  }
  if (usage !== undefined) yield chunk([], false, true)
  yield { text: 'data: [DONE]\n\n', paced: false }
}
