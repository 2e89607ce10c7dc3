import type { Clock } from '../../lib/time/clock.ts'

/** Time that passes when the test says so. */
export class TestClock implements Clock {
  #now = 0
  #timers: { readonly atMs: number; readonly callback: () => void }[] = []

  now = (): number => this.#now

  schedule = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { atMs: this.#now + delayMs, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  advance(byMs: number): void {
    this.#now += byMs
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#now)
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#now)
    for (const { callback } of due.sort((left, right) => left.atMs - right.atMs)) callback()
  }

  /** Lets what was resolved take effect. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }
}
