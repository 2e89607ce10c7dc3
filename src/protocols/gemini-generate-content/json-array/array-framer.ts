import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { Frame } from '../../shared/frame.ts'

/** A stretch of a JSON array: an element with the comma before it, or what stands around the elements. */
export class ArrayFrame implements Frame {
  readonly bytes: Buffer
  /** Where the element begins within the bytes; undefined: there is none. */
  readonly #start: number | undefined
  /** The array ends here. */
  readonly isLast: boolean

  constructor(bytes: Buffer, start: number | undefined, isLast: boolean) {
    this.bytes = bytes
    this.#start = start
    this.isLast = isLast
  }

  get piece(): BodyPiece {
    return BodyPiece.ofBytes(this.bytes)
  }

  /** The element's JSON, or what stands where only brackets may; undefined where that is all there is. */
  get data(): string | undefined {
    if (this.#start !== undefined) return this.bytes.toString('utf8', this.#start)
    const text = this.bytes.toString('utf8').trim()
    return text === '' || text === '[' || text === ']' ? undefined : text
  }

  encode(json: string): Buffer {
    return Buffer.concat([this.bytes.subarray(0, this.#start ?? 0), Buffer.from(json)])
  }

  /** An element to stand before or after this one; never before the first, where nothing can have been held back. */
  create(json: string): Buffer {
    return Buffer.from(`,\n${json}`)
  }
}

const quote = 34
const backslash = 92
const openBracket = 91
const closeBracket = 93
const openBrace = 123
const closeBrace = 125

/** Above this an element is given out unread, so that a stream without an end of it takes no more memory. */
const maxElementBytes = 8 * 1024 * 1024

/** Cuts a stream that is one JSON array of objects into its elements without losing a byte. A lone object is an element too. */
export class ArrayFramer {
  #pieces: Buffer[] = []
  #pieceBytes = 0
  #start: number | undefined
  #depth = 0
  #place: 'plain' | 'string' | 'escape' = 'plain'

  push(chunk: Buffer): ArrayFrame[] {
    const frames: ArrayFrame[] = []
    let taken = 0
    for (let index = 0; index < chunk.length; index++) {
      const ends = this.#step(chunk[index] ?? 0, this.#pieceBytes + index - taken)
      if (!ends) continue
      frames.push(this.#take(chunk.subarray(taken, index + 1), chunk[index] === closeBracket))
      taken = index + 1
    }
    // The bytes are the caller's again when this returns; those of frames have been copied.
    this.#keep(Buffer.from(chunk.subarray(taken)))
    if (this.#pieceBytes > maxElementBytes) frames.push(this.#take(Buffer.alloc(0), false))
    return frames
  }

  end(): ArrayFrame[] {
    return this.#pieceBytes === 0 ? [] : [this.#take(Buffer.alloc(0), false)]
  }

  /** True: a frame ends with this byte, which stands at `offset` in it. */
  #step(byte: number, offset: number): boolean {
    if (this.#place !== 'plain') {
      this.#stepInString(byte)
      return false
    }
    if (byte === quote) this.#place = 'string'
    else if (byte === openBrace) {
      if (this.#depth === 0) this.#start = offset
      this.#depth++
    } else if (byte === closeBrace) return --this.#depth === 0
    return this.#depth === 0 && (byte === openBracket || byte === closeBracket)
  }

  #stepInString(byte: number): void {
    if (this.#place === 'escape') this.#place = 'string'
    else if (byte === backslash) this.#place = 'escape'
    else if (byte === quote) this.#place = 'plain'
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#pieceBytes += piece.length
  }

  #take(last: Buffer, isLast: boolean): ArrayFrame {
    this.#keep(last)
    const frame = new ArrayFrame(Buffer.concat(this.#pieces), this.#start, isLast)
    this.#pieces = []
    this.#pieceBytes = 0
    this.#start = undefined
    return frame
  }
}
