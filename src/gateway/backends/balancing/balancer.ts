import type { EndpointRuntime } from '../endpoints/endpoint-runtime.ts'

/** Chooses among two or more endpoints. */
export interface Balancer {
  /**
   * `endpoints` is the same array as long as nothing changed, so a balancer may keep what it computed of it.
   * `hash` is a 32-bit number of the request, undefined when it has nothing to hash.
   */
  pick(endpoints: readonly EndpointRuntime[], hash: number | undefined): EndpointRuntime | undefined
}

/** The endpoint at `position` (0 to 1) of all weights laid side by side. */
export function pickWeighted(
  endpoints: readonly EndpointRuntime[],
  position: number,
): EndpointRuntime | undefined {
  let total = 0
  for (const endpoint of endpoints) total += endpoint.config.weight
  let rest = position * total
  for (const endpoint of endpoints) {
    rest -= endpoint.config.weight
    if (rest < 0) return endpoint
  }
  return endpoints.at(-1)
}
