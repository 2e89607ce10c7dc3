import type { AccessLog } from '../../../ir/access-log.ts'
import type { GroupKind, KubeObject, ObjectReference } from '../../../kube/kube-object.ts'
import type { ObjectStatus, ObjectView } from '../../dialect.ts'
import type {
  BackendQuery,
  ContributedRule,
  ContributionMoment,
  Contributor,
  DelegateQuery,
  DelegatingRule,
  FilteredRule,
  FoundBackend,
  FoundDelegates,
  FoundFilter,
  FoundParameters,
  PolicyTarget,
  PortQuery,
  RouteEffect,
} from '../../gateway-api/contribution.ts'
import { httpRouteKind } from '../../gateway-api/names.ts'
import { containFailure } from '../../gateway-api/translate/contain-failure.ts'
import type { HttpListenerOptions } from '../../gloo-core/kinds/listener-options/http-listener-options.ts'
import {
  httpListenerOptionKind,
  listenerOptionKind,
  routeOptionKind,
  virtualHostOptionKind,
} from '../../gloo-core/kinds/option-kinds.ts'
import { readHttpSettings } from '../../gloo-core/options/listener/http-settings.ts'
import { idOf, placeOf } from '../../gloo-core/options/place.ts'
import type { Scope, Source } from '../../gloo-core/options/source.ts'
import type { FoundUpstream } from '../../gloo-core/translate/upstream/upstream-translation.ts'
import { createUpstreamTranslator } from '../../gloo-core/translate/upstream-translator.ts'
import { Computation } from '../../shared/computation.ts'
import { SpecCache } from '../../shared/spec-of.ts'
import { directResponseKind, overridesAnnotation } from '../names.ts'
import { Attachments } from './attachments.ts'
import { cachedKinds } from './cached-kinds.ts'
import { DelegateFinder } from './delegation/find-delegates.ts'
import { findDirectResponse } from './direct-responses.ts'
import { type ListenerHost, readListenerHost } from './listeners/listener-hosts.ts'
import { readListenerLogs } from './listeners/listener-logs.ts'
import { EffectReport } from './options/effect-report.ts'
import { inheritOptions, type OptionLayer } from './options/inherited-options.ts'
import { optionsOf } from './options/merge-options.ts'
import { readOverrides } from './options/overrides.ts'
import { translateOptions } from './options/translate-options.ts'
import { findParameters } from './parameters.ts'
import { createStatuses } from './statuses/create-statuses.ts'
import { Findings } from './statuses/findings.ts'

const none: readonly RouteEffect[] = []
const noEffect: FoundFilter = { type: 'found', effect: { policies: [] } }

const isKind = (reference: GroupKind, { group, kind }: GroupKind) =>
  reference.group === group && reference.kind === kind

/** Gloo's objects of one moment. */
class GlooMoment implements ContributionMoment {
  readonly #scope: Scope
  readonly #attachments: Attachments
  /** By the reference, which is the same for all rules of a listener. */
  readonly #hosts = new Map<PolicyTarget, { readonly host: ListenerHost; readonly key: string }>()
  readonly #leadToModels = new Map<string, boolean>()
  readonly #backends = new Map<string, FoundBackend>()
  readonly #findings = new Findings()
  readonly #delegates: DelegateFinder

  constructor(scope: Scope) {
    this.#scope = scope
    this.#delegates = new DelegateFinder(scope.source.objects)
    this.#attachments = new Attachments(scope.source.objects, scope.source.specs)
  }

  /** The same answer while the Upstream is the same, so that routes need not be made anew. */
  findBackend({ reference, place }: BackendQuery): FoundBackend {
    const { namespace, name } = reference
    const found = this.#scope.source.upstreams.find(reference)
    // What is wrong is told by its place.
    const at = found.type === 'found' ? '' : ` at ${idOf(place)}`
    const key = `backend ${namespace}/${name}${at}`
    const known = this.#backends.get(key)
    if (known !== undefined) return known
    const input = found.type === 'found' ? found.backend : `${found.type} ${found.message}`
    const answer = this.#scope.remember(key, [input], () =>
      foundBackendOf({ reference, place }, found),
    )
    this.#backends.set(key, answer)
    return answer
  }

  findFilter(reference: ObjectReference, _place: unknown, rule: FilteredRule): FoundFilter {
    if (isKind(reference, directResponseKind)) {
      return findDirectResponse(this.#scope, reference, rule)
    }
    if (this.#findOptions(reference) !== undefined) return noEffect
    const { group, kind, namespace, name } = reference
    const message = `extensionRef '${name}' of type ${group}.${kind} in namespace '${namespace}' not found`
    return { type: 'unresolved', reason: 'BackendNotFound', message }
  }

  /** The same answer while it says the same, so that the routes that delegate need not be made anew. */
  findDelegates(query: DelegateQuery): FoundDelegates {
    const { reference, parent } = query
    const [from, to] = [parent, reference].map(({ namespace, name }) => `${namespace}/${name}`)
    const found = this.#delegates.find(query)
    for (const { route, problem } of this.#delegates.findOdd(found)) {
      this.#findings.addRoute(route, [problem])
    }
    const key = `delegates ${reference.group}/${reference.kind} ${to} of ${from}`
    return this.#scope.remember(key, [JSON.stringify(found)], () => found)
  }

  /** Options that cannot be read at all close what they hold on. */
  findRuleEffects(rule: ContributedRule, listener: PolicyTarget): readonly RouteEffect[] {
    return containFailure(
      () => this.#ruleEffectsOf(rule, listener),
      (failure) => [{ policies: [], failure }],
    )
  }

  findRemarks(route: ObjectReference): readonly string[] {
    return this.#findings.ofRoute(route)
  }

  findConnectionOptions({ gateway, sectionNames }: PortQuery) {
    const [object] = this.#attachments.onListeners(httpListenerOptionKind, gateway, sectionNames)
    if (object === undefined) return undefined
    return containFailure(
      () => {
        const { values } = optionsOf<HttpListenerOptions>(this.#scope.source.specs, object)
        return readHttpSettings(values.httpConnectionManagerSettings ?? {}, '').http
      },
      () => undefined,
    )
  }

  findAccessLogs({ gateway, sectionNames }: PortQuery): readonly AccessLog[] {
    const [object] = this.#attachments.onListeners(listenerOptionKind, gateway, sectionNames)
    if (object === undefined) return []
    return containFailure(
      () => readListenerLogs(this.#scope, object).logs,
      () => [],
    )
  }

  findParameters(reference: ObjectReference): FoundParameters {
    return findParameters(this.#scope, reference)
  }

  statuses(): readonly ObjectStatus[] {
    return createStatuses(this.#scope, this.#attachments, this.#findings)
  }

  #ruleEffectsOf(rule: ContributedRule, listener: PolicyTarget): readonly RouteEffect[] {
    const { host, key } = this.#hostOf(listener)
    const layers = this.#layersOf(rule)
    const options = layers.flatMap(({ objects }) => objects)
    if (host.isEmpty && options.length === 0 && !this.#callsModels(rule)) return none
    const id = `${rule.id}@${key}`
    const { specs } = this.#scope.source
    const inputs = [
      ...[rule, host],
      ...layers.flatMap(({ objects, overridable }) => [
        ...['layer', overridable.join(',')],
        ...versionsOf(specs, objects),
      ]),
    ]
    const made = this.#scope.remember(id, inputs, (scope) => {
      const inherited = inheritOptions(specs, layers)
      const report = new EffectReport()
      const optioned = { ...rule, id, options: inherited.options, ...host }
      const { hidden } = inherited
      return { effects: [translateOptions(scope, optioned, report)], report, hidden }
    })
    const { report, hidden } = made
    this.#findings.add(options, report)
    this.#findings.addHidden(options, hidden)
    this.#findings.addRoute(rule.route.reference, [
      ...(options.length === 0 ? report.warnings : []),
      ...(report.failure === undefined ? [] : [report.failure]),
    ])
    return made.effects
  }

  /** Calls to models are made in a way of their own, with options or without. */
  #callsModels({ action }: ContributedRule): boolean {
    if (action.type !== 'forward') return false
    return action.destinations.some(
      (destination) => 'backendId' in destination && this.#leadsToModels(destination.backendId),
    )
  }

  #leadsToModels(backendId: string): boolean {
    const known = this.#leadToModels.get(backendId)
    if (known !== undefined) return known
    const [endpoint] = this.#scope.source.upstreams.backends.get(backendId)?.endpoints ?? []
    const found = endpoint?.provider !== undefined
    this.#leadToModels.set(backendId, found)
    return found
  }

  #findOptions({ namespace, name }: ObjectReference): KubeObject | undefined {
    return this.#scope.source.objects.get(routeOptionKind, namespace, name)
  }

  /** The RouteOptions of a rule and of those that hand requests to it, innermost first. */
  #layersOf(rule: ContributedRule): readonly OptionLayer[] {
    const route = rule.route.reference
    const own = { route, objects: this.#optionsOf(rule), overridable: [] }
    if (rule.delegators.length === 0) return [own]
    const outer = rule.delegators.map((delegator): OptionLayer => {
      const { reference } = delegator.route
      const { namespace, name } = reference
      const object = this.#scope.source.objects.get(httpRouteKind, namespace, name)
      const overrides = readOverrides(object?.metadata.annotations?.[overridesAnnotation])
      this.#findings.addRoute(reference, overrides.problem === undefined ? [] : [overrides.problem])
      const objects = this.#optionsOf(delegator)
      return { route: reference, objects, overridable: overrides.fields }
    })
    return [own, ...outer]
  }

  /** The RouteOptions of a rule: those that its filters name, then those that target its route. */
  #optionsOf({ extensions, route }: DelegatingRule): readonly KubeObject[] {
    if (!isKind(route.reference, httpRouteKind)) return []
    const targeting = this.#attachments.onRoute(route.reference)
    if (extensions.length === 0) return targeting
    const named = extensions
      .filter((reference) => isKind(reference, routeOptionKind))
      .flatMap((reference) => this.#findOptions(reference) ?? [])
    return named.length === 0 ? targeting : [...new Set([...named, ...targeting])]
  }

  /** What options of the gateway and listener say. */
  #hostOf(listener: PolicyTarget): { readonly host: ListenerHost; readonly key: string } {
    const known = this.#hosts.get(listener)
    if (known !== undefined) return known
    const { reference, sectionName = '' } = listener
    const key = `${reference.namespace}/${reference.name}/${sectionName}`
    const on = (kind: GroupKind) => this.#attachments.onListeners(kind, reference, [sectionName])
    const objects = on(virtualHostOptionKind)
    const [http] = on(httpListenerOptionKind)
    const { specs } = this.#scope.source
    // Flat, because inputs are compared one by one.
    const inputs = [
      ...versionsOf(specs, objects),
      ...(http === undefined ? [] : ['http', ...versionsOf(specs, [http])]),
    ]
    const host = this.#scope.remember(`host ${key}`, inputs, (scope) =>
      readListenerHost(scope, objects, http),
    )
    const entry = { host, key }
    this.#hosts.set(listener, entry)
    return entry
  }
}

function foundBackendOf(
  { reference: { namespace, name }, place }: Pick<BackendQuery, 'reference' | 'place'>,
  found: FoundUpstream,
): FoundBackend {
  const where = `Upstream ${namespace}/${name} (${placeOf(place)})`
  switch (found.type) {
    case 'found':
      return { type: 'found', backend: found.backend, isAdded: false }
    case 'missing': {
      const message = `${where} does not exist. Create it or refer to another one.`
      return { type: 'unresolved', reason: 'BackendNotFound', message }
    }
    case 'rejected': {
      const message = `${where} cannot be used: ${found.message}`
      return { type: 'unresolved', reason: 'BackendInvalid', message }
    }
  }
}

/** What tells the options of objects from those of others. */
const versionsOf = (specs: SpecCache, objects: readonly KubeObject[]) =>
  objects.flatMap((object) => [object.metadata.name, specs.get(object)])

/** Makes a contributor that keeps what it computed from objects that did not change. */
export function createContributor(): Contributor {
  const upstreamTranslator = createUpstreamTranslator()
  const specs = new SpecCache()
  let previous: Computation<Source> | undefined
  return {
    begin(objects: ObjectView): ContributionMoment {
      const upstreams = upstreamTranslator.translate(objects)
      specs.keepOnly(cachedKinds.flatMap((kind) => [...objects.list(kind)]))
      const scope = Computation.root<Source>({ objects, upstreams, specs }, previous)
      previous = scope
      return new GlooMoment(scope)
    },
  }
}
