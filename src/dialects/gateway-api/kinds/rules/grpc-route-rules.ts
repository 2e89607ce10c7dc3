import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { GrpcRouteMatch, GrpcRouteRule } from '../specs/grpc-route-spec.ts'
import { type Checks, listOf } from './checks.ts'
import { checkBackendPort, checkFilters } from './filter-rules.ts'
import { checkSession, validateRoute } from './route-rules.ts'

/** The rules of upstream's definition that a schema cannot say. */
export const validateGrpcRoute = (object: KubeObject): readonly FieldError[] =>
  validateRoute<GrpcRouteRule>(object, checkRule)

function checkRule(checks: Checks, rule: GrpcRouteRule, field: string): void {
  checkFilters(checks, listOf(rule.filters), `${field}.filters`)
  listOf(rule.backendRefs).forEach((backend, index) => {
    checkBackendPort(checks, backend, `${field}.backendRefs[${index}]`)
    checkFilters(checks, listOf(backend.filters), `${field}.backendRefs[${index}].filters`)
  })
  listOf(rule.matches).forEach(({ method }, index) => {
    if (method !== undefined) checkMethod(checks, method, `${field}.matches[${index}].method`)
  })
  checkSession(checks, rule, `${field}.sessionPersistence`)
}

function checkMethod(
  checks: Checks,
  { type = 'Exact', service = '', method = '' }: NonNullable<GrpcRouteMatch['method']>,
  field: string,
): void {
  checks.expect(
    service !== '' || method !== '',
    field,
    'One or both of service or method must be specified',
  )
  if (type !== 'Exact') return
  checks.expect(
    service === '' || /^\.?[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*$/.test(service),
    field,
    'service must only contain valid characters',
  )
  checks.expect(
    method === '' || /^[A-Za-z_][A-Za-z_0-9]*$/.test(method),
    field,
    'method must only contain valid characters',
  )
}
