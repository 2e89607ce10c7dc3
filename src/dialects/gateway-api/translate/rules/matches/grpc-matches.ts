import type { PathMatcher, RequestMatcher } from '../../../../../ir/matcher.ts'
import type { GrpcRouteMatch } from '../../../kinds/specs/grpc-route-spec.ts'
import { escapeRegex } from './escape-regex.ts'
import { valueMatchersOf } from './http-matches.ts'
import type { MatchRank } from './match-rank.ts'

/** A call goes to the path `/service/method`. */
function pathMatcherOf(match: GrpcRouteMatch['method']): PathMatcher {
  const { type = 'Exact', service = '', method = '' } = match ?? {}
  if (service === '' && method === '') {
    return { type: 'segment-prefix', value: '/', caseSensitive: true }
  }
  if (type === 'Exact' && service !== '') {
    return method === ''
      ? { type: 'segment-prefix', value: `/${service}`, caseSensitive: true }
      : { type: 'exact', value: `/${service}/${method}`, caseSensitive: true }
  }
  const pattern = (text: string) =>
    text === '' ? '[^/]+' : type === 'Exact' ? escapeRegex(text) : `(?:${text})`
  return { type: 'regex', value: `/${pattern(service)}/${pattern(method)}`, caseSensitive: true }
}

/** The IR of a match. */
export const grpcMatcherOf = (match: GrpcRouteMatch): RequestMatcher => ({
  path: pathMatcherOf(match.method),
  headers: valueMatchersOf(match.headers ?? [], (name) => name.toLowerCase()),
  queryParameters: [],
  methods: [],
})

/** Characters of the service, of the method, then the number of headers. */
export const grpcRankOf = ({ method, headers }: GrpcRouteMatch): MatchRank => [
  method?.service?.length ?? 0,
  method?.method?.length ?? 0,
  headers?.length ?? 0,
]
