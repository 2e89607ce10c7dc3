import { countTexts } from '../../chat/count-prompt.ts'
import { type Completion, complete } from '../../generation/completion.ts'
import { fingerprint, identifier } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
  type StreamEvent,
} from '../../provider.ts'
import { encodingOf } from './chat-completions.ts'
import { wrongType } from './chat-request.ts'
import { openaiError } from './errors.ts'

/** What the API generates unless told otherwise. */
const defaultMaxTokens = 16

/** Fields that stand in the whole answer and in each of its chunks. */
interface Envelope {
  readonly id: string
  readonly object: 'text_completion'
  readonly created: number
  readonly model: string
}

/** `POST /v1/completions`, the API before chats: prompts that are continued. */
export async function createCompletion(
  body: JsonObject,
  request: SimulatedRequest,
  context: AnswerContext,
): Promise<Answer> {
  const {
    model,
    prompt,
    max_tokens: limit = defaultMaxTokens,
    stop,
  } = body as Record<string, unknown>
  if (typeof model !== 'string' || model === '') {
    return openaiError(400, { message: 'you must provide a model parameter' })
  }
  const prompts = [prompt ?? '<|endoftext|>'].flat()
  if (prompts.length === 0 || prompts.some((text) => typeof text !== 'string')) {
    return openaiError(400, { message: "'$.prompt' is invalid.", param: 'prompt' })
  }
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 0) {
    return wrongType('max_tokens', 'an integer', limit)
  }
  const tokenizer = await context.loadTokenizer(encodingOf(model))
  const seed = fingerprint('openai completions', model, prompts, body['seed'])
  const completions = prompts.map((text, index) =>
    complete(
      {
        seed: `${seed} ${index}`,
        prompt: String(text),
        maxTokens: limit,
        stop: [stop ?? []].flat().map(String),
        wantedTokens: request.wantedTokens,
      },
      tokenizer,
    ),
  )
  const usage = usageOf(countTexts(prompts.map(String), tokenizer), completions)
  const created = Math.floor(context.now() / 1000)
  const envelope = {
    id: `cmpl-${identifier(seed, 29)}`,
    object: 'text_completion',
    created,
    model,
  } as const
  if (body['stream'] === true) {
    const options = body['stream_options'] as { include_usage?: unknown } | undefined
    return {
      type: 'stream',
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
      events: chunks(envelope, completions, options?.include_usage === true ? usage : undefined),
    }
  }
  const choices = completions.map((completion, index) =>
    choiceOf(completion.text, index, finishReason(completion)),
  )
  const generatedTokens = Math.max(...completions.map(({ tokens }) => tokens.length))
  return jsonAnswer(200, { ...envelope, choices, usage }, { generatedTokens })
}

function usageOf(promptTokens: number, completions: readonly Completion[]) {
  const completionTokens = completions.reduce((sum, { tokens }) => sum + tokens.length, 0)
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}

const finishReason = ({ end }: Completion) => (end === 'length' ? 'length' : 'stop')

const choiceOf = (text: string, index: number, finish: string | null) => ({
  ...{ text, index, logprobs: null, finish_reason: finish },
})

function* chunks(
  envelope: Envelope,
  completions: readonly Completion[],
  usage: ReturnType<typeof usageOf> | undefined,
): Iterable<StreamEvent> {
  const chunk = (choices: readonly unknown[], paced: boolean, last = false): StreamEvent => {
    const counted = usage === undefined ? {} : { usage: last ? usage : null }
    return { data: `data: ${JSON.stringify({ ...envelope, choices, ...counted })}\n\n`, paced }
  }
  for (const [index, completion] of completions.entries()) {
    for (const { text } of completion.tokens) {
      if (text !== '') yield chunk([choiceOf(text, index, null)], true)
    }
    yield chunk([choiceOf('', index, finishReason(completion))], false)
  }
  if (usage !== undefined) yield chunk([], false, true)
  yield { data: 'data: [DONE]\n\n', paced: false }
}
