import type { Origin } from '../origin.ts'
import type { SecretReference } from '../secret-reference.ts'

/** Looks for what must not pass in the texts of requests and answers of models. */
export interface PromptGuard {
  readonly type: 'prompt-guard'
  readonly id: string
  readonly origin: Origin
  readonly request: RequestGuard | undefined
  readonly response: ResponseGuard | undefined
}

export interface RequestGuard {
  readonly patterns: GuardPatterns | undefined
  readonly webhook: GuardWebhook | undefined
  readonly moderation: GuardModeration | undefined
  /** What a refused client is told. */
  readonly refusal: { readonly status: number; readonly message: string }
}

export interface ResponseGuard {
  readonly patterns: GuardPatterns | undefined
  readonly webhook: GuardWebhook | undefined
  readonly stream: GuardedStream
}

/** How much of a stream may be held back for the sake of a match that is not complete. */
export interface GuardedStream {
  /** Bytes of UTF-8 per text. */
  readonly maxHeldBytes: number
  readonly maxHeldMs: number
  /** What becomes of the text held back beyond that. */
  readonly onOverflow: 'mask' | 'reject' | 'release'
}

export interface GuardPatterns {
  readonly action: 'reject' | 'mask'
  /** `label`: `<NAME>` in place of a match; `characters`: three quarters of it become `X`. */
  readonly maskStyle: 'label' | 'characters'
  readonly custom: readonly GuardPattern[]
  readonly detectors: readonly GuardDetector[]
}

export interface GuardPattern {
  /** RE2, found anywhere, in any case, `.` takes line breaks and anchors take lines. */
  readonly pattern: string
  readonly name: string | undefined
}

/** `legacy-` ones are the forms that early releases of Gloo AI Gateway looked for. */
export type GuardDetector =
  | 'credit-card'
  | 'ssn'
  | 'phone-number'
  | 'email'
  | 'legacy-credit-card'
  | 'legacy-ssn'
  | 'legacy-phone-number'
  | 'legacy-email'

/** A service that decides over texts. */
export interface GuardWebhook {
  /** Dialled for it. */
  readonly backendId: string
  /** `host:port`. */
  readonly authority: string
  readonly timeoutMs: number
  readonly forwardHeaders: readonly {
    readonly key: string
    readonly match: 'exact' | 'prefix' | 'suffix' | 'contains' | 'regex'
  }[]
}

/** OpenAI's moderation endpoint, or one that speaks like it. */
export interface GuardModeration {
  readonly backendId: string
  readonly authority: string
  readonly path: string
  readonly model: string
  /** Undefined: the client's own. */
  readonly token: SecretReference | undefined
  readonly timeoutMs: number
}
