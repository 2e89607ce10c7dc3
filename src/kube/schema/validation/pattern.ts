import { compileRegex } from '../../../lib/regex/regex.ts'

/** A compiled pattern of a schema. */
export interface Pattern {
  matches(value: string): boolean
}

const maxCachedPatterns = 4096
const patterns = new Map<string, Pattern | undefined>()

/**
 * The pattern under RE2's syntax, which is what Kubernetes gives the word
 * (https://github.com/google/re2/wiki/Syntax); undefined when it is not valid. Matching takes time linear in
 * the value's length whatever the pattern.
 */
export function compilePattern(source: string): Pattern | undefined {
  if (patterns.has(source)) return patterns.get(source)
  if (patterns.size >= maxCachedPatterns) patterns.clear()
  const pattern = isPlain(source) ? native(source) : linear(source)
  patterns.set(source, pattern)
  return pattern
}

/** Longer values go to the linear engine whatever the pattern. */
const maxNativeLength = 256

/**
 * Both ends anchored, nothing but literals, character classes and groups that do not repeat, and at most two
 * unbounded repetitions: there the engine of JavaScript cannot backtrack for longer than the square of the
 * value's length, and it is many times faster.
 */
function isPlain(source: string): boolean {
  const body = /^\^((?:[A-Za-z0-9_/:@%,-]|\\[./-]|\[[A-Za-z0-9_./:@%-]+\]|[+*?()])*)\$$/.exec(
    source,
  )?.[1]
  if (body === undefined) return false
  const shape = body.replaceAll(/\[[^\]]*\]|\\./g, 'a')
  if (/\)[+*]|\(\?|[+*?][+*?]|(?:^|\()[+*?]/.test(shape)) return false
  const unbounded = shape.match(/[+*]/g)?.length ?? 0
  const optional = shape.match(/\?/g)?.length ?? 0
  return unbounded <= 2 && optional <= 2
}

function native(source: string): Pattern | undefined {
  const fallback = linear(source)
  if (fallback === undefined) return undefined
  const expression = new RegExp(source)
  return {
    matches: (value) =>
      value.length <= maxNativeLength ? expression.test(value) : fallback.matches(value),
  }
}

function linear(source: string): Pattern | undefined {
  const regex = compileRegex(source)
  return 'type' in regex ? undefined : { matches: (value) => regex.search(value) }
}
