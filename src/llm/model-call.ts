import type { ModelRequest } from './model-request.ts'
import type { Usage } from './usage.ts'

/** What a client asks of a provider. */
export type ModelOperation =
  | 'chat'
  | 'completion'
  | 'embedding'
  | 'moderation'
  | 'count-tokens'
  /** Anything else that a provider's API offers: files, batches, audio, lists of models. */
  | 'platform'

/**
 * How far a provider has got with a call, and so what it may bill: nothing, as none has it or the one that had it has refused; an answer
 * of which nothing has come; one that has come in part; one that has come to its end.
 */
export type CallProgress = 'none' | 'asked' | 'answering' | 'answered'

/** One call to a language model: what policies, limits and telemetry know of it. One object per request. */
export interface ModelCall {
  /** As vendors' metrics name it: `openai`, `azure_openai`, …. */
  readonly provider: string
  readonly operation: ModelOperation
  /** What the client sent, read once; undefined where it has no body, or none that could be read (`unreadable` says why). */
  request: ModelRequest | undefined
  /** Why the body could not be read; undefined when it could, or when there is none. */
  unreadable: string | undefined
  /** What the client asks for, after any override: from the body or the path. */
  model: string | undefined
  /** The answer is to come as a stream. */
  streaming: boolean
  /**
   * Every model that may be asked as the request is now: that of each endpoint that the call may go to, and each that may stand in after
   * a failure. Undefined among them: one that has no name here.
   */
  candidateModels(): readonly (string | undefined)[]
  /** Of the try that is under way or was the last. */
  progress: CallProgress
  /** True: a policy relies on the limit of output tokens, so each provider is told it under the name that it knows. */
  outputIsLimited: boolean
  /** Which model the provider says has answered. */
  providerModel: string | undefined
  /** Known when the answer has come whole; also of an aborted one, estimated. */
  usage: Usage | undefined
  /** Tokens that a rate limit has charged for the request. */
  rateLimitedTokens: number | undefined
}
