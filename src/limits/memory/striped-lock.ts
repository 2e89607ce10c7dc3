const free = 0
const held = 1
const waitedFor = 2

/** A holder that takes this long has died: what is done under a lock takes microseconds. */
const abandonedAfterMs = 250

/** One lock of shared memory: waits asleep, and takes over from a thread that ended while it held it. */
export class StripedLock {
  readonly #cells: Int32Array
  readonly #firstCell: number

  constructor(cells: Int32Array, firstCell: number) {
    this.#cells = cells
    this.#firstCell = firstCell
  }

  /** Runs `action` while no other thread runs one under the same `stripe`. */
  run<T>(stripe: number, action: () => T): T {
    const cell = this.#firstCell + stripe
    this.#acquire(cell)
    try {
      return action()
    } finally {
      if (Atomics.exchange(this.#cells, cell, free) === waitedFor) {
        Atomics.notify(this.#cells, cell)
      }
    }
  }

  #acquire(cell: number): void {
    if (Atomics.compareExchange(this.#cells, cell, free, held) === free) return
    while (Atomics.exchange(this.#cells, cell, waitedFor) !== free) {
      if (Atomics.wait(this.#cells, cell, waitedFor, abandonedAfterMs) === 'timed-out') return
    }
  }
}
