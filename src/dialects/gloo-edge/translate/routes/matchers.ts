import type { PathMatcher, RequestMatcher, ValueMatcher } from '../../../../ir/matcher.ts'
import { findRegexError } from '../../../gloo-core/options/regular-expression.ts'
import type { Matcher } from '../../kinds/fields/matcher.ts'

type HeaderMatcher = NonNullable<Matcher['headers']>[number]
type QueryMatcher = NonNullable<Matcher['queryParameters']>[number]

/** Matches every path, as a route without matchers does. */
export const defaultMatcher: Matcher = { prefix: '/' }

const pathFields = ['prefix', 'exact', 'regex', 'connectMatcher'] as const

/** The fields of a matcher that say which paths it takes. */
export const pathFieldsOf = (matcher: Matcher) =>
  pathFields.filter((field) => matcher[field] !== undefined)

/** The path of a matcher as text, whatever its kind. */
export const pathTextOf = ({ prefix, exact, regex }: Matcher) => prefix ?? exact ?? regex ?? ''

/** What is wrong with a matcher; undefined: nothing. */
export function findMatcherError(matcher: Matcher): string | undefined {
  const fields = pathFieldsOf(matcher)
  if (fields.length === 0) return 'no path specifier provided'
  if (fields.length > 1) return `matcher must have only one of ${fields.join(', ')}`
  const values = [...(matcher.headers ?? []), ...(matcher.queryParameters ?? [])]
  if (values.some(({ name }) => name === undefined || name === '')) {
    return 'matcher has a header or query parameter without name'
  }
  const patterns = [
    ...(matcher.regex === undefined ? [] : [matcher.regex]),
    ...values.flatMap(({ regex, value }) => (regex && value ? [value] : [])),
  ]
  for (const pattern of patterns) {
    const error = findRegexError(pattern)
    if (error !== undefined) return `invalid regex '${pattern}': ${error}`
  }
  return undefined
}

/** Why a matcher that can be compiled takes no request at all; undefined: it does. */
export function findMatcherDoubt({ prefix, exact, methods = [] }: Matcher): string | undefined {
  const path = prefix ?? exact ?? ''
  const subject = `${prefix === undefined ? 'exact' : 'prefix'} '${path}' matches nothing`
  if (path !== '' && path !== '*' && !path.startsWith('/')) return `${subject}: paths begin with /`
  if (/[^\x21-\x7e]/.test(path)) return `${subject}: paths carry such characters percent-encoded`
  if (/[?#]/.test(path)) return `${subject}: paths are matched without query; use queryParameters`
  const unusual = methods.filter((method) => method !== method.toUpperCase())
  if (unusual.length === 0) return undefined
  return `method ${unusual.join(', ')} matches nothing that clients usually send: methods are written in capitals`
}

function pathMatcherOf(matcher: Matcher): PathMatcher {
  const caseSensitive = matcher.caseSensitive ?? true
  if (matcher.exact !== undefined) return { type: 'exact', value: matcher.exact, caseSensitive }
  // Envoy's regular expressions disregard the field.
  if (matcher.regex !== undefined) {
    return { type: 'regex', value: matcher.regex, caseSensitive: true }
  }
  if (matcher.connectMatcher !== undefined) return { type: 'connect', value: '', caseSensitive }
  return { type: 'prefix', value: matcher.prefix ?? '/', caseSensitive }
}

const valueTypeOf = ({ value = '', regex = false }: HeaderMatcher | QueryMatcher) =>
  value === '' ? 'present' : regex ? 'regex' : 'exact'

const headerMatcherOf = (matcher: HeaderMatcher): ValueMatcher => ({
  name: (matcher.name ?? '').toLowerCase(),
  type: valueTypeOf(matcher),
  value: matcher.value ?? '',
  inverted: matcher.invertMatch ?? false,
})

const queryMatcherOf = (matcher: QueryMatcher): ValueMatcher => ({
  name: matcher.name ?? '',
  type: valueTypeOf(matcher),
  value: matcher.value ?? '',
  inverted: false,
})

/** The IR of a matcher without errors. */
export const requestMatcherOf = (matcher: Matcher): RequestMatcher => ({
  path: pathMatcherOf(matcher),
  headers: (matcher.headers ?? []).map(headerMatcherOf),
  queryParameters: (matcher.queryParameters ?? []).map(queryMatcherOf),
  methods: [...new Set(matcher.methods ?? [])],
})

const pathRanks = { connect: 0, exact: 1, regex: 2, prefix: 3, 'segment-prefix': 3 } as const

function compareMatchers(left: RequestMatcher, right: RequestMatcher): number {
  const byMethods = right.methods.length - left.methods.length
  if (byMethods !== 0) return byMethods
  const byKind = pathRanks[left.path.type] - pathRanks[right.path.type]
  if (byKind !== 0) return byKind
  return left.path.value === right.path.value ? 0 : left.path.value > right.path.value ? -1 : 1
}

/** Orders routes so that a general one does not hide a specific one, by the most specific matcher of each. */
export function compareBySpecificity(
  left: { readonly matchers: readonly RequestMatcher[] },
  right: { readonly matchers: readonly RequestMatcher[] },
): number {
  const [a] = [...left.matchers].sort(compareMatchers)
  const [b] = [...right.matchers].sort(compareMatchers)
  return a === undefined || b === undefined ? 0 : compareMatchers(a, b)
}
