/** Tells how many bytes of a text from `at` on stand for `expected`; 0: others, {@link undecided}: the text ends before that is clear. */
export type LengthOf = (text: Buffer, at: number, expected: number) => number

/** More of the text must come before it can be told. */
export const undecided = -1

const percent = 0x25
const ampersand = 0x26
const plus = 0x2b
const semicolon = 0x3b
const numberSign = 0x23
const space = 0x20
const backslash = 0x5c
const digit2 = 0x32
const digit5 = 0x35
const letterU = 0x75
const letterX = 0x78

/** Bytes that may begin the escape of another one. */
export const escapeBytes: readonly number[] = [percent, ampersand, backslash]

/** What was escaped more often than twice is not recognised. */
const mostPercents = 3
const mostBackslashes = 7
const longestEntity = 8

/** As the byte stands in a text that escapes nothing. */
export const lengthOfPlain: LengthOf = (text, at, expected) => (text[at] === expected ? 1 : 0)

/** As it is, or in any escape of URLs, JSON or HTML. */
export const lengthOfEscaped: LengthOf = (text, at, expected) => {
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

/** The same where percent signs were escaped twice, which an escape of one and two digits behind it look like. */
export const lengthOfTwiceEscaped: LengthOf = (text, at, expected) => {
  if (expected !== percent || text[at] !== percent) return lengthOfEscaped(text, at, expected)
  if (at + 5 > text.length) return undecided
  const isTwice = hexValue(text, at + 1, 2) === percent && hexValue(text, at + 3, 2) === percent
  return isTwice ? 5 : 0
}

/** `%2F`, or `%252F` where it was escaped again (RFC 3986 section 2.1). */
function lengthOfPercent(text: Buffer, at: number, expected: number): number {
  let from = at + 1
  for (let percents = 0; percents < mostPercents; percents++) {
    if (from + 2 > text.length) return undecided
    if (hexValue(text, from, 2) === expected) return from + 2 - at
    if (text[from] !== digit2 || text[from + 1] !== digit5) break
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
  const last = at + longestEntity - 1
  let end = at + 1
  while (end < last && isOfEntity(text[end])) end++
  if (end >= text.length) return undecided
  const isEntity = text[end] === semicolon && entityValue(text, at + 1, end) === expected
  if (isEntity) return end + 1 - at
  return expected === ampersand ? 1 : 0
}

function isOfEntity(byte: number | undefined): boolean {
  return byte !== undefined && (isAlphanumeric(byte) || byte === numberSign)
}

function entityValue(text: Buffer, from: number, end: number): number | undefined {
  const name = text.toString('latin1', from, end)
  if (text[from] !== numberSign) {
    return Object.hasOwn(namedEntities, name) ? namedEntities[name] : undefined
  }
  const isHex = ((text[from + 1] ?? 0) | 0x20) === letterX
  return isHex ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
}

/** NaN: other characters stand there. */
function hexValue(text: Buffer, from: number, digits: number): number {
  let value = 0
  for (let index = from; index < from + digits; index++) value = value * 16 + hexDigit(text[index])
  return value
}

function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN
}

function isAlphanumeric(byte: number): boolean {
  const lower = byte | 0x20
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a)
}
