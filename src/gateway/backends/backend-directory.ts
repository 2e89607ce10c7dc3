import { backendRowKey, EndpointTable } from '../../link/endpoint-table.ts'
import type { CompiledBackend, Snapshot } from '../../snapshot/snapshot.ts'
import { PoolDirectory } from '../upstream/pool-directory.ts'
import { BackendRuntime } from './backend-runtime.ts'
import type { BackendServices } from './backend-services.ts'
import type { TableRow } from './endpoints/table-row.ts'

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
