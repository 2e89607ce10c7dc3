import { EventMessage } from './event-message.ts'

/** Length of the message and of its headers, a checksum before and one after them. */
const minMessageBytes = 16

/** AWS allows no longer message. */
const maxMessageBytes = 24 * 1024 * 1024

/** Cuts an AWS event stream into its messages. Bytes that cannot be one are given out as they are, and all that follow. */
export class MessageFramer {
  #pieces: Buffer[] = []
  #pieceBytes = 0
  /** Of the message that has begun; undefined until its first four bytes are there. */
  #messageBytes: number | undefined
  #isBroken = false

  push(chunk: Buffer): EventMessage[] {
    // The bytes are the caller's again when this returns, and messages are views of them.
    const own = Buffer.from(chunk)
    if (this.#isBroken) return own.length === 0 ? [] : [new EventMessage(own)]
    const messages: EventMessage[] = []
    this.#keep(own)
    for (let bytes = this.#next(); bytes !== undefined; bytes = this.#next()) {
      messages.push(new EventMessage(bytes))
    }
    return messages
  }

  /** What is left of a stream that is cut short. */
  end(): EventMessage[] {
    return this.#pieceBytes === 0 ? [] : [new EventMessage(this.#takeAll())]
  }

  #next(): Buffer | undefined {
    this.#messageBytes ??= this.#readLength()
    const length = this.#messageBytes
    if (length === undefined) return undefined
    if (length < minMessageBytes || length > maxMessageBytes) {
      this.#isBroken = true
      this.#messageBytes = undefined
      return this.#pieceBytes === 0 ? undefined : this.#takeAll()
    }
    if (this.#pieceBytes < length) return undefined
    const bytes = this.#takeAll()
    this.#messageBytes = undefined
    this.#keep(bytes.subarray(length))
    return bytes.subarray(0, length)
  }

  #readLength(): number | undefined {
    if (this.#isBroken || this.#pieceBytes < 4) return undefined
    const bytes = this.#takeAll()
    this.#keep(bytes)
    return bytes.readUInt32BE(0)
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#pieceBytes += piece.length
  }

  #takeAll(): Buffer {
    const [first] = this.#pieces
    const bytes = this.#pieces.length === 1 && first ? first : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#pieceBytes = 0
    return bytes
  }
}
