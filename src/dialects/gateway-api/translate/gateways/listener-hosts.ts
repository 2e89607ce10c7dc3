import type { Origin } from '../../../../ir/origin.ts'
import type { Route, RouteAction } from '../../../../ir/route.ts'
import type { VirtualHost } from '../../../../ir/virtual-host.ts'
import type { ContributedRule, PolicyTarget, RouteEffect } from '../../contribution.ts'
import { grpcRouteKind } from '../../names.ts'
import { effectsOf, ruleEffectsOf } from '../effects.ts'
import type { AttachedRoute } from '../routes/attached-routes.ts'
import { anyHostname, compareHostnames, coversHostname } from '../routes/hostnames.ts'
import { compareRanks } from '../rules/matches/match-rank.ts'
import type { RankedRoute } from '../rules/rule-routes.ts'
import type { Scope } from '../source.ts'
import { presentClientCertificate } from './client-certificate.ts'
import type { GatewayPlan } from './gateway-plan.ts'
import { type ListenerPlan, listenerLabel } from './listener-plan.ts'

/** The virtual hosts of one listener, and their routes. */
export interface ListenerHosts {
  readonly virtualHosts: readonly VirtualHost[]
  readonly routes: readonly Route[]
  readonly effects: readonly RouteEffect[]
}

/** Where a listener stands among those of its gateway. */
export interface ListenerPlace {
  readonly gateway: GatewayPlan
  readonly listener: ListenerPlan
  /** Those that are served on the same port, itself included. */
  readonly neighbours: readonly ListenerPlan[]
}

/** The part of ids that names a listener. */
export const listenerKey = ({ gateway: { reference }, listener }: ListenerPlace) =>
  `${reference.namespace}/${reference.name}/${listener.spec.port}/${listenerLabel(listener)}`

/** The field of the Gateway or ListenerSet that describes a listener. */
export const listenerOrigin = ({ listener: { owner, index } }: ListenerPlace): Origin => ({
  kind: owner.kind,
  namespace: owner.namespace,
  name: owner.name,
  fieldPath: `spec.listeners[${index}]`,
})

/** Names that a more specific listener of the port takes are not this listener's. */
function isOwnDomain({ listener, neighbours }: ListenerPlace, domain: string): boolean {
  return !neighbours.some(
    (other) =>
      other !== listener &&
      coversHostname(listener.hostname, other.hostname) &&
      coversHostname(other.hostname, domain),
  )
}

/** The host names under which routes for `domain` may be attached, the most specific first. */
function coveringNames(domain: string): readonly string[] {
  const names = [domain]
  let dot = domain.indexOf('.', domain.startsWith('*.') ? 2 : 0)
  while (dot !== -1) {
    names.push(`*${domain.slice(dot)}`)
    dot = domain.indexOf('.', dot + 1)
  }
  return domain === anyHostname ? names : [...names, anyHostname]
}

/** Changes that policies make to a route because of the listener. */
function withEffects(
  scope: Scope,
  { route, rank, rule }: RankedRoute,
  key: string,
  effects: readonly RouteEffect[],
): RankedRoute {
  if (effects.length === 0) return { route, rank, rule }
  const id = `${route.id}@${key}`
  const changed = scope.remember(id, [route, ...effects], () => {
    const policyIds = effects.flatMap(({ policies }) => policies.map((policy) => policy.id))
    return {
      ...route,
      id,
      action: effects.reduce(
        (before, effect) => changedAction(before, effect, rule.route),
        route.action,
      ),
      policyIds: [...route.policyIds, ...policyIds],
    }
  })
  return { route: changed, rank, rule }
}

/** What policies add to the routes of one listener. */
class EffectList {
  readonly #scope: Scope
  readonly #listener: PolicyTarget
  readonly #shared: readonly RouteEffect[]
  readonly #byRule = new Map<ContributedRule, readonly RouteEffect[]>()
  readonly #ofGateway = new Set<RouteEffect>()

  constructor(scope: Scope, listener: PolicyTarget) {
    this.#scope = scope
    this.#listener = listener
    this.#shared = [
      ...effectsOf(scope, listener),
      ...effectsOf(scope, { ...listener, sectionName: undefined }),
    ]
  }

  of(rule: ContributedRule): readonly RouteEffect[] {
    const known = this.#byRule.get(rule)
    if (known !== undefined) return known
    const own = ruleEffectsOf(this.#scope, rule, this.#listener)
    const effects = own.length === 0 ? this.#shared : [...own, ...this.#shared]
    this.#byRule.set(rule, effects)
    return effects
  }

  /** The same beside what the gateway itself adds. */
  with(rule: ContributedRule, ofGateway: RouteEffect | undefined): readonly RouteEffect[] {
    if (ofGateway === undefined) return this.of(rule)
    this.#ofGateway.add(ofGateway)
    return [...this.of(rule), ofGateway]
  }

  get all(): readonly RouteEffect[] {
    const ofRules = [...this.#byRule.values()].flat()
    return [...new Set([...this.#shared, ...ofRules, ...this.#ofGateway])]
  }
}

/** What cannot be served already stays as it is. */
function changedAction(
  before: RouteAction,
  effect: RouteEffect,
  { reference }: PolicyTarget,
): RouteAction {
  if (before.type === 'unavailable') return before
  if (effect.failure !== undefined) {
    const message = effect.failure
    // A client of gRPC reads 503 as UNAVAILABLE.
    const status = reference.kind === grpcRouteKind.kind ? 503 : 500
    return { type: 'unavailable', code: 'configuration-error', status, message }
  }
  return effect.changeAction === undefined ? before : effect.changeAction(before)
}

/** The routes of a listener by the host names under which they are attached, in matching order. */
function groupByHostname(
  scope: Scope,
  place: ListenerPlace,
  attached: readonly AttachedRoute[],
  effects: EffectList,
): Map<string, readonly Route[]> {
  const groups = new Map<string, RankedRoute[]>()
  const key = listenerKey(place)
  for (const { attachments } of attached) {
    const hostnames = attachments.flatMap(({ listeners }) =>
      listeners.flatMap((each) => (each.listener === place.listener ? each.hostnames : [])),
    )
    // It is the same at all attachments to one gateway.
    const here = attachments.find(({ gateway }) => gateway === place.gateway)
    if (hostnames.length === 0 || here === undefined) continue
    const { translated } = here
    const ofGateway = presentClientCertificate(scope, place.gateway, translated.backends)
    const routes = translated.routes.map((ranked) =>
      withEffects(scope, ranked, key, effects.with(ranked.rule, ofGateway)),
    )
    for (const hostname of new Set(hostnames)) {
      const group = groups.get(hostname)
      if (group === undefined) groups.set(hostname, [...routes])
      else group.push(...routes)
    }
  }
  return new Map(
    [...groups].map(([hostname, group]) => [
      hostname,
      // Stable: what ranks equal stays in the order of age, rule and match.
      group.sort((left, right) => compareRanks(left.rank, right.rank)).map(({ route }) => route),
    ]),
  )
}

/** Makes the virtual hosts of a listener. */
export function createListenerHosts(
  scope: Scope,
  place: ListenerPlace,
  attached: readonly AttachedRoute[],
): ListenerHosts {
  const { reference } = place.gateway
  const { hostname } = place.listener
  // Policies name listeners of the Gateway itself; no name of theirs has a slash.
  const label = listenerLabel(place.listener)
  const effects = new EffectList(scope, { reference, sectionName: label })
  const groups = groupByHostname(scope, place, attached, effects)
  const domains = [...new Set([...groups.keys(), hostname])]
    .filter((domain) => isOwnDomain(place, domain))
    .sort(compareHostnames)
  const virtualHosts = domains.map((domain) => {
    const covering = coveringNames(domain).flatMap((name) => groups.get(name) ?? [])
    const routeIds = [...new Set(covering.map(({ id }) => id))]
    const id = `gateway-api/${listenerKey(place)}/${domain}`
    const origin = listenerOrigin(place)
    return scope.remember(`virtual host ${id}`, [origin.fieldPath, ...routeIds], () => ({
      id,
      name: `${reference.namespace}/${reference.name}/${label}/${domain}`,
      origin,
      domains: [domain],
      routeIds,
    }))
  })
  return { virtualHosts, routes: [...groups.values()].flat(), effects: effects.all }
}
