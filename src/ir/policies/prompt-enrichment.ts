import type { Origin } from '../origin.ts'

/** Adds messages to what a client asks a model. */
export interface PromptEnrichment {
  readonly type: 'prompt-enrichment'
  readonly id: string
  readonly origin: Origin
  /** Before the client's messages, in this order. */
  readonly prepend: readonly PromptMessage[]
  /** After the client's messages, in this order. */
  readonly append: readonly PromptMessage[]
}

export interface PromptMessage {
  /** Lower-case, such as `system`. */
  readonly role: string
  readonly content: string
}
