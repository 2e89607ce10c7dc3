import type { PathMatcher, RequestMatcher, ValueMatcher } from '../../ir/matcher.ts'
import { compileRegex, type Regex, type RegexError } from '../../lib/regex/regex.ts'
import type { RoutedRequest } from '../snapshot.ts'
import { headerValueOf, queryValueOf } from './request-values.ts'

/** A matcher that a route table can index and try. */
export interface CompiledMatcher {
  readonly path: PathMatcher
  /** Of a path of type `regex`. */
  readonly regex: Regex | undefined
  /** Values that the request must have, one of each: what a table may look matchers up by. */
  readonly keys: readonly MatcherKey[]
  /** Everything but the path; undefined: nothing else is asked. */
  readonly conditions: ((request: RoutedRequest) => boolean) | undefined
}

/** One required value, or one of several for `method`. */
export interface MatcherKey {
  readonly source: 'header' | 'query' | 'method'
  /** Empty for `method`. */
  readonly name: string
  readonly values: readonly string[]
}

type Condition = (request: RoutedRequest) => boolean
type ReadValue = (request: RoutedRequest, name: string) => string | undefined

/** Compiles one matcher; a regular expression that RE2 refuses is an error. */
export function compileMatcher(matcher: RequestMatcher): CompiledMatcher | RegexError {
  const regex = matcher.path.type === 'regex' ? compileRegex(matcher.path.value) : undefined
  if (isError(regex)) return regex
  const conditions: Condition[] = []
  const keys: MatcherKey[] = []
  const { methods } = matcher
  if (methods.length > 0) {
    conditions.push((request) => methods.includes(request.method))
    keys.push({ source: 'method', name: '', values: methods })
  }
  const groups = [
    { source: 'header', values: matcher.headers, read: headerValueOf },
    { source: 'query', values: matcher.queryParameters, read: queryValueOf },
  ] as const
  for (const { source, values, read } of groups) {
    for (const value of values) {
      const compiled = compileValueMatcher(value, read)
      if (isError(compiled)) return compiled
      conditions.push(compiled.holds)
      if (compiled.exact !== undefined) {
        keys.push({ source, name: value.name, values: [compiled.exact] })
      }
    }
  }
  return Object.freeze({ path: matcher.path, regex, keys, conditions: allOf(conditions) })
}

function isError(value: object | undefined): value is RegexError {
  return value !== undefined && 'type' in value && value.type === 'regex-error'
}

function compileValueMatcher(
  matcher: ValueMatcher,
  read: ReadValue,
): { holds: Condition; exact: string | undefined } | RegexError {
  const { name, inverted } = matcher
  if (matcher.type === 'present') {
    return {
      holds: (request) => (read(request, name) === undefined) === inverted,
      exact: undefined,
    }
  }
  const regex = matcher.type === 'regex' ? compileRegex(matcher.value) : undefined
  if (isError(regex)) return regex
  const literal = regex === undefined ? matcher.value : regex.literal
  const test = regex === undefined ? (value: string) => value === matcher.value : regex.matches
  const holds = (request: RoutedRequest) => {
    const value = read(request, name)
    return (value !== undefined && test(value)) !== inverted
  }
  return { holds, exact: inverted ? undefined : literal }
}

function allOf(conditions: readonly Condition[]): Condition | undefined {
  const [first, second] = conditions
  if (first === undefined) return undefined
  if (second === undefined) return first
  if (conditions.length === 2) return (request) => first(request) && second(request)
  return (request) => conditions.every((condition) => condition(request))
}
