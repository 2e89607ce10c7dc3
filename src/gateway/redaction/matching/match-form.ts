import {
  escapeBytes,
  type LengthOf,
  lengthOfEscaped,
  lengthOfPlain,
  lengthOfTwiceEscaped,
  undecided,
} from './escapes.ts'

/** Text that is looked through, and whether no more of it follows. */
export interface SearchedText {
  readonly bytes: Buffer
  readonly isWhole: boolean
}

/** Bytes that are looked for, and in which ways they may be written. */
export interface Form {
  readonly bytes: Buffer
  readonly ways: readonly LengthOf[]
}

const usualWays: readonly LengthOf[] = [lengthOfEscaped]
/** A credential may itself hold what looks like an escape, and its percent signs may have been escaped twice. */
const everyWay: readonly LengthOf[] = [lengthOfEscaped, lengthOfPlain, lengthOfTwiceEscaped]

/** Makes a {@link Form} of bytes. */
export function createForm(bytes: Buffer): Form {
  const isOdd = escapeBytes.some((byte) => bytes.includes(byte))
  return { bytes, ways: isOdd ? everyWay : usualWays }
}

/**
 * How many bytes of a text from `at` on are the form, each of its bytes as it is or escaped; 0: it is not there; {@link undecided}: the
 * text ends before that is clear.
 */
export function matchForm(text: SearchedText, at: number, { bytes, ways }: Form): number {
  let longest = 0
  for (const lengthOf of ways) {
    const length = matchBytes(text, at, bytes, lengthOf)
    if (length === undecided) return undecided
    if (length > longest) longest = length
  }
  return longest
}

function matchBytes(
  { bytes, isWhole }: SearchedText,
  at: number,
  expected: Buffer,
  lengthOf: LengthOf,
): number {
  let from = at
  for (let index = 0; index < expected.length; index++) {
    const isOver = from >= bytes.length
    const length = isOver ? undecided : lengthOf(bytes, from, expected[index] ?? 0)
    if (length === undecided) return isWhole ? 0 : undecided
    if (length === 0) return 0
    from += length
  }
  return from - at
}
