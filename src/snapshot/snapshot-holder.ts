import type { Snapshot } from './snapshot.ts'

/** What is served before the first configuration: nothing. */
export const emptySnapshot: Snapshot = Object.freeze({
  generation: 0,
  listeners: new Map(),
  backends: new Map(),
})

/** The snapshot that new requests read. */
export class SnapshotHolder {
  #current: Snapshot

  constructor(first: Snapshot = emptySnapshot) {
    this.#current = first
  }

  /** A request reads this once, when it begins, and uses what it got until it ends. */
  get current(): Snapshot {
    return this.#current
  }

  /** Requests in flight keep the old snapshot. A late, older build is dropped: false. */
  publish(next: Snapshot): boolean {
    if (next.generation <= this.#current.generation) return false
    this.#current = next
    return true
  }
}
