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

/** What is true of the bytes of a body as they came. */
const bodyHeaders: ReadonlySet<string> = new Set([
  ...['content-digest', 'content-encoding', 'content-length', 'content-md5', 'digest', 'etag'],
  'repr-digest',
])

/** The head of an answer whose body becomes another. */
export function withoutBodyHeaders(
  head: UpstreamResponseHead,
  instead: readonly string[] = [],
): UpstreamResponseHead {
  const kept = head.headers.filter(
    (_, index, flat) => !bodyHeaders.has(flat[index - (index % 2)] ?? ''),
  )
  return { ...head, headers: [...kept, ...instead] }
}
