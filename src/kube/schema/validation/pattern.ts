import { RE2JS } from 're2js'

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

/**
 * Both ends anchored and nothing but literals and character classes with at most one unbounded repetition:
 * there the engine of JavaScript cannot backtrack for longer than linear time, and is several times faster.
 */
function isPlain(source: string): boolean {
  const body = /^\^((?:[A-Za-z0-9_/:@%,-]|\\[./-]|\[[A-Za-z0-9_./:@%-]+\]|[+*?])*)\$$/.exec(
    source,
  )?.[1]
  if (body === undefined || /^[+*?]|[+*?][+*?]/.test(body)) return false
  const outsideClasses = body.replaceAll(/\[[^\]]*\]/g, 'a').replaceAll(/\\./g, 'a')
  return (outsideClasses.match(/[+*?]/g)?.length ?? 0) <= 1
}

function native(source: string): Pattern | undefined {
  try {
    const expression = new RegExp(source)
    return { matches: (value) => expression.test(value) }
  } catch {
    return linear(source)
  }
}

function linear(source: string): Pattern | undefined {
  try {
    const expression = RE2JS.compile(source)
    return { matches: (value) => expression.test(value) }
  } catch {
    return undefined
  }
}
