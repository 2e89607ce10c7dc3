import type { CounterTable } from './counter-table.ts'
import { StripedLock } from './striped-lock.ts'

/**
 * The memory of what is reserved: a header with the lock under which claims are compared with their limits, and for each owner
 * records of four 32-bit cells: the slot of the counter or 0, the end of its window, and the amount as one 64-bit cell.
 */
const headerCells = 16
const recordCells = 4
const recordsPerOwner = 16_384
const [slotCell, expiryCell, amountCell] = [0, 1, 2]

/** New memory for the reservations of `owners` threads. */
export function createReservationMemory(owners: number): SharedArrayBuffer {
  return new SharedArrayBuffer((headerCells + owners * recordsPerOwner * recordCells) * 4)
}

/** What one thread has reserved. Only it writes its records while it lives. */
export class ReservationRecords {
  readonly #cells: Int32Array
  readonly #amounts: BigInt64Array
  readonly #lock: StripedLock
  readonly #first: number
  readonly #free: number[] = []
  #unused = 0

  constructor(memory: SharedArrayBuffer, owner: number) {
    this.#cells = new Int32Array(memory)
    this.#amounts = new BigInt64Array(memory)
    this.#lock = new StripedLock(this.#cells, 0)
    this.#first = headerCells + owner * recordsPerOwner * recordCells
  }

  /** Runs `action` while no other owner reserves. */
  exclusively<T>(action: () => T): T {
    return this.#lock.run(0, action)
  }

  hasRoomFor(count: number): boolean {
    return this.#free.length + recordsPerOwner - this.#unused >= count
  }

  /** Notes an amount that was added to a slot. There must be room. */
  hold(slot: number, expiry: number, amount: number): number {
    const record = this.#free.pop() ?? this.#first + this.#unused++ * recordCells
    this.#cells[record + expiryCell] = expiry
    this.#amounts[(record + amountCell) >> 1] = BigInt(amount)
    Atomics.store(this.#cells, record + slotCell, slot)
    return record
  }

  /** Forgets the record and puts `cost` in the place of its amount, unless the window is over. */
  settle(record: number, cost: number, { table, nowMs }: SettleInto): void {
    this.#close(record, cost, { table, nowMs })
    this.#free.push(record)
  }

  /** Gives back what this owner holds; for when its thread has ended, and before another takes its place. */
  releaseAll(into: SettleInto): void {
    const end = this.#first + recordsPerOwner * recordCells
    for (let record = this.#first; record < end; record += recordCells) {
      if (Atomics.load(this.#cells, record + slotCell) !== 0) this.#close(record, 0, into)
    }
  }

  #close(record: number, cost: number, { table, nowMs }: SettleInto): void {
    const slot = Atomics.exchange(this.#cells, record + slotCell, 0)
    const expiry = this.#cells[record + expiryCell] ?? 0
    const amount = Number(this.#amounts[(record + amountCell) >> 1] ?? 0n)
    // A slot is given away only after its window: until then it is still this counter's.
    if (nowMs < expiry * 1000 && table.expiryOf(slot) === expiry) table.add(slot, cost - amount)
  }
}

/** Where amounts are counted, and when. */
export interface SettleInto {
  readonly table: CounterTable
  readonly nowMs: number
}
