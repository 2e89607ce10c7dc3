import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { GrpcRouteMatch, GrpcRouteRule, GrpcRouteSpec } from '../grpc-route.ts'
import { areDistinct, Checks, listOf, specOf } from './checks.ts'
import { checkBackendPort, checkFilters } from './filter-rules.ts'
import { checkSession } from './http-route-rules.ts'
import { checkParentReferences } from './parent-reference-rules.ts'

/** The rules of upstream's definition that a schema cannot say. */
export function validateGrpcRoute(object: KubeObject): readonly FieldError[] {
  const checks = new Checks()
  const spec = specOf<GrpcRouteSpec>(object)
  const rules = listOf(spec.rules)
  checkParentReferences(checks, listOf(spec.parentRefs))
  const matches = rules.reduce((sum, rule) => sum + listOf(rule.matches).length, 0)
  checks.expect(
    matches <= 128,
    'spec.rules',
    'While 16 rules and 64 matches per rule are allowed, the total number of matches across all rules in a route must be less than 128',
    'array',
  )
  const names = rules.flatMap(({ name }) => (name === undefined ? [] : [name]))
  checks.expect(
    areDistinct(names),
    'spec.rules',
    'Rule name must be unique within the route',
    'array',
  )
  rules.forEach((rule, index) => {
    checkRule(checks, rule, `spec.rules[${index}]`)
  })
  return checks.errors
}

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
    service === '' || /^(?:[A-Za-z_][A-Za-z_0-9]*)(?:\.[A-Za-z_][A-Za-z_0-9]*)*$/.test(service),
    field,
    'service must only contain valid characters',
  )
  checks.expect(
    method === '' || /^[A-Za-z_][A-Za-z_0-9]*$/.test(method),
    field,
    'method must only contain valid characters',
  )
}
