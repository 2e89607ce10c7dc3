import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { specOf } from '../../../shared/spec-of.ts'
import type { HttpRouteRule, HttpRouteSpec } from '../specs/http-route-spec.ts'
import { areDistinct, Checks, listOf } from './checks.ts'
import { checkParentReferences } from './parent-reference-rules.ts'

/** What the checks of every kind of route read of a rule. */
interface RouteRule {
  readonly name?: string
  readonly matches?: readonly unknown[]
}

interface RouteSpec<Rule> extends Pick<HttpRouteSpec, 'parentRefs'> {
  readonly rules?: readonly Rule[]
}

/** The rules that upstream's definitions of HTTPRoute and GRPCRoute share; `checkRule` adds those of the kind. */
export function validateRoute<Rule extends RouteRule>(
  object: KubeObject,
  checkRule: (checks: Checks, rule: Rule, field: string) => void,
): readonly FieldError[] {
  const checks = new Checks()
  const spec = specOf<RouteSpec<Rule>>(object)
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

/** The rules of a rule's session persistence. */
export function checkSession(
  checks: Checks,
  { sessionPersistence }: Pick<HttpRouteRule, 'sessionPersistence'>,
  field: string,
): void {
  const {
    cookie,
    cookieConfig,
    header,
    type = 'Cookie',
    absoluteTimeout,
  } = sessionPersistence ?? {}
  const lifetime = cookie?.lifetimeType ?? cookieConfig?.lifetimeType
  checks.expect(
    lifetime !== 'Permanent' || absoluteTimeout !== undefined,
    field,
    'AbsoluteTimeout must be specified when cookie lifetimeType is Permanent',
  )
  checks.expect(
    cookie === undefined || type === 'Cookie',
    field,
    'cookie must be nil if type is not Cookie',
  )
  checks.expect(
    header === undefined || type === 'Header',
    field,
    'header must be nil if type is not Header',
  )
}
