const quote = 34
const backslash = 92
const colon = 58
const openBrace = 123
const openBracket = 91
const closeBrace = 125
const closeBracket = 93

/** How many keys a JSON text writes, and how deeply it nests. The text must be one that `JSON.parse` accepts. */
export function countKeysInText(json: string): { readonly keys: number; readonly depth: number } {
  let keys = 0
  let open = 0
  let depth = 0
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index)
    if (code === quote) index = endOfString(json, index)
    else if (code === colon) keys++
    else if (code === openBrace || code === openBracket) depth = Math.max(depth, ++open)
    else if (code === closeBrace || code === closeBracket) open--
  }
  return { keys, depth }
}

/** How many keys a parsed value has, with everything in it. It must not nest so deeply that walking it fails. */
export function countKeysInValue(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) return value.reduce<number>(addKeys, 0)
  const parts = Object.values(value)
  return parts.reduce<number>(addKeys, parts.length)
}

const addKeys = (sum: number, part: unknown) => sum + countKeysInValue(part)

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
