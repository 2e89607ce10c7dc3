import type { Reservation } from '../counter-store.ts'
import { type CounterPlace, timeToLiveMs } from './counter-place.ts'
import type { RedisConnection } from './redis-connection.ts'

/** One counter that a reservation holds a part of. */
export interface Hold {
  readonly place: CounterPlace
  /** Names the part among all that are reserved of the counter; ends with its amount. */
  readonly member: string
}

interface Settlement {
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
}

/** Settlements kept while the server is away; of more the oldest are lost, and end by themselves. */
const maxWaiting = 10_000

/** So many at once keep the server from others for a moment only, and are done within the time that it has. */
const batchSize = 200

function batchesOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / batchSize)
  return Array.from({ length: count }, (_, batch) =>
    items.slice(batch * batchSize, (batch + 1) * batchSize),
  )
}

/** What one store has reserved: renewed until it is settled, and settled even if the server is away for a while. */
export class OpenReservations {
  readonly #connection: RedisConnection
  readonly #leaseMs: number
  readonly #holds = new Map<string, readonly Hold[]>()
  #waiting: Settlement[] = []

  constructor(connection: RedisConnection, leaseMs: number) {
    this.#connection = connection
    this.#leaseMs = leaseMs
  }

  add(id: string, holds: readonly Hold[]): Reservation {
    this.#holds.set(id, holds)
    return {
      settle: (costs, nowMs) => {
        if (!this.#holds.delete(id)) return
        const settlement = settlementOf(holds, costs, nowMs)
        if (settlement.keys.length > 0) void this.#settle(settlement)
      },
    }
  }

  /** To be called several times within the time that a reservation outlives its owner. */
  async renew(): Promise<void> {
    for (const holds of batchesOf([...this.#holds.values()].flat())) {
      const keys = holds.map(({ place }) => place.keys[1])
      const members = holds.map(({ member }) => member)
      await this.#connection.run('sluiceRenew', keys, [this.#leaseMs, ...members])
    }
  }

  /** Settles what could not be settled while the server was away or full. */
  async settleWaiting(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    for (const batch of batchesOf(waiting)) {
      await Promise.all(batch.map((settlement) => this.#settle(settlement)))
    }
  }

  async #settle(settlement: Settlement): Promise<void> {
    const done = await this.#connection.run('sluiceSettle', settlement.keys, settlement.args)
    if (done !== undefined && done !== 'full') return
    this.#waiting.push(settlement)
    if (this.#waiting.length > maxWaiting) this.#waiting.shift()
  }
}

function settlementOf(holds: readonly Hold[], costs: readonly number[], nowMs: number): Settlement {
  const keys: string[] = []
  const args: (string | number)[] = []
  for (const [index, { place, member }] of holds.entries()) {
    if (nowMs >= place.endMs) continue
    keys.push(...place.keys)
    args.push(member, costs[index] ?? 0, timeToLiveMs(place, nowMs))
  }
  return { keys, args }
}
