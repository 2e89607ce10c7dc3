import type { RequestServices } from '../request/request-services.ts'

/** Is told when a time is up. */
export interface DeadlineOwner {
  timedOut(kind: 'total' | 'idle'): void
}

/** Watches the total time and the silence of one request with a single timer; 0 is no limit. */
export class Deadlines {
  readonly #services: RequestServices
  readonly #owner: DeadlineOwner
  readonly #totalMs: number
  readonly #idleMs: number
  #timer: unknown
  /** The total time counts from the end of the request. */
  #totalAtMs = Number.POSITIVE_INFINITY
  #lastActiveMs: number
  #unlimited = false
  #stopped = false

  /** Idle time counts from here. */
  constructor(services: RequestServices, owner: DeadlineOwner, totalMs: number, idleMs: number) {
    this.#services = services
    this.#owner = owner
    this.#totalMs = totalMs
    this.#idleMs = idleMs
    this.#lastActiveMs = services.now()
    this.#armFirst()
  }

  /** Both times begin again, when one is up: the request has come whole long since. */
  restart(): void {
    this.touch()
    this.startTotal()
    this.#armFirst()
  }

  /** The request has come whole: the total time begins. */
  startTotal(): void {
    if (this.#totalMs > 0) this.#totalAtMs = this.#services.now() + this.#totalMs
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

  #armFirst(): void {
    const totalMs = this.#totalMs
    const idleMs = this.#idleMs
    const shortest = Math.min(totalMs || idleMs, idleMs || totalMs)
    if (shortest > 0) this.#arm(shortest)
  }

  #arm(delayMs: number): void {
    this.#timer = this.#services.timers.setTimeout(() => this.#expire(), delayMs)
  }

  /** The timer is set once for the shorter limit and looks here whether anything is due. */
  #expire(): void {
    if (this.#stopped) return
    const idleMs = this.#idleMs
    const totalMs = this.#totalMs
    const nowMs = this.#services.now()
    const idleAtMs = idleMs > 0 ? this.#lastActiveMs + idleMs : Number.POSITIVE_INFINITY
    // Timers may fire a fraction of a millisecond early.
    if (nowMs + 1 >= this.#totalAtMs) this.#owner.timedOut('total')
    else if (nowMs + 1 >= idleAtMs) this.#owner.timedOut('idle')
    else {
      const untilTotal =
        !this.#unlimited && totalMs > 0 && this.#totalAtMs === Number.POSITIVE_INFINITY
      const totalAtMs = untilTotal ? nowMs + totalMs : this.#totalAtMs
      const nextMs = Math.min(idleAtMs, totalAtMs) - nowMs
      if (Number.isFinite(nextMs)) this.#arm(Math.max(1, nextMs))
    }
  }
}
