import type {
  Claim,
  CounterHit,
  CounterStore,
  CounterTotal,
  Reservation,
  ReserveResult,
} from '../counter-store.ts'
import type { CounterMemory } from './counter-memory.ts'
import { CounterTable } from './counter-table.ts'
import { ReservationRecords } from './reservation-records.ts'

/** Counters in memory that all threads of a process share; see {@link createCounterMemory}. */
export class MemoryCounterStore implements CounterStore {
  readonly #table: CounterTable
  readonly #records: ReservationRecords
  #uncountedHits = 0
  #sharedHits = 0

  /** `owner` tells threads apart that share the memory. */
  constructor({ counters, reservations }: CounterMemory, owner = 0) {
    this.#table = new CounterTable(counters)
    this.#records = new ReservationRecords(reservations, owner)
  }

  /** Calls of this thread for which nothing could be reserved, as more are held than there is room for. */
  get uncountedHits(): number {
    return this.#uncountedHits
  }

  /** Hits of this thread on counters that stand together with others, as the table is full. */
  get sharedHits(): number {
    return this.#sharedHits
  }

  /** Memory is always there. */
  readonly connected = true

  /** What is settled is there at once. */
  async flush(): Promise<void> {}

  add(hits: readonly CounterHit[], nowMs: number): readonly CounterTotal[] {
    return hits.map((hit) => this.#table.add(this.#slotOf(hit, nowMs), hit.cost))
  }

  #slotOf({ key, window }: CounterHit, nowMs: number): number {
    const slot = this.#table.slotOf(key, window, nowMs)
    if (this.#table.isShared(slot)) this.#sharedHits += 1
    return slot
  }

  reserve(claims: readonly Claim[], nowMs: number): ReserveResult {
    return this.#records.exclusively(() => this.#reserve(claims, nowMs))
  }

  #reserve(claims: readonly Claim[], nowMs: number): ReserveResult {
    if (!this.#records.hasRoomFor(claims.length)) {
      this.#uncountedHits += 1
      return { type: 'full' }
    }
    const slots = claims.map((claim) => this.#slotOf(claim, nowMs))
    const totals = slots.map((slot) => this.#table.add(slot, 0))
    const over = findOver(claims, slots, totals)
    if (over !== undefined) return { type: 'over-limit', over, totals }
    const records = claims.map(({ cost }, index) => this.#hold(slots[index] ?? 0, cost))
    return {
      type: 'reserved',
      reservation: this.#reservation(records),
      totals: slots.map((slot) => this.#table.add(slot, 0)),
    }
  }

  #hold(slot: number, cost: number): number {
    this.#table.add(slot, cost)
    return this.#records.hold(slot, this.#table.expiryOf(slot), cost)
  }

  #reservation(records: readonly number[]): Reservation {
    let open = true
    return {
      settle: (costs, nowMs) => {
        if (!open) return
        open = false
        const into = { table: this.#table, nowMs }
        for (const [index, record] of records.entries()) {
          this.#records.settle(record, costs[index] ?? 0, into)
        }
      },
    }
  }
}

/** The first claim that does not fit beside those before it on the same counter. */
function findOver(
  claims: readonly Claim[],
  slots: readonly number[],
  totals: readonly number[],
): number | undefined {
  const claimed = new Map<number, number>()
  for (const [index, { cost, limit }] of claims.entries()) {
    const slot = slots[index] ?? 0
    const total = claimed.get(slot) ?? totals[index] ?? 0
    if (total + cost > limit) return index
    claimed.set(slot, total + cost)
  }
  return undefined
}

/** Gives back what a thread that has ended had reserved; before another one takes its place. */
export function releaseReservations(memory: CounterMemory, owner: number, nowMs: number): void {
  const table = new CounterTable(memory.counters)
  new ReservationRecords(memory.reservations, owner).releaseAll({ table, nowMs })
}
