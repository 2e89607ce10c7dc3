import type { DelegatingRule } from '../../../contribution.ts'
import type { HttpRouteRule } from '../../../kinds/specs/http-route-spec.ts'
import type { RulePlace } from '../rule-draft.ts'

/** A rule that hands requests to rules of other routes, and what it has for them. */
export interface Delegator extends DelegatingRule {
  readonly rule: HttpRouteRule
  readonly place: RulePlace
}
