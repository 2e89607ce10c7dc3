import { type Completion, complete } from '../../generation/completion.ts'
import { fingerprint } from '../../generation/fingerprint.ts'
import type { Token } from '../../generation/tokenizer.ts'
import {
  type Answer,
  type AnswerContext,
  isJsonObject,
  type JsonObject,
  jsonAnswer,
  type SimulatedRequest,
  type StreamEvent,
} from '../../provider.ts'
import { generationError, unreadable } from './errors.ts'
import { findParameterError } from './parameters.ts'

/** `POST /models/{model}`: continues `inputs`. */
export async function generateText(
  body: JsonObject,
  request: SimulatedRequest & { readonly model: string },
  context: AnswerContext,
): Promise<Answer> {
  const { inputs } = body as { inputs?: unknown }
  const parameters = body['parameters'] ?? {}
  if (inputs === undefined) {
    return unreadable(
      422,
      'Failed to deserialize the JSON body into the target type: missing field `inputs`',
    )
  }
  if (typeof inputs !== 'string') {
    return unreadable(
      422,
      'Failed to deserialize the JSON body into the target type: inputs: invalid type, expected a string',
    )
  }
  if (!isJsonObject(parameters)) {
    return unreadable(
      422,
      'Failed to deserialize the JSON body into the target type: parameters: invalid type, expected an object',
    )
  }
  if (inputs === '') {
    return generationError(422, 'Input validation error: `inputs` cannot be empty', 'validation')
  }
  const error = findParameterError(parameters)
  if (error !== undefined) {
    return generationError(422, `Input validation error: ${error}`, 'validation')
  }
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const completion = complete(
    {
      seed: fingerprint('huggingface', request.model, inputs, seedOf(parameters)),
      prompt: inputs,
      maxTokens: numberOf(parameters['max_new_tokens']) ?? 100,
      stop: [parameters['stop'] ?? []].flat() as string[],
      wantedTokens: request.wantedTokens,
    },
    tokenizer,
  )
  const full = parameters['return_full_text'] !== false
  const result: GenerationResult = {
    completion,
    // A continuation begins with the space that sets it apart from the prompt.
    generatedText: full ? `${inputs} ${completion.text}` : completion.text,
    seed: seedOf(parameters),
    inputLength: tokenizer.count(inputs),
  }
  if (body['stream'] === true) return streamed(result)
  return whole(result, { details: parameters['details'] === true })
}

interface GenerationResult {
  readonly completion: Completion
  readonly generatedText: string
  readonly seed: number | null
  readonly inputLength: number
}

function seedOf(parameters: JsonObject): number | null {
  return numberOf(parameters['seed']) ?? null
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function whole(result: GenerationResult, options: { details: boolean }): Answer {
  const { completion, generatedText, seed } = result
  const details = {
    finish_reason: finishReason(completion),
    generated_tokens: completion.tokens.length,
    seed,
    prefill: [],
    tokens: completion.tokens.map(tokenOf),
  }
  return jsonAnswer(
    200,
    [{ generated_text: generatedText, ...(options.details ? { details } : {}) }],
    {
      headers: headersOf(result),
      generatedTokens: completion.tokens.length,
    },
  )
}

function streamed(result: GenerationResult): Answer {
  return {
    type: 'stream',
    status: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      ...headersOf(result),
    },
    events: tokenEvents(result),
  }
}

function headersOf({ completion, inputLength }: GenerationResult) {
  return {
    'x-compute-type': 'cpu',
    'x-prompt-tokens': String(inputLength),
    'x-generated-tokens': String(completion.tokens.length),
  }
}

function* tokenEvents(result: GenerationResult): Iterable<StreamEvent> {
  const { completion, generatedText, seed, inputLength } = result
  // A text that ends before it began still has the token that ends it.
  const tokens = completion.tokens.length > 0 ? completion.tokens : [{ id: 0, text: '' }]
  for (const [position, token] of tokens.entries()) {
    const last = position === tokens.length - 1
    const value = {
      index: position + 1,
      token: tokenOf(token),
      generated_text: last ? generatedText : null,
      details: last
        ? {
            finish_reason: finishReason(completion),
            generated_tokens: completion.tokens.length,
            seed,
            input_length: inputLength,
          }
        : null,
    }
    // The server writes no space after the colon.
    yield { data: `data:${JSON.stringify(value)}\n\n`, paced: true }
  }
}

function tokenOf(token: Token) {
  const logprob = -(1 + (Number.parseInt(fingerprint(token.id).slice(0, 4), 16) % 4000)) / 1000
  return { id: token.id, text: token.text, logprob, special: false }
}

function finishReason(completion: Completion): string {
  if (completion.end === 'length') return 'length'
  return completion.end === 'stop-sequence' ? 'stop_sequence' : 'eos_token'
}
