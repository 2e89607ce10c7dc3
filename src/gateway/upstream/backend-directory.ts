import { backendRowKey, EndpointTable } from '../../link/endpoint-table.ts'
import type { CompiledBackend, Snapshot } from '../../snapshot/snapshot.ts'
import { BackendRuntime } from './backend-runtime.ts'
import type { Connector } from './connector.ts'
import { PoolDirectory } from './pool-directory.ts'

/** What the runtime of backends stands on. */
export interface BackendServices {
  readonly table: EndpointTable
  readonly workerIndex: number
  readonly connector: Connector
  /** PEM of authorities trusted beside the system's. */
  readonly extraAuthorities: readonly string[]
  now(): number
  random(): number
  /** An endpoint was taken out, for the log. */
  endpointEvent(endpointId: string, event: string): void
}

/** A row of a table: the shared one, or one of its own for an id that has no row there. */
export interface TableRow {
  readonly table: EndpointTable
  readonly row: number
}

/** Finds the running side of a compiled backend: connections and state, which outlive snapshots. */
export class BackendDirectory {
  readonly services: BackendServices
  readonly #pools: PoolDirectory
  #rows: ReadonlyMap<string, number> = new Map()
  #runtimes = new WeakMap<CompiledBackend, BackendRuntime>()

  constructor(services: BackendServices) {
    this.services = services
    this.#pools = new PoolDirectory(services)
  }

  /** Rows of the shared table by endpoint id and {@link backendRowKey}; sent before what needs them. */
  setRows(rows: ReadonlyMap<string, number>): void {
    this.#rows = rows
    // Whoever had no row has one now.
    this.#runtimes = new WeakMap()
  }

  get(backend: CompiledBackend): BackendRuntime {
    const known = this.#runtimes.get(backend)
    if (known !== undefined) return known
    const runtime = new BackendRuntime(backend, {
      services: this.services,
      pools: this.#pools,
      backendRow: this.#rowOf(backendRowKey(backend.config.id)),
      endpointRows: backend.config.endpoints.map((endpoint) => this.#rowOf(endpoint.id)),
    })
    this.#runtimes.set(backend, runtime)
    return runtime
  }

  /** Closes the connections to endpoints that `snapshot` does not name; requests in flight finish. */
  retain(snapshot: Snapshot): void {
    this.#pools.retain(snapshot.backends.values())
  }

  /** Connections to these names, in lower case, take no new requests: they lead elsewhere now. */
  forgetHosts(hosts: ReadonlySet<string>): void {
    if (hosts.size === 0) return
    this.#pools.forgetHosts(hosts)
    this.#runtimes = new WeakMap()
  }

  /** Closes idle connections and everything else when it has finished. */
  close(): void {
    this.#pools.retain([])
  }

  #rowOf(id: string): TableRow {
    const row = this.#rows.get(id)
    if (row !== undefined) return { table: this.services.table, row }
    const workers = this.services.workerIndex + 1
    return { table: EndpointTable.create({ rows: 1, workers }, this.services.now()), row: 0 }
  }
}
