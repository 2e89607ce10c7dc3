import type { EndpointRuntime } from '../endpoints/endpoint-runtime.ts'
import type { Balancer } from './balancer.ts'
import { hashText } from './hash-text.ts'

/** A prime, as the permutation needs; Envoy's default. */
const tableSize = 65_537

/** Maglev hashing (https://research.google/pubs/pub44824/, section 3.4): even shares, a lookup per request. */
export class MaglevBalancer implements Balancer {
  readonly #random: () => number
  #endpoints: readonly EndpointRuntime[] = []
  #table: Int32Array = new Int32Array()

  constructor(random: () => number) {
    this.#random = random
  }

  pick(
    endpoints: readonly EndpointRuntime[],
    hash: number | undefined,
  ): EndpointRuntime | undefined {
    if (endpoints !== this.#endpoints) {
      this.#endpoints = endpoints
      this.#table = createTable(endpoints)
    }
    const slot = hash === undefined ? Math.floor(this.#random() * tableSize) : hash % tableSize
    return endpoints[this.#table[slot] ?? 0]
  }
}

function createTable(endpoints: readonly EndpointRuntime[]): Int32Array {
  const table = new Int32Array(tableSize).fill(-1)
  const heaviest = Math.max(...endpoints.map((endpoint) => endpoint.config.weight))
  const turns = endpoints.map((endpoint) => ({
    position: hashText(endpoint.hostPort, 1) % tableSize,
    step: (hashText(endpoint.hostPort, 2) % (tableSize - 1)) + 1,
    share: endpoint.config.weight / heaviest,
    owed: 0,
  }))
  let filled = 0
  while (filled < tableSize) {
    for (const [index, turn] of turns.entries()) {
      turn.owed += turn.share
      if (turn.owed < 1 || filled === tableSize) continue
      turn.owed -= 1
      while (table[turn.position] !== -1) turn.position = (turn.position + turn.step) % tableSize
      table[turn.position] = index
      filled += 1
    }
  }
  return table
}
