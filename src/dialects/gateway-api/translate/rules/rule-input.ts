import type { RequestMatcher } from '../../../../ir/matcher.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { PolicyTarget } from '../../contribution.ts'
import type { GrpcRouteRule } from '../../kinds/specs/grpc-route-spec.ts'
import type { HttpRouteRule } from '../../kinds/specs/http-route-spec.ts'
import type { Delegator } from './delegation/delegator.ts'
import { inheritFilters, inheritRule } from './delegation/inherit-rule.ts'
import { grpcMatcherOf, grpcRankOf } from './matches/grpc-matches.ts'
import { httpMatcherOf } from './matches/http-matches.ts'
import { httpRankOf, type MatchRank } from './matches/match-rank.ts'
import { translateRetry } from './retry.ts'
import type { RulePlace } from './rule-draft.ts'
import { translateSession } from './session.ts'
import type { FilterLayer, RuleParts } from './translate-rule.ts'

interface RankedMatcher {
  readonly matcher: RequestMatcher
  readonly rank: MatchRank
}

/** Where a rule stands, and the rules through which its requests come. */
export interface RuleSite {
  readonly place: RulePlace
  readonly target: PolicyTarget
  /** Nearest first. */
  readonly delegators: readonly Delegator[]
}

/** A rule of any kind of route. */
export interface RuleInput {
  readonly matchers: readonly RankedMatcher[]
  readonly parts: RuleParts
}

/** A rule of an HTTPRoute, with what it has from those that hand requests to it. */
export function httpRuleInput(own: HttpRouteRule, { place, delegators }: RuleSite): RuleInput {
  const rule = inheritRule(own, delegators)
  const { matches = [], filters = [], backendRefs = [], timeouts, sessionPersistence } = rule
  const matchers = (matches.length === 0 ? [{}] : matches).map(httpMatcherOf)
  const layer = { filters, place, hasBackends: backendRefs.length > 0 }
  return {
    matchers: matchers.map((matcher) => ({ matcher, rank: httpRankOf(matcher) })),
    parts: {
      layers: inheritFilters(layer, delegators),
      backendRefs,
      timeoutMs: parseDuration(timeouts?.request ?? '0s') ?? 0,
      retry: translateRetry(rule),
      hashPolicies: translateSession(sessionPersistence),
      isGrpc: false,
    },
  }
}

/** A rule of a GRPCRoute. */
export function grpcRuleInput(rule: GrpcRouteRule, { place }: RuleSite): RuleInput {
  const { matches = [], filters = [], backendRefs = [], sessionPersistence } = rule
  const hasBackends = backendRefs.length > 0
  return {
    matchers: (matches.length === 0 ? [{}] : matches).map((match) => ({
      matcher: grpcMatcherOf(match),
      rank: grpcRankOf(match),
    })),
    parts: {
      layers: [{ filters: filters as FilterLayer['filters'], place, hasBackends }],
      backendRefs: backendRefs as RuleParts['backendRefs'],
      timeoutMs: 0,
      retry: undefined,
      hashPolicies: translateSession(sessionPersistence),
      isGrpc: true,
    },
  }
}
