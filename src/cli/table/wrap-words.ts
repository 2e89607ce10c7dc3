/** What a line that is longer than the limit costs, beside the square of its distance from it. */
const overlongPenalty = 100_000

/** Columns that the text takes on a terminal, where each character takes one. */
export const widthOf = (text: string): number => [...text].length

/**
 * Breaks a text into lines of at most `limit` columns, or of its longest word where that is wider, such that the
 * sum of the squares of what is left free is smallest; the last line costs nothing. White space between words
 * becomes one space.
 */
export function wrapWords(text: string, limit: number): string[] {
  if (text === ' ') return [text]
  const words = text.split(/\s+/u).filter((word) => word !== '')
  if (words.length === 0) return ['']
  const width = Math.max(limit, ...words.map(widthOf))
  const starts = chooseBreaks(words.map(widthOf), width)
  return starts.map((start, index) => words.slice(start, starts[index + 1]).join(' '))
}

/** Indices of the words that begin a line, found from the end. */
function chooseBreaks(widths: readonly number[], limit: number): number[] {
  const count = widths.length
  const costs = [...new Array<number>(count).fill(Number.POSITIVE_INFINITY), 0]
  const nextStarts = new Array<number>(count).fill(count)
  for (let start = count - 1; start >= 0; start -= 1) {
    let width = -1
    for (let end = start + 1; end <= count; end += 1) {
      width += 1 + (widths[end - 1] ?? 0)
      const cost = lineCost(width, limit, end === count) + (costs[end] ?? 0)
      if (cost < (costs[start] ?? 0)) {
        costs[start] = cost
        nextStarts[start] = end
      }
    }
  }
  const starts: number[] = []
  for (let start = 0; start < count; start = nextStarts[start] ?? count) starts.push(start)
  return starts
}

function lineCost(width: number, limit: number, isLast: boolean): number {
  if (isLast) return width <= limit ? 0 : Number.POSITIVE_INFINITY
  return (limit - width) ** 2 + (width > limit ? overlongPenalty : 0)
}
