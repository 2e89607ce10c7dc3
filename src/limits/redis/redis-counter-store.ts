import type {
  Claim,
  CounterHit,
  CounterStore,
  CounterTotal,
  ReserveResult,
} from '../counter-store.ts'
import { placeOf, timeToLiveMs } from './counter-place.ts'
import { OpenReservations } from './open-reservations.ts'
import { RedisConnection } from './redis-connection.ts'

/** How the store is reached, and what it may take. */
export interface RedisCounterOptions {
  /** `redis://` or `rediss://`, with credentials where the server asks for them. */
  readonly url: string
  /** How long a request waits for an answer. */
  readonly timeoutMs: number
  /** How long a reservation outlives its owner. Owners renew theirs three times in this time. */
  readonly leaseMs: number
  /** Different for every store of all processes; what it reserves is named after it. */
  readonly owner: string
  /** Called when the server has gone or come back, once at first included. `reason` is free of credentials. */
  readonly onChange: (connected: boolean, reason: string) => void
}

/** Counters in a Redis or Valkey server that several processes share. */
export class RedisCounterStore implements CounterStore {
  readonly #options: RedisCounterOptions
  readonly #connection: RedisConnection
  readonly #reservations: OpenReservations
  readonly #renewal: NodeJS.Timeout
  #uncountedHits = 0
  #reserved = 0

  constructor(options: RedisCounterOptions) {
    this.#options = options
    this.#connection = new RedisConnection(options.url, options.timeoutMs, {
      onChange: options.onChange,
      onReady: () => void this.#reservations.settleWaiting(),
    })
    this.#reservations = new OpenReservations(this.#connection, options.leaseMs)
    const renew = () => {
      void this.#reservations.renew()
      void this.#reservations.settleWaiting()
    }
    this.#renewal = setInterval(renew, options.leaseMs / 3).unref()
  }

  /** Hits of this thread that could not be counted. */
  get uncountedHits(): number {
    return this.#uncountedHits
  }

  /** Every counter stands alone. */
  readonly sharedHits = 0

  get connected(): boolean {
    return this.#connection.connected
  }

  /** Resolves when what has been settled so far is there; before the process ends. */
  flush(): Promise<void> {
    return this.#connection.idle()
  }

  close(): void {
    clearInterval(this.#renewal)
    this.#connection.close()
  }

  async add(hits: readonly CounterHit[], nowMs: number): Promise<readonly CounterTotal[]> {
    if (hits.length === 0) return []
    const places = hits.map(({ key, window }) => placeOf(key, window, nowMs))
    const keys = places.flatMap((place) => place.keys)
    const args = places.flatMap((place, index) => [
      ...[hits[index]?.cost ?? 0, timeToLiveMs(place, nowMs)],
    ])
    const totals = await this.#run('sluiceAdd', keys, args)
    if (Array.isArray(totals)) return totals
    this.#uncountedHits += hits.length
    return hits.map(() => (totals === 'full' ? Number.POSITIVE_INFINITY : undefined))
  }

  async reserve(claims: readonly Claim[], nowMs: number): Promise<ReserveResult> {
    const id = `${this.#options.owner}:${++this.#reserved}`
    const holds = claims.map(({ key, window, cost }, index) => ({
      place: placeOf(key, window, nowMs),
      member: `${id}:${index}:${cost}`,
    }))
    const keys = holds.flatMap(({ place }) => place.keys)
    const args = holds.flatMap(({ place, member }, index) => {
      const { cost = 0, limit = 0 } = claims[index] ?? {}
      return [member, cost, limit, timeToLiveMs(place, nowMs)]
    })
    const answer =
      claims.length === 0
        ? [0]
        : await this.#run('sluiceReserve', keys, [this.#options.leaseMs, ...args])
    if (!Array.isArray(answer)) {
      this.#uncountedHits += claims.length
      return { type: answer === 'full' ? 'full' : 'unavailable' }
    }
    const [over = 0, ...totals] = answer
    if (over > 0) return { type: 'over-limit', over: over - 1, totals }
    return { type: 'reserved', reservation: this.#reservations.add(id, holds), totals }
  }

  async #run(
    name: 'sluiceAdd' | 'sluiceReserve',
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<number[] | 'full' | undefined> {
    await this.#connection.firstAttempt
    const answer = await this.#connection.run(name, keys, args)
    if (answer === 'full') return answer
    return Array.isArray(answer) ? answer.map(Number) : undefined
  }
}
