import type { ObjectChange } from '../object-source.ts'

/** A committed change with its place in the order of all writes. */
export interface Revision extends ObjectChange {
  readonly revision: number
  /** Length of the object as stored. */
  readonly byteLength: number
}

export interface HistoryLimits {
  readonly maxCount: number
  readonly maxBytes: number
}

/** The most recent changes, for watches that start in the past and for lists that are read in pieces. */
export class History {
  readonly #limits: HistoryLimits
  #revisions: Revision[] = []
  #first = 0
  #bytes = 0
  #start: number

  /** `start` is the revision of the state before the first change. */
  constructor(start: number, limits: HistoryLimits) {
    this.#start = start
    this.#limits = limits
  }

  add(revision: Revision): void {
    this.#revisions.push(revision)
    this.#bytes += revision.byteLength
    while (
      this.#revisions.length - this.#first > this.#limits.maxCount ||
      this.#bytes > this.#limits.maxBytes
    ) {
      this.#dropOldest()
    }
    if (this.#first > this.#limits.maxCount) {
      this.#revisions = this.#revisions.slice(this.#first)
      this.#first = 0
    }
  }

  /** The changes after a revision, oldest first; undefined when some of them are forgotten. */
  since(revision: number): readonly Revision[] | undefined {
    if (revision < this.#start) return undefined
    let low = this.#first
    let high = this.#revisions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#revisions[middle]?.revision ?? 0) <= revision) low = middle + 1
      else high = middle
    }
    return this.#revisions.slice(low)
  }

  /** The oldest revision from which changes can still be told. */
  get oldest(): number {
    return this.#start
  }

  #dropOldest(): void {
    const oldest = this.#revisions[this.#first]
    if (oldest === undefined) return
    this.#start = oldest.revision
    this.#bytes -= oldest.byteLength
    delete this.#revisions[this.#first]
    this.#first += 1
  }
}
