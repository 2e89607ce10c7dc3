import type { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { StreamPart, StreamReader } from '../../../llm/stream-part.ts'

/** More is not held back for the sake of another try. */
const maxHeldBytes = 64 * 1024

/** Nor is it held back for longer, from its first event on: models may think for minutes and send signs of life meanwhile. */
export const maxHeldMs = 5_000

/** Holds a stream until an event says something, while the client has seen nothing and another try may follow. */
export class StreamOpening {
  readonly #reader: StreamReader
  #held: BodyPiece[] = []
  #bytes = 0
  #begun = false

  constructor(reader: StreamReader) {
    this.#reader = reader
  }

  /** An event has come, if only one that says nothing. */
  get begun(): boolean {
    return this.#begun
  }

  /** Undefined: no more follows. */
  push(piece: BodyPiece | undefined): 'wait' | 'error' | 'go' {
    if (piece === undefined) return 'go'
    // The bytes are the caller's again when this returns.
    const copy = piece.copy()
    this.#held.push(copy)
    this.#bytes += copy.length
    for (const part of this.#reader.push(copy)) {
      this.#begun = true
      if (part.error !== undefined) return 'error'
      if (saysSomething(part)) return 'go'
    }
    return this.#bytes > maxHeldBytes ? 'go' : 'wait'
  }

  /** What was held back. */
  take(): readonly BodyPiece[] {
    const held = this.#held
    this.#held = []
    return held
  }
}

/** Comments do not, nor pings, nor what only tells that an answer begins, in which texts are nobody's. */
function saysSomething({ closes, closesAll, deltas, known, repeats }: StreamPart): boolean {
  if (!known || closesAll || closes.length > 0) return true
  const isText = ({ role, text }: { role: string | undefined; text: string }) =>
    role !== undefined && text !== ''
  return deltas.some(isText) || repeats.some(isText)
}
