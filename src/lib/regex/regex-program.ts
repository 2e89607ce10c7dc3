import { messageOf } from '../message-of.ts'
import { loadRe2 } from './re2js.ts'
import { type RegexError, regexError } from './regex.ts'
import type { CodePointRange } from './regex-syntax.ts'

/** An RE2 expression as the steps of a machine that tries all ways at once. */
export interface RegexProgram {
  readonly start: number
  readonly steps: readonly RegexStep[]
  readonly groupCount: number
}

export type RegexStep =
  /** Takes one character out of the ranges. */
  | {
      readonly type: 'character'
      readonly ranges: readonly CodePointRange[]
      readonly next: number
    }
  /** Tries `next` before `other`. */
  | { readonly type: 'either'; readonly next: number; readonly other: number }
  /** Notes where a group begins (even) or ends (odd). */
  | { readonly type: 'capture'; readonly slot: number; readonly next: number }
  /** Goes on where all of the {@link RegexAssertion} bits hold. */
  | { readonly type: 'assertion'; readonly bits: number; readonly next: number }
  | { readonly type: 'go'; readonly next: number }
  | { readonly type: 'match' }
  | { readonly type: 'fail' }

/** What an expression can ask of a place between two characters. */
export const regexAssertions = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
}

/** How a whole expression is read, unless it says otherwise itself. */
export interface RegexFlags {
  readonly caseInsensitive: boolean
  readonly dotMatchesNewline: boolean
  readonly multiline: boolean
}

// The numbers of re2js's `Inst`.
const operations = {
  either: [1, 2],
  capture: 3,
  assertion: 4,
  fail: 5,
  match: 6,
  go: 7,
  anyCharacter: 10,
  anyButNewline: 11,
}
const foldCaseBit = 1
const lastCodePoint = 0x10ffff

interface Instruction {
  readonly op: number
  readonly out: number
  readonly arg: number
  readonly runes: ArrayLike<number>
}

/** The program of `pattern`, with the syntax and meaning of RE2. */
export function compileRegexProgram(pattern: string, flags: RegexFlags): RegexProgram | RegexError {
  const re2 = loadRe2()
  const bits =
    (flags.caseInsensitive ? re2.CASE_INSENSITIVE : 0) |
    (flags.dotMatchesNewline ? re2.DOTALL : 0) |
    (flags.multiline ? re2.MULTILINE : 0)
  try {
    const compiled = re2.compile(pattern, bits)
    const { start, inst } = compiled.re2().prog
    const instructions: readonly Instruction[] = inst
    return { start, steps: instructions.map(stepOf), groupCount: compiled.groupCount() }
  } catch (error) {
    const reason = messageOf(error)
    return regexError(`The regular expression "${pattern}" is not valid RE2: ${reason}.`, reason)
  }
}

function stepOf({ op, out, arg, runes }: Instruction): RegexStep {
  if (operations.either.includes(op)) return { type: 'either', next: out, other: arg }
  switch (op) {
    case operations.capture:
      return { type: 'capture', slot: arg, next: out }
    case operations.assertion:
      return { type: 'assertion', bits: arg, next: out }
    case operations.fail:
      return { type: 'fail' }
    case operations.match:
      return { type: 'match' }
    case operations.go:
      return { type: 'go', next: out }
    case operations.anyCharacter:
      return { type: 'character', ranges: [[0, lastCodePoint]], next: out }
    case operations.anyButNewline:
      return { type: 'character', ranges: anyButNewline, next: out }
    default:
      return { type: 'character', ranges: rangesOf(runes, arg), next: out }
  }
}

const anyButNewline: readonly CodePointRange[] = [
  [0, 9],
  [11, lastCodePoint],
]

function rangesOf(runes: ArrayLike<number>, arg: number): readonly CodePointRange[] {
  const [only] = Array.from(runes)
  if (runes.length === 1 && only !== undefined) {
    return (arg & foldCaseBit) === 0 ? [[only, only]] : everyCaseOf(only)
  }
  return pairsOf(runes)
}

function pairsOf(runes: ArrayLike<number>): CodePointRange[] {
  const ranges: CodePointRange[] = []
  for (let index = 0; index + 1 < runes.length; index += 2) {
    ranges.push([runes[index] ?? 0, runes[index + 1] ?? 0])
  }
  return ranges
}

/**
 * All that `codePoint` equals when case does not count. A class is the one place where RE2 spells them out; the last code
 * point, which has no case, keeps it a class.
 */
function everyCaseOf(codePoint: number): readonly CodePointRange[] {
  const known = casesByCodePoint.get(codePoint)
  if (known !== undefined) return known
  const source = `[\\x{${codePoint.toString(16)}}\\x{10ffff}]`
  const re2 = loadRe2()
  const { inst } = re2.compile(source, re2.CASE_INSENSITIVE).re2().prog
  const instructions: readonly Instruction[] = inst
  const { runes } = instructions.find((instruction) => instruction.runes.length > 1) ?? {}
  const cases = pairsOf(runes ?? []).filter(([first]) => first !== lastCodePoint)
  casesByCodePoint.set(codePoint, cases)
  return cases
}

// At most as many entries as characters have case: about 2,800.
const casesByCodePoint = new Map<number, readonly CodePointRange[]>()
