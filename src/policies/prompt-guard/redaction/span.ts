/** A part of a text that must not pass. Positions count from the beginning of all text. */
export interface Span {
  readonly start: number
  readonly end: number
  /** What of it `X` may stand for: the first group of its pattern, or all. */
  readonly maskStart: number
  readonly maskEnd: number
  readonly label: string
  readonly score: number
  /** Its place in the configuration. */
  readonly order: number
}

/** In order of text; of those that begin together, the longest first. */
export function compareSpans(left: Span, right: Span): number {
  return left.start - right.start || right.end - left.end || left.order - right.order
}

/** The span at `from` and those that overlap it, directly or by others; `spans` are in order. */
export function clusterAt(
  spans: readonly Span[],
  from: number,
): { spans: readonly Span[]; end: number } {
  let end = spans[from]?.end ?? 0
  let next = from + 1
  for (let span = spans[next]; span !== undefined && span.start < end; span = spans[next]) {
    end = Math.max(end, span.end)
    next += 1
  }
  return { spans: spans.slice(from, next), end }
}

/** Of spans that overlap, the one that names them: the most certain, then the longest, then the first. */
export function winnerOf(spans: readonly Span[]): Span | undefined {
  let winner = spans[0]
  for (const span of spans) {
    if (winner === undefined) break
    const byScore = span.score - winner.score
    const byLength = span.end - span.start - (winner.end - winner.start)
    if (byScore > 0 || (byScore === 0 && byLength > 0)) winner = span
  }
  return winner
}
