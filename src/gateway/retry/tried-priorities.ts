import type { BackendRuntime } from '../backends/backend-runtime.ts'
import type { EndpointRuntime } from '../backends/endpoints/endpoint-runtime.ts'

/**
 * Sends tries on to the next priority after so many at those before, and begins again when every priority had its turn
 * (Envoy's previous priorities, source/extensions/retry/priority/previous_priorities).
 */
export class TriedPriorities {
  readonly #updateFrequency: number
  readonly #attempted: number[] = []
  readonly #tried = new Set<number>()

  constructor(updateFrequency: number) {
    this.#updateFrequency = Math.max(1, updateFrequency)
  }

  pick(backend: BackendRuntime, hash: number | undefined): EndpointRuntime | undefined {
    const { length } = this.#attempted
    if (length > 0 && length % this.#updateFrequency === 0) {
      for (const priority of this.#attempted) this.#tried.add(priority)
    }
    const endpoint = backend.pick(hash, this.#tried) ?? this.#beginAgain(backend, hash)
    if (endpoint !== undefined) this.#attempted.push(endpoint.config.priority)
    return endpoint
  }

  #beginAgain(backend: BackendRuntime, hash: number | undefined): EndpointRuntime | undefined {
    if (this.#tried.size === 0) return undefined
    this.#tried.clear()
    this.#attempted.length = 0
    return backend.pick(hash)
  }
}
