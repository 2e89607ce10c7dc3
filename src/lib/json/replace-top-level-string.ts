/**
 * The bytes of a JSON object with another string as the value of `key` at its top level and everything else as it was; undefined
 * when the key does not stand there exactly once and unescaped, or has no string. `bytes` must be valid JSON.
 */
export function replaceTopLevelString(
  bytes: Buffer,
  key: string,
  value: string,
): Buffer | undefined {
  // One character per byte, so that places in the text are places in the bytes.
  const text = bytes.toString('latin1')
  const [start, ...others] = findValues(text, JSON.stringify(key))
  if (start === undefined || others.length > 0 || text.charCodeAt(start) !== quote) return undefined
  const replacement = Buffer.from(JSON.stringify(value))
  return Buffer.concat([
    bytes.subarray(0, start),
    replacement,
    bytes.subarray(endOfString(text, start)),
  ])
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/** Where the values of a top-level key begin. */
function findValues(text: string, quotedKey: string): number[] {
  const places: number[] = []
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === quote) {
      const end = endOfString(text, index)
      if (depth === 1 && text.slice(index, end) === quotedKey) noteValue(text, end, places)
      index = end - 1
    } else if (code === 0x7b || code === 0x5b) depth += 1
    else if (code === 0x7d || code === 0x5d) depth -= 1
  }
  return places
}

/** What stands before `end` is a key if a colon follows. */
function noteValue(text: string, end: number, places: number[]): void {
  const next = skipSpace(text, end)
  if (text.charCodeAt(next) === colon) places.push(skipSpace(text, next + 1))
}

/** The place after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end + 1
}

function isEscaped(text: string, index: number): boolean {
  let first = index
  while (text.charCodeAt(first - 1) === backslash) first -= 1
  return (index - first) % 2 === 1
}

const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

function skipSpace(text: string, start: number): number {
  let index = start
  while (isSpace(text.charCodeAt(index))) index += 1
  return index
}
