import type { CodePointRange } from '../regex/regex-syntax.ts'

/** Code points that no pattern tells apart, as one class. */
export interface CharacterClasses {
  readonly count: number
  /** The classes of U+0000 to U+007F. */
  readonly ascii: Uint16Array
  classOf(codePoint: number): number
  /** Whether the set takes the class: `members[set * count + class]`. */
  readonly members: Uint8Array
  readonly isNewline: readonly boolean[]
  readonly isWord: readonly boolean[]
}

// Assertions ask for these whatever the patterns name.
const newline: readonly CodePointRange[] = [[10, 10]]
const word: readonly CodePointRange[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]

/** The coarsest classes by which every one of `sets` can be told. */
export function classifyCharacters(sets: readonly (readonly CodePointRange[])[]): CharacterClasses {
  const all = [...sets, newline, word]
  const borders = bordersOf(all)
  const { classOfInterval, setsOfClass } = classifyIntervals(all, borders)
  const count = setsOfClass.length
  const members = new Uint8Array(all.length * count)
  for (const [index, taken] of setsOfClass.entries()) {
    for (const set of taken) members[set * count + index] = 1
  }
  const classOf = (codePoint: number) => classOfInterval[intervalOf(borders, codePoint)] ?? 0
  return {
    count,
    ascii: Uint16Array.from({ length: 128 }, (_, codePoint) => classOf(codePoint)),
    classOf,
    members,
    isNewline: setsOfClass.map((taken) => taken.includes(sets.length)),
    isWord: setsOfClass.map((taken) => taken.includes(sets.length + 1)),
  }
}

/** Where some set begins or has ended; the first is 0. */
function bordersOf(sets: readonly (readonly CodePointRange[])[]): Int32Array {
  const borders = new Set<number>([0])
  for (const ranges of sets) {
    for (const [first, last] of ranges) borders.add(first).add(last + 1)
  }
  return Int32Array.from(borders).sort()
}

function classifyIntervals(
  sets: readonly (readonly CodePointRange[])[],
  borders: Int32Array,
): { classOfInterval: Uint16Array; setsOfClass: number[][] } {
  const setsOfInterval: number[][] = Array.from(borders, () => [])
  for (const [set, ranges] of sets.entries()) {
    for (const [first, last] of ranges) {
      const end = intervalOf(borders, last)
      for (let interval = intervalOf(borders, first); interval <= end; interval += 1) {
        setsOfInterval[interval]?.push(set)
      }
    }
  }
  const classByKey = new Map<string, number>()
  const setsOfClass: number[][] = []
  const classOfInterval = Uint16Array.from(setsOfInterval, (taken) => {
    const key = taken.join()
    const known = classByKey.get(key)
    if (known !== undefined) return known
    classByKey.set(key, setsOfClass.length)
    return setsOfClass.push(taken) - 1
  })
  return { classOfInterval, setsOfClass }
}

/** The last of `borders` that is not after `codePoint`. */
function intervalOf(borders: Int32Array, codePoint: number): number {
  let low = 0
  let high = borders.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((borders[middle] ?? 0) <= codePoint) low = middle
    else high = middle - 1
  }
  return low
}
