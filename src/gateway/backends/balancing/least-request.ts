import type { EndpointRuntime } from '../endpoints/endpoint-runtime.ts'
import { type Balancer, pickWeighted } from './balancer.ts'

/** The least busy of N endpoints drawn at random; weights are drawn by. Counts are those of all workers. */
export class LeastRequestBalancer implements Balancer {
  readonly #choiceCount: number
  readonly #random: () => number

  constructor(choiceCount: number, random: () => number) {
    this.#choiceCount = Math.max(2, choiceCount)
    this.#random = random
  }

  pick(endpoints: readonly EndpointRuntime[]): EndpointRuntime | undefined {
    let best: EndpointRuntime | undefined
    let bestActive = 0
    for (let choice = 0; choice < this.#choiceCount; choice += 1) {
      const candidate = pickWeighted(endpoints, this.#random())
      if (candidate === undefined) continue
      const active = candidate.activeRequests()
      if (best === undefined || active < bestActive) {
        best = candidate
        bestActive = active
      }
    }
    return best
  }
}
