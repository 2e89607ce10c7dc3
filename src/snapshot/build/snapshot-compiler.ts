import type { GatewayError } from '../../errors/gateway-error.ts'
import type { ConfigurationError } from '../../ir/configuration.ts'
import type { Listener } from '../../ir/listener.ts'
import type { PolicyConfig } from '../../ir/policy.ts'
import type { Route } from '../../ir/route.ts'
import type { VirtualHost } from '../../ir/virtual-host.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import {
  type CompiledAccessLog,
  compileAccessLog,
} from '../compile/access-log/compile-access-log.ts'
import {
  type BackendResult,
  type BackendServices,
  compileBackend,
} from '../compile/compile-backend.ts'
import { compileRoute, type RouteResult, unavailableRoute } from '../compile/compile-route.ts'
import { compileTlsChain, type TlsChainResult } from '../compile/compile-tls-chain.ts'
import { type Failure, failure, isFailure } from '../compile/failure.ts'
import type { CompiledMatcher } from '../matching/compile-matcher.ts'
import { RouteTable } from '../matching/route-table.ts'
import { HashedVirtualHostTable } from '../matching/virtual-host-table.ts'
import type {
  CompiledBackend,
  CompiledListener,
  CompiledTlsChain,
  CompiledVirtualHost,
  RoutedRequest,
  RouteMatch,
  Snapshot,
} from '../snapshot.ts'
import { CompileCache } from './compile-cache.ts'
import { compileMatchers, type MatchersResult } from './compile-matchers.ts'
import type { NodeStore } from './node-store.ts'

/** What nodes are compiled with. */
export interface CompilerServices extends BackendServices {
  /** A number in `[0, 1)`. */
  random(): number
  compilePolicy(config: PolicyConfig): CompiledPolicy | GatewayError
}

/** A snapshot and every node that is broken in it. */
export interface Build {
  readonly snapshot: Snapshot
  readonly errors: readonly ConfigurationError[]
}

interface RouteEntry {
  readonly matchers: readonly CompiledMatcher[]
  /** What each matcher finds. */
  readonly matches: readonly RouteMatch[]
  readonly errors: readonly ConfigurationError[]
}

// A route that is used again takes about a microsecond, no more than a pause does.
const reusedPerPause = 64

/** Makes snapshots of a node store, using again what has not changed since the one before. */
export class SnapshotCompiler {
  readonly #nodes: NodeStore
  readonly #services: CompilerServices
  readonly #policies = new CompileCache<CompiledPolicy | Failure>()
  readonly #backends = new CompileCache<BackendResult | Failure>()
  readonly #matchers = new CompileCache<MatchersResult | Failure>()
  readonly #routes = new CompileCache<RouteEntry>()
  readonly #routesWithMostSpecificWinning = new CompileCache<RouteEntry>()
  readonly #virtualHosts = new CompileCache<CompiledVirtualHost>()
  /** Of virtual hosts: changes that touch no matcher leave them as they are. */
  readonly #tables = new CompileCache<RouteTable>()
  readonly #tlsChains = new CompileCache<TlsChainResult | Failure>()
  readonly #accessLogs = new CompileCache<CompiledAccessLog | Failure>()
  readonly #caches = [
    ...[this.#policies, this.#backends, this.#matchers, this.#tables],
    ...[this.#routes, this.#routesWithMostSpecificWinning, this.#virtualHosts, this.#tlsChains],
    this.#accessLogs,
  ] as const
  #errors = new Map<string, ConfigurationError>()
  #compiledRoutes = 0

  constructor(nodes: NodeStore, services: CompilerServices) {
    this.#nodes = nodes
    this.#services = services
  }

  /** Builds the snapshot of the nodes as they are; every `yield` is a place to pause. Never throws. */
  *build(generation: number): Generator<void, Build> {
    this.#errors = new Map()
    for (const cache of this.#caches) cache.startBuild()
    const backends = new Map<string, CompiledBackend>()
    for (const id of this.#nodes.backends.keys()) {
      const backend = this.#backend(id)
      if (!isFailure(backend)) backends.set(id, backend)
      yield
    }
    const listeners = new Map<string, CompiledListener>()
    for (const listener of this.#nodes.listeners.values()) {
      listeners.set(listener.id, yield* this.#listener(listener))
    }
    for (const cache of this.#caches) {
      cache.endBuild()
      yield
    }
    const snapshot = Object.freeze({ generation, listeners, backends })
    return { snapshot, errors: [...this.#errors.values()] }
  }

  #report(errors: readonly ConfigurationError[]): void {
    if (errors.length === 0) return
    for (const error of errors) {
      const { kind, namespace, name, fieldPath } = error.origin
      this.#errors.set([kind, namespace, name, fieldPath, error.message].join('\n'), error)
    }
  }

  *#listener(config: Listener): Generator<void, CompiledListener> {
    const wins = config.http.mostSpecificHeaderMutationsWin
    const virtualHosts = yield* this.#virtualHostTable(config, config.virtualHostIds, wins)
    const tlsChains: CompiledTlsChain[] = []
    for (const [index, chain] of (config.tls ?? []).entries()) {
      const inputs = [chain, ...this.#services.secrets.dependenciesOf(chain)]
      const compiled = compileOnce(this.#tlsChains, { id: `${config.id} ${index}`, inputs }, () =>
        compileTlsChain(chain, this.#services),
      )
      yield
      if (isFailure(compiled)) {
        this.#report([{ origin: chain.origin, message: compiled.message }])
        continue
      }
      this.#report(compiled.warnings.map((message) => ({ origin: chain.origin, message })))
      const table = yield* this.#virtualHostTable(config, chain.virtualHostIds, wins)
      tlsChains.push(Object.freeze({ ...compiled.chain, virtualHosts: table }))
    }
    return Object.freeze({
      ...{ config, virtualHosts, tlsChains: Object.freeze(tlsChains) },
      accessLogs: this.#accessLogsOf(config),
    })
  }

  /** A log that cannot be written is left out; requests go on. */
  #accessLogsOf({ id, accessLogs = [] }: Listener): readonly CompiledAccessLog[] {
    return accessLogs.flatMap((config, index) => {
      const compiled = compileOnce(
        this.#accessLogs,
        { id: `${id} ${index}`, inputs: [config] },
        () => compileAccessLog(config, this.#services.random),
      )
      if (!isFailure(compiled)) return [compiled]
      this.#report([{ origin: config.origin, message: compiled.message }])
      return []
    })
  }

  *#virtualHostTable(
    { origin }: Listener,
    ids: readonly string[],
    wins: boolean,
  ): Generator<void, HashedVirtualHostTable> {
    const table = new HashedVirtualHostTable()
    for (const id of ids) {
      const config = this.#nodes.virtualHosts.get(id)
      if (config === undefined) {
        this.#report([{ origin, message: `Virtual host ${id} does not exist.` }])
        continue
      }
      const host = yield* this.#virtualHost(config, wins)
      for (const domain of config.domains) {
        const conflict = table.add(domain, host)
        if (conflict === undefined) continue
        const message = `Domain "${domain}" belongs to virtual host ${conflict.holder.name} already.`
        this.#report([{ origin: config.origin, message }])
      }
    }
    Object.freeze(table)
    return table
  }

  *#virtualHost(config: VirtualHost, wins: boolean): Generator<void, CompiledVirtualHost> {
    const cacheId = `${config.id} ${wins}`
    const done = this.#virtualHosts.ofThisBuild(cacheId)
    if (done !== undefined) return done
    const routes: RouteEntry[] = []
    for (const id of config.routeIds) {
      const route = this.#nodes.routes.get(id)
      if (route === undefined) {
        this.#report([{ origin: config.origin, message: `Route ${id} does not exist.` }])
        continue
      }
      const compiledBefore = this.#compiledRoutes
      routes.push(this.#route(route, wins))
      const isCompiled = this.#compiledRoutes > compiledBefore
      if (isCompiled || routes.length % reusedPerPause === 0) yield
    }
    const inputs = [config, ...routes]
    const reused = this.#virtualHosts.reuse(cacheId, inputs)
    if (reused !== undefined) {
      this.#tables.keep(cacheId)
      return reused
    }
    // Each of these looks at all routes, of which there may be thousands.
    yield
    const matchers = routes.map((route) => route.matchers)
    const table =
      this.#tables.reuse(cacheId, matchers) ??
      this.#tables.store(cacheId, matchers, yield* RouteTable.build(matchers))
    yield
    const matches = routes.flatMap((route) => route.matches)
    const { id, name } = config
    const host: CompiledVirtualHost = Object.freeze({
      id,
      name,
      findRoute: (request: RoutedRequest) => {
        const place = table.find(request)
        return place === undefined ? undefined : matches[place]
      },
    })
    return this.#virtualHosts.store(cacheId, inputs, host)
  }

  #route(config: Route, wins: boolean): RouteEntry {
    const routes = wins ? this.#routesWithMostSpecificWinning : this.#routes
    const inputs = [config, ...this.#partsOf(config)]
    const entry =
      routes.reuse(config.id, inputs) ??
      routes.store(config.id, inputs, this.#compileRoute(config, wins))
    this.#matchers.keep(config.id)
    this.#report(entry.errors)
    return entry
  }

  /** What the route refers to, compiled. */
  #partsOf({ action, policyIds }: Route): unknown[] {
    const policies = [...policyIds]
    const backends: string[] = []
    if (action.type === 'forward') {
      const mirrors = [...action.mirrors]
      for (const destination of action.destinations) {
        if ('unavailable' in destination) continue
        policies.push(...destination.policyIds)
        if ('redirect' in destination) continue
        backends.push(destination.backendId)
        if (destination.overrides !== undefined) mirrors.push(...destination.overrides.mirrors)
      }
      for (const { backendId } of mirrors) backends.push(backendId)
    }
    return [...policies.map((id) => this.#policy(id)), ...backends.map((id) => this.#backend(id))]
  }

  #compileRoute(config: Route, wins: boolean): RouteEntry {
    this.#compiledRoutes += 1
    const { matchers, problems } = this.#matchersOf(config)
    const [problem] = problems
    const result =
      problem === undefined
        ? this.#compileAction(config, wins)
        : unavailableRoute(config, failure(problem))
    const { route } = result
    return {
      matchers,
      matches: matchers.map(({ path }) => Object.freeze({ route, path })),
      errors:
        problem === undefined
          ? result.errors
          : problems.map((message) => ({ origin: config.origin, message })),
    }
  }

  #compileAction(config: Route, wins: boolean): RouteResult {
    try {
      return compileRoute(config, {
        policy: (id) => this.#policy(id),
        backend: (id) => this.#backend(id),
        mostSpecificHeaderMutationsWin: wins,
      })
    } catch (error) {
      return unavailableRoute(config, unexpected(error))
    }
  }

  #matchersOf(config: Route): MatchersResult {
    const result = compileOnce(this.#matchers, { id: config.id, inputs: [config.matchers] }, () =>
      compileMatchers(config.matchers),
    )
    if (!isFailure(result)) return result
    return { matchers: [], problems: [result.message] }
  }

  #policy(id: string): CompiledPolicy | Failure {
    const done = this.#policies.ofThisBuild(id)
    if (done !== undefined) return done
    const config = this.#nodes.policies.get(id)
    return compileOnce(this.#policies, { id, inputs: this.#inputsOf(config) }, () => {
      if (config === undefined) return failure(`Policy ${id} does not exist.`)
      const compiled = this.#services.compilePolicy(config)
      return 'code' in compiled ? failure(compiled.message) : Object.freeze(compiled)
    })
  }

  #backend(id: string): CompiledBackend | Failure {
    const result = this.#backends.ofThisBuild(id) ?? this.#backendResult(id)
    return isFailure(result) ? result : result.backend
  }

  #backendResult(id: string): BackendResult | Failure {
    const config = this.#nodes.backends.get(id)
    const inputs = this.#inputsOf(config)
    const result = compileOnce(this.#backends, { id, inputs }, () =>
      config === undefined
        ? { backend: failure(`Backend ${id} does not exist.`, 'backend-not-found'), errors: [] }
        : compileBackend(config, this.#services),
    )
    if (!isFailure(result)) this.#report(result.errors)
    else if (config !== undefined)
      this.#report([{ origin: config.origin, message: result.message }])
    return result
  }

  #inputsOf(config: object | undefined): readonly unknown[] {
    return config === undefined ? [] : [config, ...this.#services.secrets.dependenciesOf(config)]
  }
}

/** From this build, an earlier one, or `compile`; a defect of `compile` costs only what it compiles. */
function compileOnce<Output>(
  cache: CompileCache<Output | Failure>,
  { id, inputs }: { id: string; inputs: readonly unknown[] },
  compile: () => Output | Failure,
): Output | Failure {
  const known = cache.ofThisBuild(id) ?? cache.reuse(id, inputs)
  if (known !== undefined) return known
  try {
    return cache.store(id, inputs, compile())
  } catch (error) {
    return cache.store(id, inputs, unexpected(error))
  }
}

function unexpected(error: unknown): Failure {
  return failure(`It cannot be compiled: ${error instanceof Error ? error.message : String(error)}`)
}
