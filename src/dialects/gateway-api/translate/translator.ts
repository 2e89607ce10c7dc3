import type { Backend } from '../../../ir/backend.ts'
import type { Listener } from '../../../ir/listener.ts'
import type { PolicyConfig } from '../../../ir/policy.ts'
import type { Route } from '../../../ir/route.ts'
import type { VirtualHost } from '../../../ir/virtual-host.ts'
import type { KubeObject, ObjectReference } from '../../../kube/kube-object.ts'
import { serviceKind } from '../../core/services.ts'
import type { ObjectStatus, ObjectView, Translation, Translator } from '../../dialect.ts'
import { Computation } from '../../shared/computation.ts'
import { SpecCache } from '../../shared/spec-of.ts'
import { ConditionMaker } from '../conditions.ts'
import type { Contribution, RouteEffect } from '../contribution.ts'
import {
  backendTlsPolicyKind,
  gatewayClassKind,
  gatewayKind,
  grpcRouteKind,
  httpRouteKind,
  listenerSetKind,
  referenceGrantKind,
} from '../names.ts'
import { containFailure } from './contain-failure.ts'
import { remarksOn } from './effects.ts'
import { type GatewayPlan, planGateway, profileOfClass } from './gateways/gateway-plan.ts'
import { findOrphanedListenerSets } from './gateways/listener-sets.ts'
import { type TranslatedGateway, translateGateway } from './gateways/translate-gateway.ts'
import { type AttachedRoute, attachRoutes } from './routes/attached-routes.ts'
import { Delegations } from './routes/delegations.ts'
import { findLostParents } from './routes/lost-parents.ts'
import { ContributionTable, createSource, referenceOf, type Scope, type Source } from './source.ts'
import { createClassStatus } from './statuses/class-status.ts'
import { countAttachedRoutes, createGatewayStatus } from './statuses/gateway-status.ts'
import { createListenerSetStatus, createOrphanStatus } from './statuses/listener-set-status.ts'
import { createRouteStatus } from './statuses/route-status.ts'
import { createTlsPolicyStatus, groupGatewaysByService } from './statuses/tls-policy-status.ts'

const cachedKinds = [
  ...[gatewayClassKind, gatewayKind, listenerSetKind, httpRouteKind, grpcRouteKind],
  ...[referenceGrantKind, backendTlsPolicyKind, serviceKind],
]

/** The nodes of a translation in the making. */
class ConfigurationBuilder {
  readonly listeners = new Map<string, Listener>()
  readonly virtualHosts = new Map<string, VirtualHost>()
  readonly routes = new Map<string, Route>()
  readonly backends = new Map<string, Backend>()
  readonly policies = new Map<string, PolicyConfig>()
  readonly secretIds = new Set<string>()

  addGateway(gateway: TranslatedGateway): void {
    for (const listener of gateway.listeners) {
      this.listeners.set(listener.id, listener)
      for (const { certificateChain, privateKey } of listener.tls ?? []) {
        this.secretIds.add(certificateChain.secretId).add(privateKey.secretId)
      }
    }
    for (const virtualHost of gateway.virtualHosts) {
      this.virtualHosts.set(virtualHost.id, virtualHost)
    }
    for (const route of gateway.routes) this.routes.set(route.id, route)
    for (const effect of gateway.effects) this.#addEffect(effect)
  }

  addRoute({ attachments }: AttachedRoute): void {
    const taken = attachments.filter(({ listeners }) => listeners.length > 0)
    for (const translated of new Set(taken.map((each) => each.translated))) {
      this.#addEffect(translated)
    }
  }

  #addEffect({ policies, backends = [], secretIds = [] }: RouteEffect): void {
    for (const policy of policies) this.policies.set(policy.id, policy)
    for (const backend of backends) this.backends.set(backend.id, backend)
    for (const secretId of secretIds) this.secretIds.add(secretId)
  }
}

/** Writes statuses down, each the same reference as before while it says the same. */
class StatusList {
  readonly statuses: ObjectStatus[] = []
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  add(object: ObjectReference, status: unknown): void {
    if (status === undefined) return
    const { group, kind, namespace, name } = object
    const key = `status ${group}/${kind} ${namespace}/${name}`
    const kept = this.#scope.remember(key, [JSON.stringify(status)], () => status)
    this.statuses.push({ object, status: kept })
  }
}

function planGateways(scope: Scope, list: StatusList): readonly GatewayPlan[] {
  return scope.source.objects.list(gatewayKind).flatMap((object) =>
    containFailure(
      () => planGateway(scope, object) ?? [],
      (message) => {
        const make = new ConditionMaker(object)
        const conditions = [make.expect('Accepted', { reason: 'Invalid', message })]
        list.add(referenceOf(object, gatewayKind), { conditions })
        return []
      },
    ),
  )
}

function translateAll(scope: Scope): Translation {
  const { objects, contributions } = scope.source
  const ownControllers = new Set(contributions.profiles.map((each) => each.controllerName))
  const list = new StatusList(scope)
  const gateways = planGateways(scope, list)
  const attached = attachRoutes(scope, gateways)
  const builder = new ConfigurationBuilder()
  for (const gatewayClass of objects.list(gatewayClassKind)) {
    if (profileOfClass(scope, gatewayClass) === undefined) continue
    list.add(referenceOf(gatewayClass, gatewayClassKind), createClassStatus(scope, gatewayClass))
  }
  const counts = countAttachedRoutes(attached)
  const delegations = new Delegations(attached)
  for (const gateway of gateways) {
    builder.addGateway(translateGateway(scope, gateway, attached))
    list.add(gateway.reference, createGatewayStatus(gateway, counts))
    for (const set of gateway.listenerSets) {
      list.add(set.reference, createListenerSetStatus(gateway, set, counts))
    }
  }
  for (const orphan of findOrphanedListenerSets(scope)) {
    list.add(orphan.reference, createOrphanStatus(orphan))
  }
  for (const route of attached) {
    builder.addRoute(route)
    const reference = referenceOf(route.object, route.kind)
    const said = { remarks: remarksOn(scope, reference), delegations: delegations.of(reference) }
    list.add(reference, createRouteStatus(route, ownControllers, said))
  }
  const gatewaysByService = groupGatewaysByService(attached)
  for (const policy of objects.list(backendTlsPolicyKind)) {
    const status = createTlsPolicyStatus(scope, policy, gatewaysByService, ownControllers)
    list.add(referenceOf(policy, backendTlsPolicyKind), status)
  }
  const { secretIds, ...configuration } = builder
  return {
    configuration,
    secretIds,
    statuses: [
      ...list.statuses,
      ...contributions.moments.flatMap((moment) => moment.statuses?.() ?? []),
    ],
    owned: gateways.map(({ address }): KubeObject => address.service),
    hints: findLostParents(scope, gateways, attached),
  }
}

/** Makes a translator that keeps what it computed from objects that did not change. */
export function createGatewayApiTranslator(contributions: readonly Contribution[]): Translator {
  const specs = new SpecCache()
  const contributors = contributions.map((contribution) => ({
    contribution,
    contributor: contribution.createContributor(),
  }))
  let previous: Scope | undefined
  return {
    translate(objects: ObjectView): Translation {
      const table = new ContributionTable(
        contributors.map(({ contribution, contributor }) => ({
          contribution,
          moment: contributor.begin(objects),
        })),
      )
      const source: Source = createSource(objects, specs, table)
      const scope = Computation.root(source, previous)
      const translation = translateAll(scope)
      const kept = cachedKinds.flatMap((kind) => [...objects.list(kind)])
      specs.keepOnly(kept)
      previous = scope
      return translation
    },
  }
}
