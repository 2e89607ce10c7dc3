import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { HttpRouteMatch, HttpRouteRule } from '../specs/http-route-spec.ts'
import { type Checks, listOf } from './checks.ts'
import { checkBackendPort, checkFilters, replacesPrefix } from './filter-rules.ts'
import { checkSession, validateRoute } from './route-rules.ts'

/** The rules of upstream's definition that a schema cannot say. */
export const validateHttpRoute = (object: KubeObject): readonly FieldError[] =>
  validateRoute<HttpRouteRule>(object, checkRule)

function checkRule(checks: Checks, rule: HttpRouteRule, field: string): void {
  const backends = listOf(rule.backendRefs)
  const filters = listOf(rule.filters)
  checkFilters(checks, filters, `${field}.filters`)
  checks.expect(
    backends.length === 0 || filters.every(({ requestRedirect }) => requestRedirect === undefined),
    field,
    'RequestRedirect filter must not be used together with backendRefs',
  )
  backends.forEach((backend, index) => {
    checkBackendPort(checks, backend, `${field}.backendRefs[${index}]`)
    checkFilters(checks, listOf(backend.filters), `${field}.backendRefs[${index}].filters`)
  })
  checkPrefixReplacement(checks, rule, field)
  listOf(rule.matches).forEach((match, index) => {
    checkPath(checks, match.path, `${field}.matches[${index}].path`)
  })
  checkTimeouts(checks, rule, `${field}.timeouts`)
  checkSession(checks, rule, `${field}.sessionPersistence`)
}

function checkPrefixReplacement(checks: Checks, rule: HttpRouteRule, field: string): void {
  const [match, second] = listOf(rule.matches)
  const hasOnePrefix =
    second === undefined &&
    (match === undefined || (match.path?.type ?? 'PathPrefix') === 'PathPrefix')
  const filters = [rule.filters, ...listOf(rule.backendRefs).map((backend) => backend.filters)]
  for (const [name, label] of [
    ['requestRedirect', 'RequestRedirect'],
    ['urlRewrite', 'URLRewrite'],
  ] as const) {
    checks.expect(
      hasOnePrefix || !filters.some((list) => replacesPrefix(list, name)),
      field,
      `When using ${label} filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified`,
    )
  }
}

const pathPattern = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/
const forbiddenInPaths = ['//', '/./', '/../', '%2f', '%2F', '#']

function checkPath(checks: Checks, path: HttpRouteMatch['path'], field: string): void {
  const { type = 'PathPrefix', value = '/' } = path ?? {}
  if (type === 'RegularExpression') return
  const types = "['Exact', 'PathPrefix']"
  checks.expect(
    value.startsWith('/'),
    field,
    `value must be an absolute path and start with '/' when type one of ${types}`,
  )
  for (const part of forbiddenInPaths) {
    checks.expect(
      !value.includes(part),
      field,
      `must not contain '${part}' when type one of ${types}`,
    )
  }
  for (const end of ['/..', '/.']) {
    checks.expect(
      !value.endsWith(end),
      field,
      `must not end with '${end}' when type one of ${types}`,
    )
  }
  checks.expect(
    pathPattern.test(value),
    field,
    `must only contain valid characters (matching ${pathPattern.source}) for types ${types}`,
  )
}

function checkTimeouts(checks: Checks, { timeouts }: HttpRouteRule, field: string): void {
  const requestMs = parseDuration(timeouts?.request ?? '') ?? 0
  const backendRequestMs = parseDuration(timeouts?.backendRequest ?? '') ?? 0
  checks.expect(
    requestMs === 0 || backendRequestMs <= requestMs,
    field,
    'backendRequest timeout cannot be longer than request timeout',
  )
}
