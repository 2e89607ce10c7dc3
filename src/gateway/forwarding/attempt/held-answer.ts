import type { Timers } from '../../../lib/time/timers.ts'
import { maxHeldMs, type StreamOpening } from '../../model/answers/stream-opening.ts'
import type { UpstreamResponseHead } from '../../response/response-relay.ts'

/** An answer that waits for the first event that says something, as that may be an error that asks for another try. */
export class HeldAnswer {
  readonly head: UpstreamResponseHead
  readonly opening: StreamOpening
  readonly #timers: Timers
  #timer: unknown

  constructor(head: UpstreamResponseHead, opening: StreamOpening, timers: Timers) {
    this.head = head
    this.opening = opening
    this.#timers = timers
  }

  /** An event has come: the answer is not held for long any more. False: that has been said before. */
  limit(onTooLong: () => void): boolean {
    if (this.#timer !== undefined) return false
    this.#timer = this.#timers.setTimeout(onTooLong, maxHeldMs)
    return true
  }

  /** It waits no more. */
  stop(): void {
    if (this.#timer === undefined) return
    this.#timers.clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
