import type { RequestServices } from '../request/request-services.ts'

/** How long a request may take; 0 is no limit. */
export interface TimeLimits {
  readonly totalMs: number
  readonly idleMs: number
}

/** Watches the total time and the silence of one request with a single timer. */
export class Deadlines {
  readonly #services: RequestServices
  readonly #limits: TimeLimits
  readonly #onExpired: (kind: 'total' | 'idle') => void
  #timer: unknown
  /** The total time counts from the end of the request. */
  #totalAtMs = Number.POSITIVE_INFINITY
  #lastActiveMs: number
  #unlimited = false
  #stopped = false

  /** Idle time counts from here. */
  constructor(
    services: RequestServices,
    limits: TimeLimits,
    onExpired: (kind: 'total' | 'idle') => void,
  ) {
    this.#services = services
    this.#limits = limits
    this.#onExpired = onExpired
    this.#lastActiveMs = services.now()
    const shortest = Math.min(limits.totalMs || limits.idleMs, limits.idleMs || limits.totalMs)
    if (shortest > 0) this.#arm(shortest)
  }

  /** The request has come whole: the total time begins. */
  startTotal(): void {
    if (this.#limits.totalMs > 0) this.#totalAtMs = this.#services.now() + this.#limits.totalMs
  }

  /** From here on only silence ends the request. */
  dropTotal(): void {
    this.#unlimited = true
    this.#totalAtMs = Number.POSITIVE_INFINITY
  }

  /** Something moved. */
  touch(): void {
    this.#lastActiveMs = this.#services.now()
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer !== undefined) this.#services.timers.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(delayMs: number): void {
    this.#timer = this.#services.timers.setTimeout(() => this.#expire(), delayMs)
  }

  /** The timer is set once for the shorter limit and looks here whether anything is due. */
  #expire(): void {
    if (this.#stopped) return
    const { idleMs, totalMs } = this.#limits
    const nowMs = this.#services.now()
    const idleAtMs = idleMs > 0 ? this.#lastActiveMs + idleMs : Number.POSITIVE_INFINITY
    // Timers may fire a fraction of a millisecond early.
    if (nowMs + 1 >= this.#totalAtMs) this.#onExpired('total')
    else if (nowMs + 1 >= idleAtMs) this.#onExpired('idle')
    else {
      const untilTotal =
        !this.#unlimited && totalMs > 0 && this.#totalAtMs === Number.POSITIVE_INFINITY
      const totalAtMs = untilTotal ? nowMs + totalMs : this.#totalAtMs
      const nextMs = Math.min(idleAtMs, totalAtMs) - nowMs
      if (Number.isFinite(nextMs)) this.#arm(Math.max(1, nextMs))
    }
  }
}
