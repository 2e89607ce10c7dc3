import type { RegexError } from '../regex/regex.ts'
import { regexError } from '../regex/regex.ts'
import { compileRegexProgram, type RegexFlags, type RegexProgram } from '../regex/regex-program.ts'
import { Automaton } from './automaton.ts'
import { combinePrograms } from './combined-program.ts'
import { findFirstGroup, type MatchedText } from './find-group.ts'
import { PatternRun } from './pattern-run.ts'

/** An expression in the syntax of RE2. */
export interface Pattern extends RegexFlags {
  readonly source: string
}

/** Several patterns compiled into one automaton. Time is linear in the text, whatever the patterns and the text are. */
export interface PatternSet {
  /** Starts with a text. Its pieces may be cut anywhere. */
  createRun(): PatternRun
  /** Whether the pattern has a group that captures. */
  hasGroup(pattern: number): boolean
  /** Where the first group of the pattern stands in a match of it. */
  findFirstGroup(pattern: number, match: MatchedText): { start: number; end: number } | undefined
  /** How many steps of the patterns' programs have been simulated; what is remembered costs none. */
  readonly simulatedSteps: number
}

// A character costs at most so many steps, about 200 µs; and step numbers are 16 bits wide.
const maxProgramSize = 20_000

/** Compiles `patterns` together. An error names the pattern. */
export function compilePatternSet(patterns: readonly Pattern[]): PatternSet | RegexError {
  const programs: RegexProgram[] = []
  let size = 0
  for (const pattern of patterns) {
    const program = compileRegexProgram(pattern.source, pattern)
    if (!('steps' in program)) return program
    programs.push(program)
    size += program.steps.length
    if (size > maxProgramSize) {
      const reason = `the patterns up to it take ${size} steps, at most ${maxProgramSize} are allowed`
      const message = `The regular expression "${pattern.source}" is too large: ${reason}.`
      return regexError(message, reason)
    }
  }
  const combined = combinePrograms(programs)
  const automaton = new Automaton(combined)
  return {
    createRun: () => new PatternRun(automaton, combined.classes),
    hasGroup: (pattern) => (programs[pattern]?.groupCount ?? 0) > 0,
    findFirstGroup: (pattern, match) => {
      const program = programs[pattern]
      return program && findFirstGroup(program, match)
    },
    get simulatedSteps() {
      return automaton.simulatedSteps
    },
  }
}
