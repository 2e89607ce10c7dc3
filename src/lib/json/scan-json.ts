const quote = 34
const backslash = 92
const colon = 58
const openBrace = 123
const openBracket = 91
const closeBrace = 125
const closeBracket = 93

/** What a look at a JSON text tells without parsing it. */
export interface JsonScan {
  /** How many keys it writes, repeated ones included. */
  readonly keys: number
  readonly depth: number
  /** Some number is written otherwise than JavaScript would write it, such as `1.0` or a large integer. */
  readonly hasUnusualNumbers: boolean
}

/** Looks over a text; what it says holds if `JSON.parse` accepts the text. */
export function scanJson(json: string): JsonScan {
  let keys = 0
  let open = 0
  let depth = 0
  let hasUnusualNumbers = false
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index)
    if (code === quote) index = endOfString(json, index)
    else if (code === colon) keys++
    else if (code === openBrace || code === openBracket) depth = Math.max(depth, ++open)
    else if (code === closeBrace || code === closeBracket) open--
    else if (startsNumber(code)) {
      const end = endOfNumber(json, index)
      hasUnusualNumbers ||= isUnusual(json, index, end)
      index = end - 1
    }
  }
  return { keys, depth, hasUnusualNumbers }
}

/** Where the string that begins at `start` ends: at a quote behind an even number of backslashes. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end < 0 ? json.length : end
}

function isEscaped(json: string, index: number): boolean {
  let first = index
  while (json.charCodeAt(first - 1) === backslash) first--
  return (index - first) % 2 === 1
}

const isDigit = (code: number) => code >= 48 && code <= 57
const minus = 45
const startsNumber = (code: number) => isDigit(code) || code === minus

/** Digits, `+`, `-`, `.`, `e` and `E`. */
const isNumeric = (code: number) =>
  isDigit(code) || code === 43 || code === minus || code === 46 || code === 69 || code === 101

function endOfNumber(json: string, start: number): number {
  let end = start + 1
  while (end < json.length && isNumeric(json.charCodeAt(end))) end++
  return end
}

/** The digits of an integer that is exact whatever they are. */
const exactDigits = 15

function isUnusual(json: string, start: number, end: number): boolean {
  if (end - start <= exactDigits && isPlainInteger(json, start, end)) return false
  const source = json.slice(start, end)
  return String(Number(source)) !== source
}

function isPlainInteger(json: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    if (!isDigit(json.charCodeAt(index))) return false
  }
  return true
}
