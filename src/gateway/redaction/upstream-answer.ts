import type { Exchange } from '../request/exchange.ts'
import type { AnswerRelay } from '../response/answer-relay.ts'
import type { RelayOwner, UpstreamResponseHead } from '../response/response-relay.ts'

/** An answer of an upstream, and how what is left of it goes on. */
export interface UpstreamAnswer {
  readonly exchange: Exchange
  readonly head: UpstreamResponseHead
  readonly owner: RelayOwner
  createRelay(head: UpstreamResponseHead): AnswerRelay
}
