import { compileRegex } from '../../../lib/regex/regex.ts'

/** What is wrong with an RE2 expression, in RE2's words; undefined: nothing. */
export function findRegexError(pattern: string): string | undefined {
  const regex = compileRegex(pattern)
  return 'type' in regex ? regex.reason : undefined
}

/** The highest group that a substitution such as `/\1` refers to. */
function highestGroupOf(substitution: string): number {
  const groups = [...substitution.matchAll(/\\(\d)/g)].map(([, digit]) => Number(digit))
  return Math.max(0, ...groups)
}

/** What is wrong with an expression and what replaces its matches; undefined: nothing. */
export function findSubstitutionError(pattern: string, substitution: string): string | undefined {
  const regex = compileRegex(pattern)
  if ('type' in regex) return regex.reason
  const highest = highestGroupOf(substitution)
  return highest > regex.groupCount
    ? `the substitution refers to group ${highest}, but the pattern has ${regex.groupCount}`
    : undefined
}
