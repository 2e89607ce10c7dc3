import { PieceCounter } from './piece-counter.ts'
import { PieceCutter } from './piece-cutter.ts'
import type { Vocabulary } from './vocabulary.ts'

/** UTF-8 takes at most three bytes per UTF-16 unit. */
const bytesPerUnit = 3
const encoder = new TextEncoder()

/** Counts tokens of texts. Text is text: what looks like a control token is counted as its letters. */
export class TokenCounter {
  readonly #cutter: PieceCutter
  readonly #pieces: PieceCounter
  #bytes = new Uint8Array(4096)

  constructor(vocabulary: Vocabulary) {
    this.#cutter = new PieceCutter(vocabulary.tables.classes)
    this.#pieces = new PieceCounter(vocabulary)
  }

  /** The work grows with the length of the text, whatever the text. */
  count(text: string): number {
    const end = this.#encode(text)
    this.#cutter.setText(this.#bytes, end)
    let tokens = 0
    for (let start = 0; start < end; ) {
      const pieceEnd = this.#cutter.pieceEnd(start)
      tokens += this.#pieces.count(this.#bytes, start, pieceEnd)
      start = pieceEnd
    }
    return tokens
  }

  #encode(text: string): number {
    const room = text.length * bytesPerUnit
    if (this.#bytes.length < room) this.#bytes = new Uint8Array(room)
    return encoder.encodeInto(text, this.#bytes).written
  }
}
