import type { Matcher, RE2JS } from 're2js'
import { messageOf } from '../message-of.ts'
import { loadRe2 } from './re2js.ts'
import {
  isLinearWhenBacktracking,
  literalIn,
  literalPrefixIn,
  literalSuffixIn,
  toRegExp,
} from './regex-analysis.ts'
import { parseRegexSyntax, type RegexAlternatives } from './regex-syntax.ts'

/** A compiled RE2 regular expression; every operation takes time linear in the text. */
export interface Regex {
  readonly pattern: string
  /** The only text that {@link matches}, if there is only one. */
  readonly literal: string | undefined
  /** What every text that {@link matches} begins with; may be empty. */
  readonly literalPrefix: string
  /** What every text that {@link matches} ends with; may be empty. */
  readonly literalSuffix: string
  /** How many groups capture. */
  readonly groupCount: number
  /** Whether the whole text matches. */
  matches(text: string): boolean
  /** Whether any part of the text matches. */
  search(text: string): boolean
  /**
   * A function that replaces every match, as RE2's `GlobalReplace` does. In `substitution`, `\0` is the
   * match, `\1` to `\9` are groups and `\\` is a backslash.
   */
  createReplacer(substitution: string): ((text: string) => string) | RegexError
}

/** Why an expression or a substitution cannot be used. */
export interface RegexError {
  readonly type: 'regex-error'
  /** Names the pattern. */
  readonly message: string
  /** Without the pattern, in RE2's words. */
  readonly reason: string
}

// RE2 in C++ limits a program to 8 MB and Envoy warns above 100 instructions; this many take about 1 ms.
const maxProgramSize = 10_000

/** Compiles `pattern` with the syntax and meaning of RE2 (https://github.com/google/re2/wiki/Syntax). */
export function compileRegex(pattern: string): Regex | RegexError {
  const alternatives = parseRegexSyntax(pattern)
  let program: RE2JS | undefined
  if (alternatives === undefined || !isPlainlyValid(pattern)) {
    const compiled = compileProgram(pattern)
    if ('type' in compiled) return compiled
    program = compiled
  }
  const engine = () => {
    program ??= loadRe2().compile(pattern)
    return program
  }
  return {
    pattern,
    get groupCount() {
      return engine().groupCount()
    },
    literal: alternatives && literalIn(alternatives),
    literalPrefix: alternatives ? literalPrefixIn(alternatives) : '',
    literalSuffix: alternatives ? literalSuffixIn(alternatives) : '',
    matches: wholeMatcherOf(alternatives, engine),
    search: (text) => engine().test(text),
    createReplacer: (substitution) => createReplacer(engine(), pattern, substitution),
  }
}

/** A pattern of so many characters without counts takes fewer steps than {@link maxProgramSize}. */
const maxPlainLength = 1000

/**
 * Whether a pattern whose syntax is understood is valid for certain, so that the engine need not say so: it takes 0.2 ms for a
 * pattern of 40 characters. What else the engine refuses are counts and names of groups.
 */
function isPlainlyValid(pattern: string): boolean {
  return pattern.length <= maxPlainLength && !/\{|\(\?P?</.test(pattern)
}

function compileProgram(pattern: string): RE2JS | RegexError {
  let program: RE2JS
  try {
    program = loadRe2().compile(pattern)
  } catch (error) {
    const reason = messageOf(error)
    return regexError(`The regular expression "${pattern}" is not valid RE2: ${reason}.`, reason)
  }
  if (program.programSize() <= maxProgramSize) return program
  const reason = `it takes ${program.programSize()} steps, at most ${maxProgramSize} are allowed`
  return regexError(`The regular expression "${pattern}" is too large: ${reason}.`, reason)
}

/**
 * V8's engine where it means the same and cannot backtrack badly: about 30 ns instead of 300 ns for a path
 * of 20 characters.
 */
function wholeMatcherOf(
  alternatives: RegexAlternatives | undefined,
  engine: () => RE2JS,
): (text: string) => boolean {
  const literal = alternatives && literalIn(alternatives)
  if (literal !== undefined) return (text) => text === literal
  if (alternatives !== undefined && isLinearWhenBacktracking(alternatives)) {
    let regExp: RegExp | undefined
    return (text) => {
      regExp ??= toRegExp(alternatives)
      return regExp.test(text)
    }
  }
  const program = engine()
  return (text) => program.matcher(text).matches()
}

/** Literal text, or the number of a group. */
type SubstitutionPart = string | number

function createReplacer(
  program: RE2JS,
  pattern: string,
  substitution: string,
): ((text: string) => string) | RegexError {
  const parts = parseSubstitution(substitution)
  const groupCount = program.groupCount()
  if (!Array.isArray(parts)) return parts
  for (const part of parts) {
    if (typeof part === 'number' && part > groupCount) {
      return regexError(
        `The substitution "${substitution}" refers to group ${part}, but the regular expression "${pattern}" has ${groupCount}.`,
      )
    }
  }
  return (text) => replaceEvery(program.matcher(text), text, parts)
}

function parseSubstitution(substitution: string): SubstitutionPart[] | RegexError {
  const parts: SubstitutionPart[] = []
  for (const [token] of substitution.matchAll(/\\.?|[^\\]+/gs)) {
    if (token === '\\\\') parts.push('\\')
    else if (/^\\[0-9]$/.test(token)) parts.push(Number(token[1]))
    else if (!token.startsWith('\\')) parts.push(token)
    else {
      return regexError(
        `The substitution "${substitution}" holds "${token}"; a backslash must be followed by a digit or a backslash.`,
      )
    }
  }
  return parts
}

function replaceEvery(matcher: Matcher, text: string, parts: readonly SubstitutionPart[]): string {
  let result = ''
  let copied = 0
  let isFirst = true
  while (matcher.find()) {
    const start = matcher.start()
    const end = matcher.end()
    // RE2 takes no empty match where the match before it ended.
    if (!isFirst && start === end && start === copied) continue
    isFirst = false
    result += text.slice(copied, start)
    for (const part of parts) {
      result += typeof part === 'string' ? part : (matcher.group(part) ?? '')
    }
    copied = end
  }
  return isFirst ? text : result + text.slice(copied)
}

/** Why an expression cannot be used, with `reason` in the words of RE2. */
export function regexError(message: string, reason = message): RegexError {
  return { type: 'regex-error', message, reason }
}
