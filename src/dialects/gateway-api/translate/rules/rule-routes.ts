import type { Route } from '../../../../ir/route.ts'
import type { ContributedRule } from '../../contribution.ts'
import { effectsOf } from '../effects.ts'
import type { Scope } from '../source.ts'
import { findMatcherError } from './matches/http-matches.ts'
import type { MatchRank } from './matches/match-rank.ts'
import { idOf, originOf, RuleDraft } from './rule-draft.ts'
import type { RuleInput, RuleSite } from './rule-input.ts'
import { extensionsOf, translateFilters, translateRuleAction } from './translate-rule.ts'

/** One match of a rule, ready to be put into virtual hosts. */
export interface RankedRoute {
  readonly route: Route
  readonly rank: MatchRank
  readonly rule: ContributedRule
}

/** A rule at one site. */
export interface TranslatedRule {
  readonly site: RuleSite
  readonly draft: RuleDraft
  readonly routes: readonly RankedRoute[]
  /** `namespace/name` of the Services that it names. */
  readonly services: readonly string[]
  /** Why a match of the rule cannot be made. */
  readonly dropped: string | undefined
}

// A client of gRPC reads 503 as UNAVAILABLE.
const createDraft = ({ parts }: RuleInput) => new RuleDraft(parts.isGrpc ? 503 : 500)

function servicesOf({ parts }: RuleInput, { place }: RuleSite): readonly string[] {
  const references = parts.backendRefs.filter(
    ({ group = '', kind = 'Service' }) => group === '' && kind === 'Service',
  )
  return references.map(({ namespace, name }) => `${namespace ?? place.namespace}/${name}`)
}

/** The routes of a rule, one for each match. */
export function translateRule(scope: Scope, input: RuleInput, site: RuleSite): TranslatedRule {
  const { matchers, parts } = input
  const { place, target, delegators } = site
  const draft = createDraft(input)
  for (const each of [target, ...delegators.map(({ route }) => route)]) {
    for (const effect of effectsOf(scope, each)) draft.addEffect(effect)
  }
  const action = translateRuleAction(scope, draft, parts, place)
  const problems = matchers.map(({ matcher }) => findMatcherError(matcher))
  const { namespace, name, kind } = place
  const rule: ContributedRule = {
    id: idOf(place),
    place: originOf(place),
    route: target,
    extensions: extensionsOf(parts.layers.at(-1)?.filters ?? [], namespace),
    delegators: delegators.map(({ route, extensions }) => ({ route, extensions })),
    action,
    policies: draft.policies,
  }
  const routes = matchers.flatMap(({ matcher, rank }, index): readonly RankedRoute[] => {
    if (problems[index] !== undefined) return []
    const route: Route = {
      id: `${idOf(place)}/matches[${index}]`,
      name: `${kind}/${namespace}/${name}/${place.fieldPath}`,
      origin: originOf(place),
      matchers: [matcher],
      action,
      policyIds: draft.policyIds,
    }
    return [{ route, rank, rule }]
  })
  const problem = problems.find((each) => each !== undefined)
  const dropped = problem && `${place.fieldPath}: ${problem}`
  return { site, draft, routes, services: servicesOf(input, site), dropped }
}

/** A rule that has no routes of its own: what is wrong with its filters. */
export function translateEmptyRule(scope: Scope, input: RuleInput, site: RuleSite): TranslatedRule {
  const filtered = createDraft(input)
  translateFilters({ scope, draft: filtered }, input.parts)
  const draft = createDraft(input)
  draft.unresolved.push(...filtered.unresolved)
  draft.unsupported.push(...filtered.unsupported)
  return { site, draft, routes: [], services: [], dropped: undefined }
}
