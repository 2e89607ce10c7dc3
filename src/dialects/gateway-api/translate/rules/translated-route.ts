import type { Backend } from '../../../../ir/backend.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { DelegatedRoute } from './delegation/delegated-route.ts'
import type { RouteConditions } from './route-conditions.ts'
import type { RankedRoute } from './rule-routes.ts'

/** A route object without what depends on where it is attached, with the routes that it hands requests to. */
export interface TranslatedRoute extends RouteConditions {
  /** In the order of rules and matches; those of other routes before those of the rule that hands over to them. */
  readonly routes: readonly RankedRoute[]
  readonly policies: readonly PolicyConfig[]
  readonly backends: readonly Backend[]
  readonly secretIds: readonly string[]
  /** `namespace/name` of every Service that its rules name. */
  readonly services: readonly string[]
  readonly delegated: readonly DelegatedRoute[]
}
