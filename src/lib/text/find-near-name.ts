/** How far apart names may be to be taken for a slip of the fingers. */
const maxEdits = 2

/** The name of `names` that `name` was probably meant to be: one or two slips away, fewer for short names. */
export function findNearName(name: string, names: Iterable<string>): string | undefined {
  const written = name.toLowerCase()
  let nearest: string | undefined
  let fewest = maxEdits + 1
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue
    const edits = countEdits(written, candidate.toLowerCase())
    const isSlip = edits * 3 <= Math.max(name.length, candidate.length)
    if (isSlip && edits < fewest) [nearest, fewest] = [candidate, edits]
  }
  return nearest
}

/** Letters to insert, leave out, replace or swap with their neighbour (optimal string alignment). */
function countEdits(from: string, to: string): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY
