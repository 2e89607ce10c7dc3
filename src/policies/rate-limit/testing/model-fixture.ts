import type { LimitCounting, RequestLimit } from '../../../ir/policies/rate-limit.ts'
import type { CallProgress, ModelCall } from '../../../llm/model-call.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'
import type { Usage } from '../../../llm/usage.ts'
import type {
  CompiledPolicy,
  PolicyServices,
  RequestContext,
  RequestOutcome,
} from '../../policy.ts'
import { requestContext } from '../../testing/context.ts'
import { compile, literal, lookup, node, perHour } from './limit-fixture.ts'

/** A request whose body is `json`: `max_tokens`, `n`, and texts where it has a `query`. */
export function modelRequest(json: Record<string, unknown>): ModelRequest & { changed: boolean } {
  return {
    ...{ json, model: 'm', streaming: false, changed: false },
    texts: () => {
      const text = typeof json['query'] === 'string' ? 'all texts' : ''
      return [{ channel: 'all', role: undefined, text, replace: () => undefined }]
    },
    messages: () => [],
    addMessages: () => false,
    setStreaming: () => false,
    setModel: () => undefined,
    maxOutputTokens: () => json['max_tokens'] as number | undefined,
    unlimitedOutput: () => json['unlimited'] as string | undefined,
    setMaxOutputTokens: (tokens) => {
      json['max_tokens'] = tokens
    },
    choiceCount: () => (json['n'] as number | undefined) ?? 1,
    tokenNumbers: () => 0,
    markChanged: () => undefined,
    encode: () => Buffer.from(JSON.stringify(json)),
  }
}

/** A call before it is answered. */
export function modelCall(parts: Partial<ModelCall> = {}): ModelCall {
  const { model = 'model' in parts ? undefined : 'm', ...rest } = parts
  return {
    ...{ provider: 'openai', operation: 'chat', request: undefined, unreadable: undefined },
    ...{ model, streaming: false, providerModel: undefined, usage: undefined },
    ...{ rateLimitedTokens: undefined, progress: 'none', outputIsLimited: false },
    candidateModels: () => [model],
    ...rest,
  }
}

/** What a provider says of a call. */
export const usage = (inputTokens: number, outputTokens: number): Usage => ({
  ...{ inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
  ...{ cachedInputTokens: 0, reasoningTokens: 0, estimated: false },
})

/** Rules that count so. */
export const counting = (parts: Partial<LimitCounting>): LimitCounting => ({
  ...{ unit: 'total-tokens', reserve: true, defaultOutputTokens: 50, prices: [] },
  ...parts,
})

/** A call on its way through a policy. */
export interface Call {
  readonly context: RequestContext
  readonly call: ModelCall
  readonly request: ModelRequest
  readonly result: ReturnType<NonNullable<CompiledPolicy['onModelRequest']>>
  /** Ends the call; with usage as a provider that has reported it. */
  end(used?: Usage, progress?: CallProgress): void
}

/** Sends a call through a policy. The prompt has so many tokens, its frame of 0 included. */
export function send(
  policy: CompiledPolicy,
  json: Record<string, unknown>,
  parts: { readonly call?: ModelCall; readonly context?: RequestContext } = {},
): Call {
  const { call = modelCall(), context = requestContext({ modelCall: call }) } = parts
  const request = modelRequest(json)
  const { onModelRequest, onFinalModelRequest = onModelRequest } = policy
  return {
    ...{ context, call, request },
    result: onFinalModelRequest?.(context, call, request),
    end(used, progress = 'answered') {
      call.usage = used
      call.progress = progress
      policy.onComplete?.(context, outcome)
    },
  }
}

/** Limits ask the call itself how far it has got. */
const outcome: RequestOutcome = {
  ...{ status: 200, error: undefined, requestBytes: 0, responseBytes: 0, durationMs: 0 },
}

/** A prompt of so many words, which are tokens to the tokenizer of tests. */
export const prompt = (words: number) => 'word '.repeat(words)

/** What a limit under test runs with. */
export interface LimitedOptions {
  readonly services?: Partial<PolicyServices>
  readonly denyOnFailure?: boolean
  readonly responseHeaders?: boolean
}

/** A policy with one limit, per hour unless it says otherwise. */
export const limited = (
  requests: number | RequestLimit,
  parts: Partial<LimitCounting>,
  options: LimitedOptions = {},
) =>
  compile(
    {
      tree: [
        node('k', 'v', { limit: typeof requests === 'number' ? perHour(requests) : requests }),
      ],
      lookups: [lookup(literal('k', 'v'))],
      counting: counting(parts),
    },
    options,
  )
