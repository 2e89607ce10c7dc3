import { none, type Vocabulary } from './vocabulary.ts'
import { tokenCount } from './vocabulary-layout.ts'

/**
 * Shortens the way to the longest token where one byte is repeated: dashes, blanks and the like have tokens of up to a
 * hundred bytes, and a text that is nothing else would walk as many bytes from each position.
 */
export class ByteRuns {
  readonly #vocabulary: Vocabulary
  /** By byte: how often it may be repeated until no token begins so; 0: not known yet. */
  readonly #depths = new Int32Array(256)
  readonly #longest = new Int32Array(256)
  #start = 0
  #end = 0

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  /** Forgets the text. */
  reset(): void {
    this.#start = 0
    this.#end = 0
  }

  /** The longest token at `start`, if `bytes[start, end)` begins with a longer run than any token has; else none. */
  longestToken(bytes: Uint8Array, start: number, end: number): number {
    const byte = bytes[start] ?? 0
    if (start + 1 >= end || bytes[start + 1] !== byte) return none
    if (this.#depths[byte] === 0) this.#measure(byte)
    const length = this.#runEnd(bytes, start, end) - start
    return length > (this.#depths[byte] ?? 0) ? (this.#longest[byte] ?? none) : none
  }

  #runEnd(bytes: Uint8Array, start: number, end: number): number {
    if (start >= this.#start && start < this.#end) return this.#end
    const byte = bytes[start]
    let index = start + 1
    while (index < end && bytes[index] === byte) {
      index = index === this.#start ? this.#end : index + 1
    }
    this.#start = start
    this.#end = index
    return index
  }

  #measure(byte: number): void {
    let node = this.#vocabulary.tables.byteTokens[byte] ?? none
    let depth = 0
    while (node !== none) {
      if (node < tokenCount) this.#longest[byte] = node
      depth += 1
      node = this.#vocabulary.next(node, byte)
    }
    this.#depths[byte] = depth
  }
}
