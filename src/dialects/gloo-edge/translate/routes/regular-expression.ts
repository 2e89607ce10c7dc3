import { RE2JS } from 're2js'

/** What is wrong with an RE2 expression, in RE2's words; undefined: nothing. */
export function findRegexError(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The highest group that a substitution such as `/\1` refers to. */
export function highestGroupOf(substitution: string): number {
  const groups = [...substitution.matchAll(/\\(\d)/g)].map(([, digit]) => Number(digit))
  return Math.max(0, ...groups)
}

/** What is wrong with an expression and what replaces its matches; undefined: nothing. */
export function findSubstitutionError(pattern: string, substitution: string): string | undefined {
  const error = findRegexError(pattern)
  if (error !== undefined) return error
  const groups = RE2JS.compile(pattern).groupCount()
  const highest = highestGroupOf(substitution)
  return highest > groups
    ? `the substitution refers to group ${highest}, but the pattern has ${groups}`
    : undefined
}
