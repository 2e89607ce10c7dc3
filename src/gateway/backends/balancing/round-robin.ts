import type { EndpointRuntime } from '../endpoints/endpoint-runtime.ts'
import type { Balancer } from './balancer.ts'

/** Each in turn, as often as its weight says, spread evenly (smooth weighted round-robin). */
export class RoundRobinBalancer implements Balancer {
  readonly #random: () => number
  #endpoints: readonly EndpointRuntime[] = []
  #credits: number[] = []
  #totalWeight = 0
  #equal = true
  #next = 0

  constructor(random: () => number) {
    this.#random = random
  }

  pick(endpoints: readonly EndpointRuntime[]): EndpointRuntime | undefined {
    if (endpoints !== this.#endpoints) this.#begin(endpoints)
    if (!this.#equal) return this.#pickByCredit()
    const endpoint = endpoints[this.#next]
    this.#next = this.#next + 1 === endpoints.length ? 0 : this.#next + 1
    return endpoint
  }

  /** Workers begin at different places, so that they do not all go to the first endpoint. */
  #begin(endpoints: readonly EndpointRuntime[]): void {
    const weights = endpoints.map((endpoint) => endpoint.config.weight)
    this.#endpoints = endpoints
    this.#credits = weights.map(() => 0)
    this.#totalWeight = weights.reduce((sum, weight) => sum + weight, 0)
    this.#equal = weights.every((weight) => weight === weights[0])
    this.#next = Math.floor(this.#random() * endpoints.length)
  }

  #pickByCredit(): EndpointRuntime | undefined {
    let best = 0
    for (const [index, endpoint] of this.#endpoints.entries()) {
      const credit = (this.#credits[index] ?? 0) + endpoint.config.weight
      this.#credits[index] = credit
      if (credit > (this.#credits[best] ?? 0)) best = index
    }
    this.#credits[best] = (this.#credits[best] ?? 0) - this.#totalWeight
    return this.#endpoints[best]
  }
}
