import type { Configuration } from '../../ir/configuration.ts'
import { backendRowKey, type EndpointRowAllocator } from '../../link/endpoint-table.ts'

/** Keeps the rows of the shared endpoint table in step with the configuration. */
export class EndpointRows {
  readonly #allocator: EndpointRowAllocator
  #current: ReadonlyMap<string, number> = new Map()
  #backends: Configuration['backends'] | undefined
  #ids: ReadonlySet<string> = new Set()
  readonly #onFull: (idsWithoutRow: number) => void

  /** `onFull` hears how many endpoints and backends got no row, whenever they change. */
  constructor(allocator: EndpointRowAllocator, onFull: (idsWithoutRow: number) => void) {
    this.#allocator = allocator
    this.#onFull = onFull
  }

  get current(): ReadonlyMap<string, number> {
    return this.#current
  }

  /** The rows when they are others than before; undefined when workers know them already. */
  update({ backends }: Configuration): ReadonlyMap<string, number> | undefined {
    if (backends === this.#backends) return undefined
    this.#backends = backends
    const ids = new Set(
      [...backends.values()].flatMap((backend) => [
        backendRowKey(backend.id),
        ...backend.endpoints.map((endpoint) => endpoint.id),
      ]),
    )
    const same = ids.size === this.#ids.size && [...ids].every((id) => this.#ids.has(id))
    if (same) return undefined
    this.#ids = ids
    this.#current = this.#allocator.assign(ids)
    if (this.#current.size < ids.size) this.#onFull(ids.size - this.#current.size)
    return this.#current
  }
}
