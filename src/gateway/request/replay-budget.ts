/**
 * How many bytes of request bodies a thread keeps altogether so that they can be sent again. Above it requests go on,
 * but are sent once only: strangers with many large uploads must not fill the memory.
 */
export class ReplayBudget {
  #leftBytes: number

  constructor(bytes: number) {
    this.#leftBytes = bytes
  }

  /** False: there is no room. */
  take(bytes: number): boolean {
    if (bytes > this.#leftBytes) return false
    this.#leftBytes -= bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#leftBytes += bytes
  }

  get leftBytes(): number {
    return this.#leftBytes
  }
}
