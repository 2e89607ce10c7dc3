const percent = 0x25
const ampersand = 0x26
const plus = 0x2b
const semicolon = 0x3b
const space = 0x20
const backslash = 0x5c
const letterU = 0x75
const letterX = 0x78

/** More of the text must come before it can be told. */
export const undecided = -1

/** Text that is looked through, and whether no more of it follows. */
export interface SearchedText {
  readonly bytes: Buffer
  readonly isWhole: boolean
}

/** Bytes that may begin the escape of another one. */
export const escapeBytes: readonly number[] = [percent, ampersand, backslash]

/** What was escaped more often than twice is not recognised. */
const mostPercents = 3
const mostBackslashes = 7
const longestEntity = 8

/**
 * How many bytes of a text from `at` on are `form`, each of its bytes as it is or in any escape of URLs, JSON or HTML; 0: it is not
 * there; {@link undecided}: the text ends before that is clear.
 */
export function matchForm(text: SearchedText, at: number, form: Buffer): number {
  let longest = 0
  for (const lengthOf of ways) {
    const length = matchBytes(text, at, form, lengthOf)
    if (length === undecided) return undecided
    if (length > longest) longest = length
  }
  return longest
}

type LengthOf = (bytes: Buffer, at: number, expected: number) => number

function matchBytes(
  { bytes, isWhole }: SearchedText,
  at: number,
  form: Buffer,
  lengthOf: LengthOf,
): number {
  let index = at
  for (const expected of form) {
    const length = index >= bytes.length ? undecided : lengthOf(bytes, index, expected)
    if (length === undecided) return isWhole ? 0 : undecided
    if (length === 0) return 0
    index += length
  }
  return index - at
}

/** A credential may itself hold what looks like an escape, and its percent signs may have been escaped twice. */
const ways: readonly LengthOf[] = [lengthOfByte, lengthOfPlain, lengthOfTwice]

function lengthOfPlain(text: Buffer, at: number, expected: number): number {
  return text[at] === expected ? 1 : 0
}

function lengthOfByte(text: Buffer, at: number, expected: number): number {
  switch (text[at]) {
    case percent:
      return lengthOfPercent(text, at, expected)
    case backslash:
      return lengthOfBackslash(text, at, expected)
    case ampersand:
      return lengthOfEntity(text, at, expected)
    case plus:
      return expected === space || expected === plus ? 1 : 0
    default:
      return text[at] === expected ? 1 : 0
  }
}

function lengthOfTwice(text: Buffer, at: number, expected: number): number {
  if (expected !== percent || text[at] !== percent) return lengthOfByte(text, at, expected)
  if (at + twicePercent.length > text.length) return undecided
  const isTwice = text.toString('latin1', at, at + twicePercent.length) === twicePercent
  return isTwice ? twicePercent.length : 0
}

const twicePercent = '%2525'

/** `%2F`, or `%252F` where it was escaped again (RFC 3986 section 2.1). */
function lengthOfPercent(text: Buffer, at: number, expected: number): number {
  let from = at + 1
  for (let percents = 0; percents < mostPercents; percents++) {
    if (from + 2 > text.length) return undecided
    const value = hexValue(text, from, 2)
    if (value === expected) return from + 2 - at
    if (value !== percent) break
    from += 2
  }
  return expected === percent ? 1 : 0
}

/** `\/`, `\u002f` or `\x2f`, with more backslashes where it was escaped again (RFC 8259 section 7). */
function lengthOfBackslash(text: Buffer, at: number, expected: number): number {
  let from = at + 1
  const most = expected === backslash ? 1 : mostBackslashes
  while (text[from] === backslash && from - at < most) from++
  const next = text[from]
  if (next === undefined) return undecided
  if (next === letterU) return lengthOfHex(text, at, from + 1, { digits: 4, expected })
  if (next === letterX) return lengthOfHex(text, at, from + 1, { digits: 2, expected })
  if (expected === backslash) return next === backslash ? 2 : 1
  return next === expected && !isAlphanumeric(expected) ? from + 1 - at : 0
}

function lengthOfHex(
  text: Buffer,
  at: number,
  from: number,
  { digits, expected }: { readonly digits: number; readonly expected: number },
): number {
  if (from + digits > text.length) return undecided
  return hexValue(text, from, digits) === expected ? from + digits - at : 0
}

const namedEntities: Readonly<Record<string, number>> = {
  amp: ampersand,
  apos: 0x27,
  gt: 0x3e,
  lt: 0x3c,
  quot: 0x22,
}

/** `&amp;`, `&#38;` or `&#x26;` (WHATWG HTML section 13.1.4). */
function lengthOfEntity(text: Buffer, at: number, expected: number): number {
  const end = text.subarray(at, at + longestEntity).indexOf(semicolon)
  if (end < 0 && text.length - at < longestEntity) return undecided
  const name = text.toString('latin1', at + 1, at + end)
  if (entityValue(name) === expected) return end + 1
  return expected === ampersand ? 1 : 0
}

function entityValue(name: string): number | undefined {
  if (Object.hasOwn(namedEntities, name)) return namedEntities[name]
  const [, hex, decimal] = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name) ?? []
  if (hex !== undefined) return Number.parseInt(hex, 16)
  return decimal === undefined ? undefined : Number(decimal)
}

/** NaN: other characters stand there. */
function hexValue(text: Buffer, from: number, digits: number): number {
  const source = text.toString('latin1', from, from + digits)
  return /^[0-9a-f]+$/i.test(source) ? Number.parseInt(source, 16) : Number.NaN
}

function isAlphanumeric(byte: number): boolean {
  return /^[0-9a-z]$/i.test(String.fromCharCode(byte))
}
