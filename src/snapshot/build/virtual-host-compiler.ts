import type { Listener } from '../../ir/listener.ts'
import type { VirtualHost } from '../../ir/virtual-host.ts'
import { RouteTable } from '../matching/route-table.ts'
import { HashedVirtualHostTable } from '../matching/virtual-host-table.ts'
import type { CompiledVirtualHost, RoutedRequest } from '../snapshot.ts'
import type { BuildErrors } from './build-errors.ts'
import { CompileCache } from './compile-cache.ts'
import type { NodeStore } from './node-store.ts'
import type { RouteCompiler, RouteEntry } from './route-compiler.ts'

// A route that is used again takes about a microsecond, no more than a pause does.
const reusedPerPause = 64

/** Compiles virtual hosts, and the tables that find one by a host name. */
export class VirtualHostCompiler {
  readonly #nodes: NodeStore
  readonly #routes: RouteCompiler
  readonly #errors: BuildErrors
  readonly #virtualHosts = new CompileCache<CompiledVirtualHost>()
  /** Of virtual hosts: changes that touch no matcher leave them as they are. */
  readonly #tables = new CompileCache<RouteTable>()
  readonly caches = [this.#virtualHosts, this.#tables] as const

  constructor(nodes: NodeStore, routes: RouteCompiler, errors: BuildErrors) {
    this.#nodes = nodes
    this.#routes = routes
    this.#errors = errors
  }

  /** The table of a listener, or of one of its TLS chains. */
  *compileTable(
    { origin }: Listener,
    ids: readonly string[],
    wins: boolean,
  ): Generator<void, HashedVirtualHostTable> {
    const table = new HashedVirtualHostTable()
    for (const id of ids) {
      const config = this.#nodes.virtualHosts.get(id)
      if (config === undefined) {
        this.#errors.add([{ origin, message: `Virtual host ${id} does not exist.` }])
        continue
      }
      const host = yield* this.#virtualHost(config, wins)
      for (const domain of config.domains) {
        const conflict = table.add(domain, host)
        if (conflict === undefined) continue
        const message = `Domain "${domain}" belongs to virtual host ${conflict.holder.name} already.`
        this.#errors.add([{ origin: config.origin, message }])
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
        this.#errors.add([{ origin: config.origin, message: `Route ${id} does not exist.` }])
        continue
      }
      const compiledBefore = this.#routes.compiled
      routes.push(this.#routes.compile(route, wins))
      const isCompiled = this.#routes.compiled > compiledBefore
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
}
