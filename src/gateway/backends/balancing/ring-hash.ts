import type { EndpointRuntime } from '../endpoints/endpoint-runtime.ts'
import type { Balancer } from './balancer.ts'
import { hashText } from './hash-text.ts'

/** The bounds of a ring's size. */
export interface RingSize {
  readonly minimumRingSize: number
  readonly maximumRingSize: number
}

interface Ring {
  readonly hashes: Uint32Array
  readonly owners: readonly EndpointRuntime[]
}

/** Consistent hashing on a ring: an endpoint that comes or goes moves only its own share. */
export class RingHashBalancer implements Balancer {
  readonly #size: RingSize
  readonly #random: () => number
  #endpoints: readonly EndpointRuntime[] = []
  #ring: Ring = { hashes: new Uint32Array(), owners: [] }

  constructor(size: RingSize, random: () => number) {
    this.#size = size
    this.#random = random
  }

  pick(
    endpoints: readonly EndpointRuntime[],
    hash: number | undefined,
  ): EndpointRuntime | undefined {
    if (endpoints !== this.#endpoints) {
      this.#endpoints = endpoints
      this.#ring = createRing(endpoints, this.#size)
    }
    return findOwner(this.#ring, hash ?? Math.floor(this.#random() * 2 ** 32))
  }
}

function createRing(endpoints: readonly EndpointRuntime[], size: RingSize): Ring {
  const weights = endpoints.map((endpoint) => endpoint.config.weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const lightest = Math.min(...weights)
  // The lightest endpoint gets a whole number of points where the bounds allow it, as Envoy scales rings.
  const wanted = Math.ceil((lightest / total) * size.minimumRingSize) * (total / lightest)
  const points = Math.min(Math.max(wanted, endpoints.length), size.maximumRingSize)
  const entries: { hash: number; owner: EndpointRuntime }[] = []
  for (const owner of endpoints) {
    const share = Math.max(1, Math.round((owner.config.weight / total) * points))
    for (let point = 0; point < share; point += 1) {
      entries.push({ hash: hashText(`${owner.hostPort}_${point}`), owner })
    }
  }
  entries.sort((left, right) => left.hash - right.hash)
  return {
    hashes: Uint32Array.from(entries, (entry) => entry.hash),
    owners: entries.map((entry) => entry.owner),
  }
}

function findOwner({ hashes, owners }: Ring, hash: number): EndpointRuntime | undefined {
  let low = 0
  let high = hashes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hashes[middle] ?? 0) < hash) low = middle + 1
    else high = middle
  }
  return owners[low === owners.length ? 0 : low]
}
