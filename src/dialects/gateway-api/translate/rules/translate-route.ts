import type { RequestMatcher } from '../../../../ir/matcher.ts'
import type { Route } from '../../../../ir/route.ts'
import type { GroupKind, KubeObject } from '../../../../kube/kube-object.ts'
import { parseDuration } from '../../../../lib/duration.ts'
import type { Problem } from '../../conditions.ts'
import type { ContributedRule, PolicyTarget } from '../../contribution.ts'
import type { GrpcRouteRule, GrpcRouteSpec } from '../../kinds/grpc-route.ts'
import type { HttpRouteRule, HttpRouteSpec } from '../../kinds/http-route.ts'
import { grpcRouteKind } from '../../names.ts'
import { effectsOf } from '../effects.ts'
import type { Scope } from '../source.ts'
import { grpcMatcherOf, grpcRankOf } from './matches/grpc-matches.ts'
import { findMatcherError, httpMatcherOf } from './matches/http-matches.ts'
import { httpRankOf, type MatchRank } from './matches/match-rank.ts'
import { translateRetry } from './retry.ts'
import { idOf, originOf, RuleDraft, type RulePlace } from './rule-draft.ts'
import { translateSession } from './session.ts'
import { extensionsOf, type RuleParts, translateRuleAction } from './translate-rule.ts'
import type { RankedRoute, TranslatedRoute } from './translated-route.ts'

interface RankedMatcher {
  readonly matcher: RequestMatcher
  readonly rank: MatchRank
}

/** A rule of any kind of route. */
interface RuleInput {
  readonly name: string | undefined
  readonly matchers: readonly RankedMatcher[]
  readonly parts: RuleParts
}

function httpRuleInput(rule: HttpRouteRule): RuleInput {
  const { matches = [], filters = [], backendRefs = [], timeouts, sessionPersistence } = rule
  const matchers = (matches.length === 0 ? [{}] : matches).map(httpMatcherOf)
  return {
    name: rule.name,
    matchers: matchers.map((matcher) => ({ matcher, rank: httpRankOf(matcher) })),
    parts: {
      filters,
      backendRefs,
      timeoutMs: parseDuration(timeouts?.request ?? '0s') ?? 0,
      retry: translateRetry(rule),
      hashPolicies: translateSession(sessionPersistence),
      isGrpc: false,
    },
  }
}

function grpcRuleInput(rule: GrpcRouteRule): RuleInput {
  const { matches = [], filters = [], backendRefs = [], sessionPersistence } = rule
  return {
    name: rule.name,
    matchers: (matches.length === 0 ? [{}] : matches).map((match) => ({
      matcher: grpcMatcherOf(match),
      rank: grpcRankOf(match),
    })),
    parts: {
      filters: filters as RuleParts['filters'],
      backendRefs: backendRefs as RuleParts['backendRefs'],
      timeoutMs: 0,
      retry: undefined,
      hashPolicies: translateSession(sessionPersistence),
      isGrpc: true,
    },
  }
}

const isGrpc = ({ kind }: GroupKind) => kind === grpcRouteKind.kind

function rulesOf(scope: Scope, object: KubeObject, kind: GroupKind): readonly RuleInput[] {
  const { specs } = scope.source
  return isGrpc(kind)
    ? (specs.get<GrpcRouteSpec>(object).rules ?? [{}]).map(grpcRuleInput)
    : (specs.get<HttpRouteSpec>(object).rules ?? [{}]).map(httpRuleInput)
}

/** Translates an HTTPRoute or GRPCRoute; what did not change is the same reference as before. */
export function translateRoute(scope: Scope, object: KubeObject, kind: GroupKind): TranslatedRoute {
  const { namespace = '', name } = object.metadata
  const spec = scope.source.specs.get<object>(object)
  return scope.remember(`${kind.kind} ${namespace}/${name}`, [spec], (inner) => {
    const rules = rulesOf(inner, object, kind)
    const translated = rules.map((rule, index) =>
      translateRule(inner, rule, {
        target: { reference: { ...kind, namespace, name }, sectionName: rule.name },
        place: {
          ...{ kind: kind.kind, namespace, name, routeKind: kind },
          fieldPath: `spec.rules[${index}]`,
        },
      }),
    )
    return { ...combine(translated), services: servicesOf(rules, namespace) }
  })
}

function servicesOf(rules: readonly RuleInput[], routeNamespace: string): readonly string[] {
  const references = rules
    .flatMap(({ parts }) => parts.backendRefs)
    .filter(({ group = '', kind = 'Service' }) => group === '' && kind === 'Service')
  return [
    ...new Set(references.map(({ namespace, name }) => `${namespace ?? routeNamespace}/${name}`)),
  ]
}

interface TranslatedRule {
  readonly draft: RuleDraft
  readonly routes: readonly RankedRoute[]
  /** Why a match of the rule cannot be made. */
  readonly dropped: string | undefined
}

function translateRule(
  scope: Scope,
  { matchers, parts }: RuleInput,
  { place, target }: { readonly place: RulePlace; readonly target: PolicyTarget },
): TranslatedRule {
  // A client of gRPC reads 503 as UNAVAILABLE.
  const draft = new RuleDraft(parts.isGrpc ? 503 : 500)
  for (const effect of effectsOf(scope, target)) draft.addEffect(effect)
  const action = translateRuleAction(scope, draft, parts, place)
  const problems = matchers.map(({ matcher }) => findMatcherError(matcher))
  const { namespace, name, kind } = place
  const rule: ContributedRule = {
    id: idOf(place),
    place: originOf(place),
    route: target,
    extensions: extensionsOf(parts.filters, namespace),
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
  return { draft, routes, dropped: problem && `${place.fieldPath}: ${problem}` }
}

function combine(rules: readonly TranslatedRule[]): Omit<TranslatedRoute, 'services'> {
  const drafts = rules.map(({ draft }) => draft)
  const routes = rules.flatMap((rule) => rule.routes)
  const dropped = rules.flatMap((rule) => rule.dropped ?? [])
  const unsupported = drafts.flatMap((draft) => draft.unsupported)
  const [firstDropped] = dropped
  const isAllDropped = routes.length === 0 && firstDropped !== undefined
  return {
    routes,
    policies: drafts.flatMap(({ policies }) => policies),
    backends: drafts.flatMap(({ backends }) => backends),
    secretIds: drafts.flatMap(({ secretIds }) => secretIds),
    accepted: isAllDropped
      ? { reason: 'UnsupportedValue', message: firstDropped }
      : joined(unsupported),
    resolvedRefs: joined(drafts.flatMap(({ unresolved }) => unresolved)),
    remarks: drafts.flatMap((draft) => draft.remarks),
    partiallyInvalid:
      firstDropped === undefined || isAllDropped
        ? undefined
        : { reason: 'UnsupportedValue', message: `Dropped Rule: ${dropped.join('; ')}` },
  }
}

const maxMessages = 10

/** One problem that names all; the first one gives the reason. */
function joined(problems: readonly Problem[]): Problem | undefined {
  const [first] = problems
  if (first === undefined) return undefined
  const messages = [...new Set(problems.map(({ message }) => message))]
  const more = messages.length - maxMessages
  const shown = messages.slice(0, maxMessages).join('; ')
  return { reason: first.reason, message: more > 0 ? `${shown}; and ${more} more` : shown }
}
