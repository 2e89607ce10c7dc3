import { type Window, windowSeconds } from '../counter-store.ts'

/** In seconds since 1970, where a counter's window begins, and where its slot stands. */
interface KnownSlot {
  readonly start: number
  readonly slot: number
}

/** Of each length of window. */
const mostSlots = 4096

/**
 * Where a thread has found counters: hashing what a counter is called and comparing the hash takes 1 µs. A slot belongs to its
 * counter until the window is over.
 */
export class KnownSlots {
  readonly #byKey: Readonly<Record<Window, Map<string, KnownSlot>>>

  constructor() {
    const windows = Object.keys(windowSeconds) as Window[]
    const entries = windows.map((window) => [window, new Map()] as const)
    this.#byKey = Object.fromEntries(entries) as Record<Window, Map<string, KnownSlot>>
  }

  get(key: string, window: Window, start: number): number | undefined {
    const known = this.#byKey[window].get(key)
    return known?.start === start ? known.slot : undefined
  }

  set(key: string, window: Window, { start, slot }: KnownSlot): void {
    const slots = this.#byKey[window]
    // Those that are in use come back one by one.
    if (slots.size >= mostSlots) slots.clear()
    slots.set(key, { start, slot })
  }
}
