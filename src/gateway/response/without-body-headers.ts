import type { UpstreamResponseHead } from './response-relay.ts'

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
