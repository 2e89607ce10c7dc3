import type { StreamReader } from '../../../llm/stream-part.ts'

/** More is not held back for the sake of another try. */
const maxHeldBytes = 64 * 1024

/** Holds a stream until its first event is there, while the client has seen nothing and another try may follow. */
export class StreamOpening {
  readonly #reader: StreamReader
  #held: Buffer[] = []
  #bytes = 0

  constructor(reader: StreamReader) {
    this.#reader = reader
  }

  /** Undefined: no more follows. */
  push(chunk: Buffer | undefined): 'wait' | 'error' | 'go' {
    if (chunk === undefined) return 'go'
    // The bytes are the caller's again when this returns.
    const copy = Buffer.from(chunk)
    this.#held.push(copy)
    this.#bytes += copy.length
    const [first] = this.#reader.push(copy)
    if (first !== undefined) return first.error === undefined ? 'go' : 'error'
    return this.#bytes > maxHeldBytes ? 'go' : 'wait'
  }

  /** What was held back. */
  take(): readonly Buffer[] {
    const held = this.#held
    this.#held = []
    return held
  }
}
