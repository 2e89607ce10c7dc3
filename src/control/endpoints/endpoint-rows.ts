import type { Configuration } from '../../ir/configuration.ts'
import { backendRowKey, type EndpointRowAllocator } from '../../link/endpoint-table.ts'

/** Keeps the rows of the shared endpoint table in step with the configuration. */
export class EndpointRows {
  readonly #allocator: EndpointRowAllocator
  #current: ReadonlyMap<string, number> = new Map()
  #backends: Configuration['backends'] | undefined

  constructor(allocator: EndpointRowAllocator) {
    this.#allocator = allocator
  }

  get current(): ReadonlyMap<string, number> {
    return this.#current
  }

  /** The rows when they are others than before; undefined when workers know them already. */
  update({ backends }: Configuration): ReadonlyMap<string, number> | undefined {
    if (backends === this.#backends) return undefined
    this.#backends = backends
    const ids = [...backends.values()].flatMap((backend) => [
      backendRowKey(backend.id),
      ...backend.endpoints.map((endpoint) => endpoint.id),
    ])
    const same =
      new Set(ids).size === this.#current.size && ids.every((id) => this.#current.has(id))
    if (same) return undefined
    this.#current = this.#allocator.assign(ids)
    return this.#current
  }
}
