import type { HttpConnectionOptions, Listener, TlsChain } from '../../../../ir/listener.ts'
import type { Route } from '../../../../ir/route.ts'
import type { VirtualHost } from '../../../../ir/virtual-host.ts'
import type { PortQuery, RouteEffect } from '../../contribution.ts'
import type { AttachedRoute } from '../routes/attached-routes.ts'
import { compareHostnames } from '../routes/hostnames.ts'
import type { Scope } from '../source.ts'
import { type GatewayPlan, listenersOf } from './gateway-plan.ts'
import {
  createListenerHosts,
  type ListenerHosts,
  type ListenerPlace,
  listenerKey,
  listenerOrigin,
} from './listener-hosts.ts'
import { isServed, listenerLabel } from './listener-plan.ts'

/** The nodes of one gateway. */
export interface TranslatedGateway {
  readonly listeners: readonly Listener[]
  readonly virtualHosts: readonly VirtualHost[]
  readonly routes: readonly Route[]
  readonly effects: readonly RouteEffect[]
}

const connectionOptions: HttpConnectionOptions = {
  idleTimeoutMs: 75_000,
  streamIdleTimeoutMs: 300_000,
  requestHeadersTimeoutMs: 60_000,
  maxRequestHeadersBytes: 61_440,
  serverName: 'sluice',
  useRemoteAddress: true,
  xffTrustedHops: 0,
  normalizePath: true,
  mergeSlashes: false,
  mostSpecificHeaderMutationsWin: true,
}

interface PortHosts {
  readonly place: ListenerPlace
  readonly hosts: ListenerHosts
  /** Answers 421 for names of other listeners; undefined: there are none. */
  readonly misdirected: VirtualHost | undefined
}

const misdirectedRouteId = ({ reference }: GatewayPlan) =>
  `gateway-api/${reference.namespace}/${reference.name}/misdirected`

/** A connection whose server name chose one listener must not be used for the names of another. */
function createMisdirectedRoute(scope: Scope, gateway: GatewayPlan): Route {
  const { kind, namespace, name } = gateway.reference
  const id = misdirectedRouteId(gateway)
  return scope.remember(id, [], () => ({
    id,
    name: `Gateway/${namespace}/${name}/misdirected`,
    origin: { kind, namespace, name, fieldPath: 'spec.listeners' },
    matchers: [
      {
        path: { type: 'prefix', value: '/', caseSensitive: true },
        ...{ headers: [], queryParameters: [], methods: [] },
      },
    ],
    action: { type: 'direct-response', status: 421, body: 'misdirected request' },
    policyIds: [],
  }))
}

function createMisdirectedHost(scope: Scope, place: ListenerPlace): VirtualHost | undefined {
  const { gateway, listener, neighbours } = place
  const domains = neighbours
    .filter((other) => other !== listener)
    .map(({ hostname }) => hostname)
    .sort(compareHostnames)
  if (listener.spec.protocol !== 'HTTPS' || domains.length === 0) return undefined
  const id = `gateway-api/${listenerKey(place)}/misdirected`
  return scope.remember(`virtual host ${id}`, domains, () => ({
    id,
    name: `${gateway.reference.namespace}/${gateway.reference.name}/${listenerLabel(listener)}/misdirected`,
    origin: listenerOrigin(place),
    domains,
    routeIds: [misdirectedRouteId(gateway)],
  }))
}

const idsOf = ({ hosts, misdirected }: PortHosts) => [
  ...hosts.virtualHosts.map(({ id }) => id),
  ...(misdirected === undefined ? [] : [misdirected.id]),
]

/** Exact server names before wildcards, longer ones first, then any name. */
function compareChains(left: TlsChain, right: TlsChain): number {
  const [a = '*'] = [...left.serverNames].sort(compareHostnames)
  const [b = '*'] = [...right.serverNames].sort(compareHostnames)
  return a === b ? 0 : compareHostnames(a, b)
}

function chainsOf(hosts: readonly PortHosts[]): readonly TlsChain[] {
  return hosts
    .flatMap((each) =>
      each.place.listener.chains.map((chain) => ({ ...chain, virtualHostIds: idsOf(each) })),
    )
    .sort(compareChains)
}

function connectionOptionsOf(scope: Scope, query: PortQuery): HttpConnectionOptions {
  const changes = scope.source.contributions.moments.map((moment) =>
    moment.findConnectionOptions?.(query),
  )
  return Object.assign({}, connectionOptions, ...changes)
}

function createListener(
  scope: Scope,
  gateway: GatewayPlan,
  port: number,
  hosts: readonly PortHosts[],
): Listener {
  const { namespace, name } = gateway.reference
  const { address } = gateway.address
  const listeners = hosts.map(({ place }) => place.listener)
  const query: PortQuery = {
    gateway: gateway.reference,
    sectionNames: listeners.map(listenerLabel),
  }
  const accessLogs = scope.source.contributions.moments.flatMap(
    (moment) => moment.findAccessLogs?.(query) ?? [],
  )
  const isTls = listeners.some(({ spec }) => spec.protocol === 'HTTPS')
  const owner = listeners[0]?.owner ?? gateway.reference
  const indexes = listeners.flatMap((each) => (each.owner === owner ? [each.index] : []))
  const id = `gateway-api/${namespace}/${name}/${port}`
  const listener: Listener = {
    id,
    // Names every listener of the port; beside those of the Gateway, those of ListenerSets are not named.
    origin: {
      ...{ kind: owner.kind, namespace: owner.namespace, name: owner.name },
      fieldPath: `spec.listeners[${indexes.join(',')}]`,
    },
    bindings: address === undefined ? [] : [{ address, port }],
    virtualHostIds: isTls ? [] : hosts.flatMap(idsOf),
    tls: isTls ? chainsOf(hosts) : undefined,
    http: connectionOptionsOf(scope, query),
    ...(accessLogs.length > 0 ? { accessLogs } : {}),
    ...(gateway.usageLabels.length > 0 ? { usageLabels: gateway.usageLabels } : {}),
  }
  // An equal listener stays the same reference.
  return scope.remember(`listener ${id}`, [JSON.stringify(listener)], () => listener)
}

/** Makes the nodes of a gateway and the routes attached to it. */
export function translateGateway(
  scope: Scope,
  gateway: GatewayPlan,
  attached: readonly AttachedRoute[],
): TranslatedGateway {
  const served = gateway.problem === undefined ? listenersOf(gateway).filter(isServed) : []
  const ports = [...Map.groupBy(served, ({ spec }) => spec.port)].map(([port, neighbours]) => ({
    port,
    hosts: neighbours.map((listener): PortHosts => {
      const place: ListenerPlace = { gateway, listener, neighbours }
      return {
        place,
        hosts: createListenerHosts(scope, place, attached),
        misdirected: createMisdirectedHost(scope, place),
      }
    }),
  }))
  const all = ports.flatMap(({ hosts }) => hosts)
  const misdirected = all.flatMap((each) => each.misdirected ?? [])
  return {
    listeners: ports.map(({ port, hosts }) => createListener(scope, gateway, port, hosts)),
    virtualHosts: [...all.flatMap(({ hosts }) => hosts.virtualHosts), ...misdirected],
    routes: [
      ...all.flatMap(({ hosts }) => hosts.routes),
      ...(misdirected.length === 0 ? [] : [createMisdirectedRoute(scope, gateway)]),
    ],
    effects: all.flatMap(({ hosts }) => hosts.effects),
  }
}
