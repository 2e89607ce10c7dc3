/** What a character is to the rule that cuts texts into pieces. */
export const characterClass = { other: 0, letter: 1, number: 2, space: 3 } as const

const codePoints = 0x11_0000
const firstSurrogate = 0xd800
const afterSurrogates = 0xe000

/** As the Unicode tables of the regular expressions that the encoding was made with have it. */
const patterns = [
  [characterClass.letter, /\p{L}+/gu],
  [characterClass.number, /\p{N}+/gu],
  [characterClass.space, /\p{White_Space}+/gu],
] as const

/** Writes the class of every code point, four to a byte. Surrogates are no characters and belong to `other`. */
export function fillCharacterClasses(classes: Uint8Array): void {
  const blockLength = 0x1000
  for (let start = 0; start < codePoints; start += blockLength) {
    const end = Math.min(start + blockLength, codePoints)
    const block = charactersOf(start, end)
    for (const [value, pattern] of patterns) {
      for (const [run] of block.matchAll(pattern)) {
        for (const character of run) setClass(classes, character.codePointAt(0) ?? 0, value)
      }
    }
  }
}

function charactersOf(start: number, end: number): string {
  let characters = ''
  for (let codePoint = start; codePoint < end; codePoint += 1) {
    const isSurrogate = codePoint >= firstSurrogate && codePoint < afterSurrogates
    if (!isSurrogate) characters += String.fromCodePoint(codePoint)
  }
  return characters
}

function setClass(classes: Uint8Array, codePoint: number, value: number): void {
  const byte = codePoint >> 2
  classes[byte] = (classes[byte] ?? 0) | (value << ((codePoint & 3) * 2))
}

/** The class of a code point. */
export function classOf(classes: Uint8Array, codePoint: number): number {
  return ((classes[codePoint >> 2] ?? 0) >> ((codePoint & 3) * 2)) & 3
}
