import type { ConfigurationError } from '../../ir/configuration.ts'
import type { Listener } from '../../ir/listener.ts'
import {
  type CompiledAccessLog,
  compileAccessLog,
} from '../compile/access-log/compile-access-log.ts'
import { compileTlsChain, type TlsChainResult } from '../compile/compile-tls-chain.ts'
import { type Failure, isFailure } from '../compile/failure.ts'
import type { CompiledBackend, CompiledListener, CompiledTlsChain, Snapshot } from '../snapshot.ts'
import { BuildErrors } from './build-errors.ts'
import { CompileCache } from './compile-cache.ts'
import { compileOnce } from './compile-once.ts'
import type { CompilerServices } from './compiler-services.ts'
import type { NodeStore } from './node-store.ts'
import { PartCompiler } from './part-compiler.ts'
import { RouteCompiler } from './route-compiler.ts'
import { VirtualHostCompiler } from './virtual-host-compiler.ts'

/** A snapshot and every node that is broken in it. */
export interface Build {
  readonly snapshot: Snapshot
  readonly errors: readonly ConfigurationError[]
}

/** Makes snapshots of a node store, using again what has not changed since the one before. */
export class SnapshotCompiler {
  readonly #nodes: NodeStore
  readonly #services: CompilerServices
  readonly #errors = new BuildErrors()
  readonly #parts: PartCompiler
  readonly #virtualHosts: VirtualHostCompiler
  readonly #tlsChains = new CompileCache<TlsChainResult | Failure>()
  readonly #accessLogs = new CompileCache<CompiledAccessLog | Failure>()
  readonly #caches: readonly Pick<CompileCache<unknown>, 'startBuild' | 'endBuild'>[]

  constructor(nodes: NodeStore, services: CompilerServices) {
    this.#nodes = nodes
    this.#services = services
    this.#parts = new PartCompiler(nodes, services, this.#errors)
    const routes = new RouteCompiler(this.#parts, this.#errors)
    this.#virtualHosts = new VirtualHostCompiler(nodes, routes, this.#errors)
    this.#caches = [
      ...[...this.#parts.caches, ...routes.caches, ...this.#virtualHosts.caches],
      ...[this.#tlsChains, this.#accessLogs],
    ]
  }

  /** Builds the snapshot of the nodes as they are; every `yield` is a place to pause. Never throws. */
  *build(generation: number): Generator<void, Build> {
    this.#errors.clear()
    for (const cache of this.#caches) cache.startBuild()
    const backends = new Map<string, CompiledBackend>()
    for (const id of this.#nodes.backends.keys()) {
      const backend = this.#parts.backend(id)
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
    return { snapshot, errors: this.#errors.list() }
  }

  *#listener(config: Listener): Generator<void, CompiledListener> {
    const wins = config.http.mostSpecificHeaderMutationsWin
    const virtualHosts = yield* this.#virtualHosts.compileTable(config, config.virtualHostIds, wins)
    const tlsChains: CompiledTlsChain[] = []
    for (const [index, chain] of (config.tls ?? []).entries()) {
      const inputs = [chain, ...this.#services.secrets.dependenciesOf(chain)]
      const compiled = compileOnce(this.#tlsChains, { id: `${config.id} ${index}`, inputs }, () =>
        compileTlsChain(chain, this.#services),
      )
      yield
      if (isFailure(compiled)) {
        this.#errors.add([{ origin: chain.origin, message: compiled.message }])
        continue
      }
      this.#errors.add(compiled.warnings.map((message) => ({ origin: chain.origin, message })))
      const table = yield* this.#virtualHosts.compileTable(config, chain.virtualHostIds, wins)
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
      this.#errors.add([{ origin: config.origin, message: compiled.message }])
      return []
    })
  }
}
