import { type RegexProgram, type RegexStep, regexAssertions } from '../regex/regex-program.ts'
import { type CharacterClasses, classifyCharacters } from './character-classes.ts'

/** The programs of several patterns in one space of steps, with characters reduced to classes. */
export interface CombinedProgram {
  /** Of each pattern, where it starts. */
  readonly starts: readonly number[]
  readonly operations: Uint8Array
  readonly next: Int32Array
  /** `either`: the second way. `assertion`: its bits. `character`: which set of characters. */
  readonly argument: Int32Array
  readonly patternOf: Uint16Array
  readonly classes: CharacterClasses
}

export const operation = { character: 1, either: 2, go: 3, assertion: 4, match: 5, fail: 6 }

export function combinePrograms(programs: readonly RegexProgram[]): CombinedProgram {
  const size = programs.reduce((sum, { steps }) => sum + steps.length, 0)
  const sets = new CharacterSets()
  const operations = new Uint8Array(size)
  const next = new Int32Array(size)
  const argument = new Int32Array(size)
  const patternOf = new Uint16Array(size)
  const starts: number[] = []
  let offset = 0
  for (const [pattern, { start, steps }] of programs.entries()) {
    starts.push(offset + start)
    for (const [index, step] of steps.entries()) {
      const place = offset + index
      operations[place] = operationOf(step)
      next[place] = 'next' in step ? offset + step.next : 0
      argument[place] = argumentOf(step, offset, sets)
      patternOf[place] = pattern
    }
    offset += steps.length
  }
  const classes = classifyCharacters(sets.all)
  return { starts, operations, next, argument, patternOf, classes }
}

function operationOf({ type }: RegexStep): number {
  return type === 'capture' ? operation.go : operation[type]
}

function argumentOf(step: RegexStep, offset: number, sets: CharacterSets): number {
  if (step.type === 'character') return sets.indexOf(step.ranges)
  if (step.type === 'either') return offset + step.other
  return step.type === 'assertion' ? step.bits : 0
}

type Ranges = Extract<RegexStep, { type: 'character' }>['ranges']

/** The different sets of characters that steps take. */
class CharacterSets {
  readonly all: Ranges[] = []
  readonly #indexByKey = new Map<string, number>()

  indexOf(ranges: Ranges): number {
    const key = ranges.join(' ')
    const known = this.#indexByKey.get(key)
    if (known !== undefined) return known
    this.#indexByKey.set(key, this.all.length)
    return this.all.push(ranges) - 1
  }
}

/** What stood before a place: nothing, or a character as far as assertions care. */
export const before = { nothing: 0, newline: 1, word: 2, other: 3 }

/** The assertions that hold between `previous` and `following`, both of {@link before} (`nothing`: the end). */
export function assertionsBetween(previous: number, following: number): number {
  const { beginLine, endLine, beginText, endText } = regexAssertions
  let bits = 0
  if (previous === before.nothing) bits |= beginText | beginLine
  if (previous === before.newline) bits |= beginLine
  if (following === before.nothing) bits |= endText | endLine
  if (following === before.newline) bits |= endLine
  const isBoundary = (previous === before.word) !== (following === before.word)
  return bits | (isBoundary ? regexAssertions.wordBoundary : regexAssertions.noWordBoundary)
}
