import type { PathMatcher, RequestMatcher, ValueMatcher } from '../../../../../ir/matcher.ts'
import { compileRegex } from '../../../../../lib/regex/regex.ts'
import type { HttpRouteMatch } from '../../../kinds/specs/http-route-spec.ts'

type NamedMatch = NonNullable<HttpRouteMatch['headers']>[number]

const pathTypes = {
  Exact: 'exact',
  PathPrefix: 'segment-prefix',
  RegularExpression: 'regex',
} as const

const pathMatcherOf = ({
  type = 'PathPrefix',
  value = '/',
}: NonNullable<HttpRouteMatch['path']>): PathMatcher => ({
  type: pathTypes[type],
  value,
  caseSensitive: true,
})

/** The conditions on values; a name that stands there again is disregarded. */
export function valueMatchersOf(
  matches: readonly NamedMatch[],
  nameOf: (name: string) => string,
): readonly ValueMatcher[] {
  const byName = new Map<string, ValueMatcher>()
  for (const { type = 'Exact', name, value } of matches) {
    const key = nameOf(name)
    if (byName.has(key)) continue
    byName.set(key, {
      name: key,
      type: type === 'Exact' ? 'exact' : 'regex',
      value,
      inverted: false,
    })
  }
  return [...byName.values()]
}

/** The IR of a match. */
export const httpMatcherOf = (match: HttpRouteMatch): RequestMatcher => ({
  path: pathMatcherOf(match.path ?? {}),
  headers: valueMatchersOf(match.headers ?? [], (name) => name.toLowerCase()),
  queryParameters: valueMatchersOf(match.queryParams ?? [], (name) => name),
  methods: match.method === undefined ? [] : [match.method],
})

/** What is wrong with a matcher's regular expressions; undefined: nothing. */
export function findMatcherError({
  path,
  headers,
  queryParameters,
}: RequestMatcher): string | undefined {
  const patterns = [
    ...(path.type === 'regex' ? [path.value] : []),
    ...[...headers, ...queryParameters]
      .filter(({ type }) => type === 'regex')
      .map(({ value }) => value),
  ]
  for (const pattern of patterns) {
    const regex = compileRegex(pattern)
    if ('type' in regex) return regex.message
  }
  return undefined
}
