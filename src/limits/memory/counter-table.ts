import { hash } from 'node:crypto'
import { type Window, windowSeconds, windowStart } from '../counter-store.ts'
import { KnownSlots } from './known-slots.ts'
import { StripedLock } from './striped-lock.ts'
import { firstSlotCell, layout, sharedSlotsOf } from './table-layout.ts'

const beingTaken = -1

/** How many neighbours of its first slot a counter may stand in. */
const probes = 64

/**
 * How long after its window a slot is left alone, in seconds: a thread that found it just before may still be adding,
 * and the clocks of threads may differ a little.
 */
const graceSeconds = 2

/**
 * Counters in memory that all threads share; see {@link createCounterMemory}. Finding and adding take no lock. A
 * slot is given to a new counter only when the window of the one before is over. With every neighbour in use a counter shares a slot with
 * others of its window that find none: it counts more than is its own, but never less, so that nobody who makes many counters
 * switches off the limits of others.
 */
export class CounterTable {
  readonly #cells: Int32Array
  readonly #totals: BigInt64Array
  readonly #slots: number
  readonly #sharedSlots: number
  readonly #secret: string
  readonly #locks: StripedLock
  readonly #wanted = new Int32Array(layout.hashCells)
  readonly #known = new KnownSlots()

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory)
    this.#totals = new BigInt64Array(memory)
    this.#slots = this.#cells[layout.slotCountCell] ?? 0
    this.#sharedSlots = sharedSlotsOf(this.#slots)
    const secret = new Uint8Array(memory, layout.secretCell * 4, layout.secretCells * 4)
    this.#secret = Buffer.from(secret).toString('hex')
    this.#locks = new StripedLock(this.#cells, layout.headerCells)
  }

  /** The slot of a counter, made if it is not there. */
  slotOf(key: string, window: Window, nowMs: number): number {
    const start = windowStart(window, nowMs)
    const expiry = start + windowSeconds[window]
    const known = this.#known.get(key, window, start)
    // A caller whose clock is behind may ask for a window that is over, and whose slot is another's.
    if (known !== undefined && this.expiryOf(known) === expiry) return known
    this.#hashToWanted(`${this.#secret} ${window} ${start} ${key}`)
    const home = ((this.#wanted[0] ?? 0) >>> 0) % this.#slots
    const slot = this.#find(home) ?? this.#take(home, expiry, nowMs)
    if (slot === undefined) return this.#share(window, expiry)
    this.#known.set(key, window, { start, slot })
    return slot
  }

  /** True: counters that find no slot of their own are in it together. */
  isShared(slot: number): boolean {
    return slot >= this.#slotAtIndex(this.#slots)
  }

  /** The total after the addition. */
  add(slot: number, cost: number): number {
    const index = (slot + layout.totalCell) >> 1
    return Number(Atomics.add(this.#totals, index, BigInt(cost))) + cost
  }

  /** Unix time in seconds at which the window of the slot's counter ends. */
  expiryOf(slot: number): number {
    return Atomics.load(this.#cells, slot)
  }

  #hashToWanted(text: string): void {
    // As text it costs a third of what it costs as a buffer: 260 ns instead of 750.
    const digest = hash('sha256', text, 'binary')
    for (let cell = 0; cell < layout.hashCells; cell += 1) {
      const byte = cell * 4
      this.#wanted[cell] =
        digest.charCodeAt(byte) |
        (digest.charCodeAt(byte + 1) << 8) |
        (digest.charCodeAt(byte + 2) << 16) |
        (digest.charCodeAt(byte + 3) << 24)
    }
  }

  /** The first cell of the counter's slot. The hash covers the window, so that a match is right whatever the time. */
  #find(home: number): number | undefined {
    for (let probe = 0; probe < probes; probe += 1) {
      const slot = this.#slotAt(home + probe)
      const expiry = Atomics.load(this.#cells, slot)
      // Slots never become unused again, and are taken in this order: behind an unused one stands nothing.
      if (expiry === 0) return undefined
      if (expiry !== beingTaken && this.#holdsWanted(slot)) return slot
    }
    return undefined
  }

  #holdsWanted(slot: number): boolean {
    for (let cell = 0; cell < layout.hashCells; cell += 1) {
      if (Atomics.load(this.#cells, slot + layout.hashCell + cell) !== this.#wanted[cell]) {
        return false
      }
    }
    return true
  }

  /** Makes a counter. The lock keeps two threads from making the same one twice; others compete slot by slot. */
  #take(home: number, expiry: number, nowMs: number): number | undefined {
    const dueSeconds = Math.floor(nowMs / 1000) - graceSeconds
    return this.#locks.run(home % layout.lockCells, () => {
      const known = this.#find(home)
      if (known !== undefined && this.expiryOf(known) === expiry) return known
      for (let probe = 0; probe < probes; probe += 1) {
        const slot = this.#slotAt(home + probe)
        const before = Atomics.load(this.#cells, slot)
        if (before === beingTaken || before > dueSeconds) continue
        if (Atomics.compareExchange(this.#cells, slot, before, beingTaken) !== before) continue
        this.#fill(slot, expiry)
        return slot
      }
      return undefined
    })
  }

  /** The slot that the counter shares with others of its window; a later window begins it anew. */
  #share(window: Window, expiry: number): number {
    const place = ((this.#wanted[1] ?? 0) >>> 0) % this.#sharedSlots
    const index = this.#slots + windows.indexOf(window) * this.#sharedSlots + place
    const slot = this.#slotAtIndex(index)
    if (Atomics.load(this.#cells, slot) >= expiry) return slot
    this.#locks.run(place % layout.lockCells, () => {
      if (Atomics.load(this.#cells, slot) >= expiry) return
      Atomics.store(this.#totals, (slot + layout.totalCell) >> 1, 0n)
      Atomics.store(this.#cells, slot, expiry)
    })
    return slot
  }

  #fill(slot: number, expiry: number): void {
    for (let cell = 0; cell < layout.hashCells; cell += 1) {
      Atomics.store(this.#cells, slot + layout.hashCell + cell, this.#wanted[cell] ?? 0)
    }
    Atomics.store(this.#totals, (slot + layout.totalCell) >> 1, 0n)
    Atomics.store(this.#cells, slot, expiry)
  }

  #slotAt(position: number): number {
    return this.#slotAtIndex(position % this.#slots)
  }

  #slotAtIndex(index: number): number {
    return firstSlotCell + index * layout.slotCells
  }
}

const windows = Object.keys(windowSeconds)
