import type { Backend } from '../../../ir/backend.ts'
import type { Listener } from '../../../ir/listener.ts'
import type { PolicyConfig } from '../../../ir/policy.ts'
import type { Route } from '../../../ir/route.ts'
import type { VirtualHost } from '../../../ir/virtual-host.ts'
import type { GroupKind, KubeObject } from '../../../kube/kube-object.ts'
import type { ObjectView, Translation, Translator } from '../../dialect.ts'
import { rateLimitConfigKind } from '../../gloo-core/kinds/rate-limit/rate-limit-config.ts'
import { secretIdsOfPolicy } from '../../gloo-core/options/policy-secrets.ts'
import type { Scope } from '../../gloo-core/options/source.ts'
import { optionsGroup } from '../../gloo-core/options-group.ts'
import { warningsOfUnknownFields } from '../../gloo-core/status/unknown-fields.ts'
import { createUpstreamTranslator } from '../../gloo-core/translate/upstream-translator.ts'
import { Computation } from '../../shared/computation.ts'
import { SpecCache } from '../../shared/spec-of.ts'
import { texts } from '../conditions.ts'
import { gatewayKind } from '../kinds/gateway.ts'
import { routeTableKind } from '../kinds/route-table.ts'
import { virtualServiceKind } from '../kinds/virtual-service.ts'
import { defaultProfile } from './gateways/connection-options.ts'
import { claimPorts, gatewayReference, planGateway } from './gateways/gateway-plan.ts'
import { type TranslatedGateway, translateGateway } from './gateways/translate-gateway.ts'
import { containFailure, type Problem } from './problem.ts'
import { StatusBook } from './status-book.ts'
import {
  type TranslatedVirtualService,
  translateVirtualService,
  virtualServiceReference,
} from './virtual-services/translate-virtual-service.ts'

const kindsWithoutProblems = ['MatchableHttpGateway', 'MatchableTcpGateway']

const cachedKinds: readonly GroupKind[] = [
  { group: optionsGroup, kind: 'Gateway' },
  { group: optionsGroup, kind: 'VirtualService' },
  { group: optionsGroup, kind: 'RouteTable' },
  { group: 'gloo.solo.io', kind: 'Settings' },
  rateLimitConfigKind,
]

/** The nodes of a translation in the making. */
class ConfigurationBuilder {
  readonly listeners = new Map<string, Listener>()
  readonly virtualHosts = new Map<string, VirtualHost>()
  readonly routes = new Map<string, Route>()
  readonly backends = new Map<string, Backend>()
  readonly policies = new Map<string, PolicyConfig>()
  readonly secretIds = new Set<string>()

  addGateway({ listener, virtualHosts }: TranslatedGateway): void {
    this.listeners.set(listener.id, listener)
    for (const virtualHost of virtualHosts) this.virtualHosts.set(virtualHost.id, virtualHost)
    for (const chain of listener.tls ?? []) {
      const { certificateChain, privateKey, clientCertificateAuthority } = chain
      for (const secret of [certificateChain, privateKey, clientCertificateAuthority]) {
        if (secret !== undefined && 'secretId' in secret) this.secretIds.add(secret.secretId)
      }
    }
  }

  addVirtualService({ routes, policies, backends }: TranslatedVirtualService): void {
    for (const route of routes) this.routes.set(route.id, route)
    for (const backend of backends) this.backends.set(backend.id, backend)
    for (const policy of policies) {
      this.policies.set(policy.id, policy)
      for (const secretId of secretIdsOfPolicy(policy)) this.secretIds.add(secretId)
    }
  }
}

function translateAll(scope: Scope): Translation {
  const { objects } = scope.source
  const list = (kind: string) => objects.list({ group: optionsGroup, kind })
  const gateways = list('Gateway')
  const virtualServices = list('VirtualService')
  const claims = claimPorts(scope, gateways)
  const builder = new ConfigurationBuilder()
  const book = new StatusBook()
  const unserved = new Set<KubeObject>(virtualServices)
  for (const gateway of gateways) {
    const serve = () => {
      const plan = planGateway(scope, gateway, claims, virtualServices)
      const translated = translateGateway(scope, plan)
      builder.addGateway(translated)
      book.add(translated.problems)
      book.addProxies(gateway, plan.proxyNames)
      for (const [object, virtualService] of translated.served) {
        unserved.delete(object)
        builder.addVirtualService(virtualService)
        book.add(virtualService.problems)
        book.addProxies(object, plan.proxyNames)
      }
    }
    containFailure(gatewayReference(gateway), serve, (problem) => book.add([problem]))
  }
  for (const object of unserved) {
    // Translated for its status only.
    book.add(translateVirtualService(scope, object, defaultProfile).problems)
    const owner = virtualServiceReference(object)
    book.add([{ severity: 'warning', owner, text: texts.notServed }])
  }
  const reported = [
    ...gateways,
    ...virtualServices,
    ...list('RouteTable'),
    ...kindsWithoutProblems.flatMap(list),
  ]
  addUnknownFields(book, objects)
  const { secretIds, ...configuration } = builder
  return { configuration, secretIds, statuses: reported.map((object) => book.statusOf(object)) }
}

function addUnknownFields(book: StatusBook, objects: ObjectView): void {
  for (const definition of [gatewayKind, virtualServiceKind, routeTableKind]) {
    for (const object of objects.list(definition)) {
      const { namespace = '', name } = object.metadata
      const owner = { group: definition.group, kind: definition.kind, namespace, name }
      const texts = warningsOfUnknownFields(definition, object)
      book.add(texts.map((text): Problem => ({ severity: 'warning', owner, text })))
    }
  }
}

/** Makes a translator that keeps what it computed from objects that did not change. */
export function createEdgeTranslator(): Translator {
  const upstreamTranslator = createUpstreamTranslator()
  const specs = new SpecCache()
  let previous: Scope | undefined
  return {
    translate(objects: ObjectView): Translation {
      const upstreams = upstreamTranslator.translate(objects)
      const scope = Computation.root({ objects, upstreams, specs }, previous)
      const translation = translateAll(scope)
      specs.keepOnly(cachedKinds.flatMap((kind) => [...objects.list(kind)]))
      previous = scope
      return translation
    },
  }
}
