/** A regular expression as far as it is understood here; what is not understood is left to the RE2 engine. */
export type RegexAlternatives = readonly (readonly RegexItem[])[]

export type RegexItem = RegexCharacters | RegexGroup

/** One character out of some ranges of code points, repeated. */
export interface RegexCharacters extends Repetition {
  readonly type: 'characters'
  /** Ascending, not overlapping, both ends included. */
  readonly ranges: readonly CodePointRange[]
}

export interface RegexGroup extends Repetition {
  readonly type: 'group'
  readonly alternatives: RegexAlternatives
}

interface Repetition {
  readonly min: number
  readonly max: number
}

export type CodePointRange = readonly [first: number, last: number]

const lastCodePoint = 0x10ffff
const digit: readonly CodePointRange[] = [[48, 57]]
const word: readonly CodePointRange[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]
// RE2 leaves the vertical tab out (https://github.com/google/re2/wiki/Syntax, "\s").
const space: readonly CodePointRange[] = [
  [9, 10],
  [12, 13],
  [32, 32],
]
const classByEscape: Readonly<Record<string, readonly CodePointRange[]>> = {
  d: digit,
  D: invert(digit),
  w: word,
  W: invert(word),
  s: space,
  S: invert(space),
}
const controlByEscape: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 }
const anyButNewline = invert([[10, 10]])
const metacharacters = '\\.+*?()|[]{}^$'

/** The parts of `pattern`, or undefined when it uses syntax beyond characters, classes, groups and repetition. */
export function parseRegexSyntax(pattern: string): RegexAlternatives | undefined {
  // Beyond ASCII, JavaScript's and RE2's ideas of a character are not compared here.
  for (const character of pattern) if (character < ' ' || character > '~') return undefined
  const inner = pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')
  // An anchor binds tighter than `|`, so removing it is right only when there is a single alternative.
  const anchored = inner !== pattern
  const reader: Reader = { text: inner, position: 0 }
  const alternatives = readAlternatives(reader)
  if (alternatives === undefined || reader.position < inner.length) return undefined
  return anchored && alternatives.length > 1 ? undefined : alternatives
}

interface Reader {
  readonly text: string
  position: number
}

function readAlternatives(reader: Reader): RegexItem[][] | undefined {
  const alternatives: RegexItem[][] = [[]]
  while (reader.position < reader.text.length) {
    const character = reader.text[reader.position]
    if (character === ')') break
    if (character === '|') {
      reader.position += 1
      alternatives.push([])
      continue
    }
    const item = readItem(reader)
    if (item === undefined) return undefined
    alternatives.at(-1)?.push(item)
  }
  return alternatives
}

function readItem(reader: Reader): RegexItem | undefined {
  const atom = reader.text[reader.position] === '(' ? readGroup(reader) : readCharacters(reader)
  if (atom === undefined) return undefined
  const repetition = readRepetition(reader)
  if (repetition === undefined) return undefined
  return { ...atom, ...repetition }
}

function readGroup(reader: Reader): Omit<RegexGroup, keyof Repetition> | undefined {
  const opening = /^\((?:\?:|\?P?<\w+>|(?!\?))/.exec(reader.text.slice(reader.position))
  if (opening === null) return undefined
  reader.position += opening[0].length
  const alternatives = readAlternatives(reader)
  if (alternatives === undefined || reader.text[reader.position] !== ')') return undefined
  reader.position += 1
  return { type: 'group', alternatives }
}

function readCharacters(reader: Reader): Omit<RegexCharacters, keyof Repetition> | undefined {
  const ranges = readRanges(reader)
  return ranges === undefined ? undefined : { type: 'characters', ranges }
}

function readRanges(reader: Reader): readonly CodePointRange[] | undefined {
  const character = reader.text[reader.position] ?? ''
  if (character === '[') return readClass(reader)
  if (character === '\\') return readEscape(reader)
  if (character === '.') {
    reader.position += 1
    return anyButNewline
  }
  if (metacharacters.includes(character)) return undefined
  reader.position += 1
  return single(character.charCodeAt(0))
}

function readEscape(reader: Reader): readonly CodePointRange[] | undefined {
  const character = reader.text[reader.position + 1]
  if (character === undefined) return undefined
  reader.position += 2
  const control = controlByEscape[character]
  if (control !== undefined) return single(control)
  if (/[^\w\s]/.test(character)) return single(character.charCodeAt(0))
  return classByEscape[character]
}

/** A bracketed class. Named classes and a `-` in an odd place are not understood. */
function readClass(reader: Reader): readonly CodePointRange[] | undefined {
  const source = /^\[(\^|(?!\^))((?:\\.|[^\]\\[])+)\]/.exec(reader.text.slice(reader.position))
  if (source === null) return undefined
  reader.position += source[0].length
  const inside: Reader = { text: source[2] ?? '', position: 0 }
  const ranges: CodePointRange[] = []
  while (inside.position < inside.text.length) {
    const part = readClassPart(inside)
    if (part === undefined) return undefined
    ranges.push(...part)
  }
  const merged = merge(ranges)
  return source[1] === '^' ? invert(merged) : merged
}

function readClassPart(reader: Reader): readonly CodePointRange[] | undefined {
  const start = reader.position
  const first = readClassCharacter(reader)
  if (first === undefined) return undefined
  const isLast = reader.position >= reader.text.length - 1
  if (reader.text[reader.position] !== '-' || isLast) {
    const isOddDash =
      reader.text[start] === '-' && start > 0 && reader.position < reader.text.length
    return isOddDash ? undefined : first
  }
  reader.position += 1
  const last = readClassCharacter(reader)
  const [from, to] = [onlyCharacterOf(first), onlyCharacterOf(last)]
  return from === undefined || to === undefined || from > to ? undefined : [[from, to]]
}

function readClassCharacter(reader: Reader): readonly CodePointRange[] | undefined {
  if (reader.text[reader.position] === '\\') return readEscape(reader)
  const character = reader.text.charCodeAt(reader.position)
  reader.position += 1
  return single(character)
}

function readRepetition(reader: Reader): Repetition | undefined {
  const rest = reader.text.slice(reader.position)
  const source = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(rest)
  if (source === null) return rest.startsWith('{') ? undefined : { min: 1, max: 1 }
  reader.position += source[0].length
  // A repeated repetition.
  if (/^[*+?{]/.test(rest.slice(source[0].length))) return undefined
  switch (rest[0]) {
    case '*':
      return { min: 0, max: Number.POSITIVE_INFINITY }
    case '+':
      return { min: 1, max: Number.POSITIVE_INFINITY }
    case '?':
      return { min: 0, max: 1 }
    default:
      return boundsOf(source)
  }
}

function boundsOf(source: RegExpExecArray): Repetition {
  const min = Number(source[1])
  if (source[2] === undefined) return { min, max: min }
  return { min, max: source[3] === '' ? Number.POSITIVE_INFINITY : Number(source[3]) }
}

/** The one code point that `ranges` hold, if they hold one. */
export function onlyCharacterOf(ranges: readonly CodePointRange[] | undefined): number | undefined {
  const [range] = ranges ?? []
  return ranges?.length === 1 && range?.[0] === range?.[1] ? range?.[0] : undefined
}

function single(codePoint: number): readonly CodePointRange[] {
  return [[codePoint, codePoint]]
}

function merge(ranges: readonly CodePointRange[]): CodePointRange[] {
  const merged: CodePointRange[] = []
  for (const range of ranges.toSorted((left, right) => left[0] - right[0])) {
    const previous = merged.at(-1)
    if (previous === undefined || range[0] > previous[1] + 1) merged.push(range)
    else merged[merged.length - 1] = [previous[0], Math.max(previous[1], range[1])]
  }
  return merged
}

function invert(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const inverted: CodePointRange[] = []
  let next = 0
  for (const [first, last] of ranges) {
    if (first > next) inverted.push([next, first - 1])
    next = last + 1
  }
  if (next <= lastCodePoint) inverted.push([next, lastCodePoint])
  return inverted
}
