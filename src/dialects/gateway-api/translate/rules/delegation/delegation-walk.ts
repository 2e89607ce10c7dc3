import type { ObjectReference } from '../../../../../kube/kube-object.ts'
import type { ControllerProfile, Delegate, FoundDelegates } from '../../../contribution.ts'
import type {
  HttpRouteMatch,
  HttpRouteRule,
  HttpRouteSpec,
} from '../../../kinds/specs/http-route-spec.ts'
import { httpRouteKind } from '../../../names.ts'
import { containFailure } from '../../contain-failure.ts'
import { displayName, type Scope } from '../../source.ts'
import type { WeightedBackend } from '../destinations.ts'
import { idOf, type RuleDraft } from '../rule-draft.ts'
import { httpRuleInput, type RuleSite } from '../rule-input.ts'
import { type TranslatedRule, translateEmptyRule, translateRule } from '../rule-routes.ts'
import { extensionsOf } from '../translate-rule.ts'
import { canDelegate, delegatedMatches } from './contain-match.ts'
import { type DelegatedRoute, DelegatedRouteDraft } from './delegated-route.ts'
import type { Delegator } from './delegator.ts'

/** What one route may hand over in all, so that routes that delegate to each other do not multiply without end. */
const maxMatches = 50_000
/** How many routes may hand over one after the other. */
const maxLevels = 32
/** How often a match of a parent and one of a child may be looked at together, for the same reason. */
const maxPairs = 5_000_000

type RuleBackend = NonNullable<HttpRouteRule['backendRefs']>[number]

const keyOf = ({ namespace, name }: ObjectReference) => `${namespace}/${name}`

const anyPath: readonly HttpRouteMatch[] = [{}]
const matchesOf = ({ matches = [] }: HttpRouteRule) => (matches.length === 0 ? anyPath : matches)

/** Follows the rules of an HTTPRoute into the routes that they hand requests to. */
export class DelegationWalk {
  readonly #scope: Scope
  readonly #profile: ControllerProfile
  readonly #delegated = new Map<string, DelegatedRouteDraft>()
  #matchesLeft = maxMatches
  #pairsLeft = maxPairs

  constructor(scope: Scope, profile: ControllerProfile) {
    this.#scope = scope
    this.#profile = profile
  }

  /** The routes that were come by. */
  get delegated(): readonly DelegatedRoute[] {
    return [...this.#delegated.values()].map((draft) => draft.finish())
  }

  /** A rule, after the rules that it hands requests to. */
  translate(rule: HttpRouteRule, site: RuleSite): readonly TranslatedRule[] {
    const { backendRefs = [] } = rule
    const references = backendRefs.map((backend, index): WeightedBackend & RuleBackend => ({
      ...backend,
      index,
    }))
    const [delegating = [], own = []] = [true, false].map((delegates) =>
      references.filter((each) => isDelegating(this.#scope, this.#profile, each) === delegates),
    )
    if (delegating.length === 0) return [this.#translateLast(rule, site)]
    const self = this.#translateOwn({ ...rule, backendRefs: own }, site)
    const found = delegating.flatMap((each) => this.#findDelegates(each, site, self.draft))
    const distinct = new Map(found.map((each) => [keyOf(each.route), each]))
    const below = [...distinct.values()].flatMap((each) =>
      this.#enter(each, rule, site, self.draft),
    )
    const odd = matchesOf(rule).findIndex((match) => !canDelegate(match))
    const dropped = `${site.place.fieldPath}.matches[${odd}]: only requests below a PathPrefix can be handed to other routes`
    return [...below, odd === -1 ? self : { ...self, dropped: self.dropped ?? dropped }]
  }

  /** A rule that hands over nothing. A change of one rule leaves the others that a route leads to as they were. */
  #translateLast(rule: HttpRouteRule, site: RuleSite): TranslatedRule {
    const translate = (scope: Scope) => translateRule(scope, httpRuleInput(rule, site), site)
    if (site.delegators.length === 0) return translate(this.#scope)
    // What else delegators have is in the matches of the rule already, or does not matter to it.
    const outer = site.delegators.map((each) => ({ ...each.rule, matches: [], backendRefs: [] }))
    const inputs = [rule, ...outer].map((each) => JSON.stringify(each))
    return this.#scope.remember(`rule ${idOf(site.place)}`, inputs, translate)
  }

  /** What the rule does itself, beside the references that hand requests over. */
  #translateOwn(rule: HttpRouteRule, site: RuleSite): TranslatedRule {
    // The same rule may serve gateways that know no delegation, and is another one there.
    const under = [site.place.under, this.#profile.controllerName].filter(Boolean).join('@')
    const own = { ...site, place: { ...site.place, under } }
    const input = httpRuleInput(rule, own)
    const layers = input.parts.layers.map((layer, index, { length }) =>
      index === length - 1 ? { ...layer, hasBackends: true } : layer,
    )
    const translate = rule.backendRefs?.length === 0 ? translateEmptyRule : translateRule
    return { ...translate(this.#scope, { ...input, parts: { ...input.parts, layers } }, own), site }
  }

  #findDelegates(
    { index, filters = [], ...reference }: WeightedBackend & RuleBackend,
    { place, target }: RuleSite,
    draft: RuleDraft,
  ): readonly Delegate[] {
    if (filters.length > 0) {
      const message = `${place.fieldPath}.backendRefs[${index}].filters: filters are not supported where requests are handed to other routes; put them on the rule. No requests are handed over`
      draft.unsupported.push({ reason: 'UnsupportedValue', message })
      return []
    }
    const found = findDelegates(this.#scope, this.#profile, target.reference, reference)
    if (found.type === 'found') return found.delegates
    draft.addUnresolved(found)
    return []
  }

  #enter(
    { route, inheritsMatches }: Delegate,
    rule: HttpRouteRule,
    site: RuleSite,
    draft: RuleDraft,
  ): readonly TranslatedRule[] {
    const parent = site.target.reference
    const ancestors = [parent, ...site.delegators.map((each) => each.route.reference)]
    if (ancestors.some((each) => keyOf(each) === keyOf(route))) {
      const message = `cyclic reference detected: ${displayName(parent)} hands requests to ${displayName(route)}, from which they come; that route is left out`
      draft.addUnresolved({ type: 'unresolved', reason: 'RefNotPermitted', message })
      return []
    }
    if (ancestors.length > maxLevels) {
      const message = `requests are handed over ${maxLevels} times already before they come to ${displayName(route)}, which is left out. Hand them over by fewer levels`
      draft.unsupported.push({ reason: 'UnsupportedValue', message })
      return []
    }
    const entry = this.#entryOf(route, parent)
    const delegator: Delegator = {
      route: site.target,
      extensions: extensionsOf(rule.filters ?? [], parent.namespace),
      ...{ rule, place: site.place },
    }
    const enter = () =>
      rulesOf(this.#scope, route, entry).flatMap((inner, index) => {
        const matches = this.#matchesOf(rule, inner, inheritsMatches)
        if (matches === undefined) {
          const message = `more than ${maxMatches} matches are handed to other routes, or ${maxPairs} pairs of matches to be compared; those of ${displayName(route)} are left out, and what comes after them. Hand over less, or by fewer ways`
          draft.unsupported.push({ reason: 'UnsupportedValue', message })
          return []
        }
        if (matches.length === 0) {
          entry.addUnmatched(index)
          return []
        }
        const translated = this.translate(
          { ...inner, matches: [...matches] },
          innerSite(route, inner, index, { site, delegator }),
        )
        const own = translated.at(-1)
        if (own !== undefined) entry.addRule(index, own)
        return translated
      })
    return containFailure(enter, (message) => {
      entry.refuse({ reason: 'UnsupportedValue', message })
      return []
    })
  }

  /** The matches under which `child` takes requests of `parent`; undefined: there are too many. */
  #matchesOf(
    parent: HttpRouteRule,
    child: HttpRouteRule,
    inheritsMatches: boolean,
  ): readonly HttpRouteMatch[] | undefined {
    const [outer, inner] = [matchesOf(parent), matchesOf(child)]
    this.#pairsLeft -= outer.length * inner.length
    if (this.#pairsLeft < 0 || this.#matchesLeft < 0) return undefined
    const matches = delegatedMatches(outer, inner, inheritsMatches)
    this.#matchesLeft -= matches.length
    return this.#matchesLeft < 0 ? undefined : matches
  }

  #entryOf(route: ObjectReference, parent: ObjectReference): DelegatedRouteDraft {
    const key = `${keyOf(route)} of ${keyOf(parent)}`
    const known = this.#delegated.get(key)
    if (known !== undefined) return known
    const entry = new DelegatedRouteDraft(route, parent)
    this.#delegated.set(key, entry)
    return entry
  }
}

/** Whether a reference hands requests to other routes. */
export const isDelegating = (
  { source }: Scope,
  profile: ControllerProfile,
  { group = '', kind = 'Service' }: RuleBackend,
): boolean => source.contributions.delegatorOf(profile, { group, kind }) !== undefined

function findDelegates(
  scope: Scope,
  profile: ControllerProfile,
  parent: ObjectReference,
  { group = '', kind = '', name, namespace = parent.namespace }: RuleBackend,
): FoundDelegates {
  const reference = { group, kind, namespace, name }
  const key = `delegates ${group}/${kind} ${keyOf(reference)} of ${keyOf(parent)} at ${profile.controllerName}`
  const none: FoundDelegates = { type: 'found', delegates: [] }
  return (
    scope.read(key, ({ contributions }) =>
      contributions.delegatorOf(profile, reference)?.findDelegates?.({ reference, parent }),
    ) ?? none
  )
}

/** The rules of a route that another one hands requests to; none when it cannot have that. */
function rulesOf(
  scope: Scope,
  { namespace, name }: ObjectReference,
  entry: DelegatedRouteDraft,
): readonly HttpRouteRule[] {
  const spec = scope.read(`spec of HTTPRoute ${namespace}/${name}`, ({ objects, specs }) => {
    const object = objects.get(httpRouteKind, namespace, name)
    return object && specs.get<Partial<HttpRouteSpec>>(object)
  })
  const { hostnames = [], rules = [{}] } = spec ?? { rules: [] }
  if (hostnames.length === 0) return rules
  const message =
    'spec.hostnames must be unset on a route that another one hands requests to: it has the host names of that one'
  entry.refuse({ reason: 'UnsupportedValue', message })
  return []
}

const innerSite = (
  route: ObjectReference,
  rule: HttpRouteRule,
  index: number,
  { site, delegator }: { readonly site: RuleSite; readonly delegator: Delegator },
): RuleSite => ({
  place: {
    ...{ kind: route.kind, namespace: route.namespace, name: route.name },
    fieldPath: `spec.rules[${index}]`,
    ...{ routeKind: httpRouteKind, under: idOf(site.place) },
  },
  target: { reference: route, sectionName: rule.name },
  delegators: [delegator, ...site.delegators],
})
