import { ByteRuns } from './byte-runs.ts'
import { none, type Vocabulary } from './vocabulary.ts'

/** Pairs of a token and what may follow it that a counter remembers. */
const rememberedPairs = 1024

/**
 * Counts the tokens that byte pair merging leaves of a piece, without merging: it lays tokens side by side from the left, the
 * longest first, and goes back where none fits. Only one such row exists, and it is the one that merging ends with. Each
 * position is entered at most once, so that the work grows with the length of the piece and not with its square.
 */
export class PieceCounter {
  readonly #vocabulary: Vocabulary
  #row = new Int32Array(64)
  /** By position in the piece: 1 where no row can be laid on. */
  #closed = new Uint8Array(64)

  readonly #runs: ByteRuns
  readonly #pairLasts = new Int32Array(rememberedPairs).fill(none)
  readonly #pairTokens = new Int32Array(rememberedPairs)
  readonly #pairFits = new Int32Array(rememberedPairs)

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.#runs = new ByteRuns(vocabulary)
  }

  /** The tokens of `bytes[start, end)`. */
  count(bytes: Uint8Array, start: number, end: number): number {
    const first = this.#vocabulary.longestToken(bytes, start, end)
    if (this.#lengthOf(first) === end - start) return 1
    return this.#layRow(bytes, { start, end, first })
  }

  #layRow(
    bytes: Uint8Array,
    { start, end, first }: { readonly start: number; readonly end: number; readonly first: number },
  ): number {
    this.#makeRoom(end - start)
    this.#runs.reset()
    const [row, closed] = [this.#row, this.#closed]
    let laid = 0
    let position = start
    let token = first
    while (position < end) {
      const fitting = laid === 0 ? token : this.#fitting(row[laid - 1] ?? none, token)
      const after = position + this.#lengthOf(fitting)
      if (fitting !== none && closed[after - start] === 0) {
        row[laid] = fitting
        laid += 1
        position = after
        if (position < end) token = this.#tokenAt(bytes, position, end)
        continue
      }
      token = this.#shorterThan(fitting)
      if (token !== none) continue
      closed[position - start] = 1
      laid -= 1
      token = row[laid] ?? none
      position -= this.#lengthOf(token)
    }
    return laid
  }

  #makeRoom(length: number): void {
    if (this.#row.length < length) {
      const room = Math.max(length, this.#row.length * 2)
      this.#row = new Int32Array(room)
      this.#closed = new Uint8Array(room + 1)
    }
    this.#closed.fill(0, 0, length + 1)
  }

  /** The longest token that `token` begins with, itself included, and that may stand after `last`. */
  #fitting(last: number, token: number): number {
    const slot = (last * 31 + token) & (rememberedPairs - 1)
    if (this.#pairLasts[slot] === last && this.#pairTokens[slot] === token) {
      return this.#pairFits[slot] ?? none
    }
    let fitting = token
    while (fitting !== none && !this.#vocabulary.mayFollow(last, fitting)) {
      fitting = this.#shorterThan(fitting)
    }
    this.#pairLasts[slot] = last
    this.#pairTokens[slot] = token
    this.#pairFits[slot] = fitting
    return fitting
  }

  #tokenAt(bytes: Uint8Array, start: number, end: number): number {
    const inRun = this.#runs.longestToken(bytes, start, end)
    return inRun === none ? this.#vocabulary.longestToken(bytes, start, end) : inRun
  }

  #lengthOf(token: number): number {
    return token === none ? 0 : (this.#vocabulary.tables.lengths[token] ?? 0)
  }

  #shorterThan(token: number): number {
    return token === none ? none : (this.#vocabulary.tables.shorterTokens[token] ?? none)
  }
}
