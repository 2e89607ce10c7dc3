/** The lengths of the windows in which things are counted. */
export const windowSeconds = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const

/** A window: fixed, aligned to the Unix clock, so that an hour begins on the full hour in UTC. */
export type Window = keyof typeof windowSeconds

/** Something to add to a counter. */
export interface CounterHit {
  /** Names the counter; the same text with another window is another counter. */
  readonly key: string
  /** A whole number of 0 or more; 0 only reads. */
  readonly cost: number
  readonly window: Window
}

/**
 * What a counter holds after the hit; undefined: it was not counted, because the store is away. Infinite: the store has no room for
 * it. Whoever counts by what clients send lets them fill it, so that a full store must not let anybody through.
 */
export type CounterTotal = number | undefined

/** What a call may cost at most, and the total that its counter must stay within. */
export interface Claim extends CounterHit {
  readonly limit: number
}

/** What a call has been given to use up. It is held until it is settled; one whose owner has died is given back. */
export interface Reservation {
  /**
   * Puts what was really used in the place of each claim's cost, in the order of the claims and in the windows that they were made in;
   * 0 gives it back. Only the first call counts. Never throws.
   */
  settle(costs: readonly number[], nowMs: number): void
}

/** Totals stand in the order of the claims. */
export type ReserveResult =
  | {
      readonly type: 'reserved'
      readonly reservation: Reservation
      /** This reservation included. */
      readonly totals: readonly number[]
    }
  /** Nothing was reserved: the claim at `over` does not fit. */
  | { readonly type: 'over-limit'; readonly over: number; readonly totals: readonly number[] }
  /** Nothing was reserved, because more is held already than the store has room for. */
  | { readonly type: 'full' }
  /** Nothing was reserved, because the store is away. */
  | { readonly type: 'unavailable' }

/**
 * Counts in windows. Every hit is added to its counter, whatever its total; what a total means is up to the caller.
 * An addition is atomic among all threads and processes that share the store, and no counter is forgotten before its window
 * ends. All hits of one call take one round trip, and a store without one answers directly. It never throws or rejects.
 */
export interface CounterStore {
  /** The totals stand in the order of the hits. `nowMs` is Unix time and decides the window. */
  add(
    hits: readonly CounterHit[],
    nowMs: number,
  ): readonly CounterTotal[] | Promise<readonly CounterTotal[]>
  /**
   * Adds the costs of all claims if all of them fit their limits, else nothing; atomic like an addition, so that
   * calls at the same time never exceed a limit together. Counters are those of {@link add}.
   */
  reserve(claims: readonly Claim[], nowMs: number): ReserveResult | Promise<ReserveResult>
}

/** The Unix time in seconds at which the window that `nowMs` is in began. */
export function windowStart(window: Window, nowMs: number): number {
  const nowSeconds = Math.floor(nowMs / 1000)
  return nowSeconds - (nowSeconds % windowSeconds[window])
}
