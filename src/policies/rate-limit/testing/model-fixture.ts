import type { LimitCounting } from '../../../ir/policies/rate-limit.ts'
import type { ModelCall } from '../../../llm/model-call.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'
import type { Usage } from '../../../llm/usage.ts'
import type { CompiledPolicy, RequestContext, RequestOutcome } from '../../policy.ts'
import { requestContext } from '../../test-context.ts'

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
  return {
    ...{ provider: 'openai', operation: 'chat', request: undefined, unreadable: undefined },
    ...{ model: 'm', streaming: false, providerModel: undefined, usage: undefined },
    rateLimitedTokens: undefined,
    ...parts,
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
  /** Ends the call; with usage as a provider that has answered. */
  end(used?: Usage, outcome?: Partial<RequestOutcome>): void
}

/** Sends a call through a policy. The prompt has so many tokens, its frame of 0 included. */
export function send(
  policy: CompiledPolicy,
  json: Record<string, unknown>,
  parts: { readonly call?: ModelCall; readonly context?: RequestContext } = {},
): Call {
  const { call = modelCall(), context = requestContext({ modelCall: call }) } = parts
  const request = modelRequest(json)
  return {
    ...{ context, call, request },
    result: policy.onModelRequest?.(context, call, request),
    end(used, outcome) {
      call.usage = used
      policy.onComplete?.(context, {
        ...{ status: 200, error: undefined, requestBytes: 0, responseBytes: 0, durationMs: 0 },
        ...outcome,
      })
    },
  }
}

/** A prompt of so many words, which are tokens to the tokenizer of tests. */
export const prompt = (words: number) => 'word '.repeat(words)
