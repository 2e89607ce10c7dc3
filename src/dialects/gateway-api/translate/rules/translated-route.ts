import type { Backend } from '../../../../ir/backend.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { Route } from '../../../../ir/route.ts'
import type { Problem } from '../../conditions.ts'
import type { ContributedRule } from '../../contribution.ts'
import type { MatchRank } from './matches/match-rank.ts'

/** One match of a rule, ready to be put into virtual hosts. */
export interface RankedRoute {
  readonly route: Route
  readonly rank: MatchRank
  readonly rule: ContributedRule
}

/** A route object without what depends on where it is attached. */
export interface TranslatedRoute {
  /** In the order of rules and matches. */
  readonly routes: readonly RankedRoute[]
  readonly policies: readonly PolicyConfig[]
  readonly backends: readonly Backend[]
  readonly secretIds: readonly string[]
  /** `namespace/name` of every Service that its rules name. */
  readonly services: readonly string[]
  /** Goes into the condition Accepted. */
  readonly accepted: Problem | undefined
  readonly resolvedRefs: Problem | undefined
  readonly partiallyInvalid: Problem | undefined
  /** What operators should know although the route itself is right. */
  readonly remarks: readonly string[]
}
