import type { GroupKind, KubeObject } from '../../../../kube/kube-object.ts'
import type { ControllerProfile } from '../../contribution.ts'
import type { GrpcRouteSpec } from '../../kinds/specs/grpc-route-spec.ts'
import type { HttpRouteSpec } from '../../kinds/specs/http-route-spec.ts'
import { grpcRouteKind } from '../../names.ts'
import type { Scope } from '../source.ts'
import type { DelegatedRoute } from './delegation/delegated-route.ts'
import { DelegationWalk, isDelegating } from './delegation/delegation-walk.ts'
import { conditionsOf } from './route-conditions.ts'
import { grpcRuleInput, type RuleSite } from './rule-input.ts'
import { type TranslatedRule, translateRule } from './rule-routes.ts'
import type { TranslatedRoute } from './translated-route.ts'

/** Translates an HTTPRoute or GRPCRoute at gateways of a controller; what did not change is the same reference as before. */
export function translateRoute(
  scope: Scope,
  object: KubeObject,
  kind: GroupKind,
  profile: ControllerProfile,
): TranslatedRoute {
  const { namespace = '', name } = object.metadata
  const spec = scope.source.specs.get<object>(object)
  const isGrpc = kind.kind === grpcRouteKind.kind
  const key = `${kind.kind} ${namespace}/${name}`
  const siteOf = (rule: { readonly name?: string }, index: number): RuleSite => ({
    target: { reference: { ...kind, namespace, name }, sectionName: rule.name },
    place: {
      ...{ kind: kind.kind, namespace, name, routeKind: kind },
      fieldPath: `spec.rules[${index}]`,
    },
    delegators: [],
  })
  if (isGrpc) {
    return scope.remember(key, [spec], (inner) => {
      const { rules = [{}] } = spec as Partial<GrpcRouteSpec>
      const translated = rules.map((rule, index) => {
        const site = siteOf(rule, index)
        return translateRule(inner, grpcRuleInput(rule, site), site)
      })
      return combine(translated, [])
    })
  }
  const { rules = [{}] } = spec as Partial<HttpRouteSpec>
  const delegates = rules.some(({ backendRefs = [] }) =>
    backendRefs.some((each) => isDelegating(scope, profile, each)),
  )
  const keyHere = delegates ? `${key} at ${profile.controllerName}` : key
  return scope.remember(keyHere, [spec], (inner) => {
    const walk = new DelegationWalk(inner, profile)
    const translated = rules.flatMap((rule, index) => walk.translate(rule, siteOf(rule, index)))
    return combine(translated, walk.delegated)
  })
}

function combine(
  rules: readonly TranslatedRule[],
  delegated: readonly DelegatedRoute[],
): TranslatedRoute {
  const drafts = rules.map(({ draft }) => draft)
  return {
    ...conditionsOf(rules.filter(({ site }) => site.delegators.length === 0)),
    routes: rules.flatMap((rule) => rule.routes),
    policies: drafts.flatMap(({ policies }) => policies),
    backends: drafts.flatMap(({ backends }) => backends),
    secretIds: drafts.flatMap(({ secretIds }) => secretIds),
    services: [...new Set(rules.flatMap(({ services }) => services))],
    delegated,
  }
}
