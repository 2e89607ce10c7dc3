/** How much of `text` can be judged by itself: up to the end of the last sentence or line in it. */
export function segmentLength(text: string): number {
  for (let index = text.length - 1; index >= 0; index -= 1) {
    const isLineEnd = text[index] === '\n'
    const isSentenceEnd = text[index] === ' ' && /[.?!;]/.test(text[index - 1] ?? '')
    if (isLineEnd || isSentenceEnd) return index + 1
  }
  return 0
}
