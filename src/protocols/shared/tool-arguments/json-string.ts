const shortEscapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** The text that the inside of a JSON string stands for; what is no valid escape stands for its letter. */
export function decodeJsonString(inside: string): string {
  if (!inside.includes('\\')) return inside
  return inside.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex?: string, letter = '') =>
    hex === undefined ? (shortEscapes[letter] ?? letter) : String.fromCharCode(parseInt(hex, 16)),
  )
}

/** A text as the inside of a JSON string. */
export function encodeJsonString(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** Half an escape sequence at the end. */
const halfEscape = /\\(?:u[0-9a-fA-F]{0,3})?$/

/** The first half of a character that UTF-16 writes with two code units, escaped or not. */
const halfCharacter = /(?:\\u[dD][89abAB][0-9a-fA-F]{2}|[\ud800-\udbff])$/

/** How many letters at the end of an unfinished string's inside must wait for what follows. */
export function unfinishedLength(inside: string): number {
  const waiting = endLength(inside, halfEscape)
  return waiting + endLength(inside.slice(0, inside.length - waiting), halfCharacter)
}

function endLength(inside: string, pattern: RegExp): number {
  // No such end is longer than an escape sequence.
  const end = pattern.exec(inside.slice(-6))?.[0] ?? ''
  const start = inside.length - end.length
  return end.startsWith('\\') && isEscaped(inside, start, 0) ? 0 : end.length
}

/** Whether an odd number of backslashes stands before `index`. */
export function isEscaped(text: string, index: number, from: number): boolean {
  let first = index
  while (first > from && text[first - 1] === '\\') first--
  return (index - first) % 2 === 1
}
