import { SseEvent } from './sse-event.ts'

const lineFeed = 10
const carriageReturn = 13

/** Above this an event is given out unread, so that a stream without line ends takes no more memory. */
const maxEventBytes = 8 * 1024 * 1024

/**
 * Cuts a stream of server-sent events (WHATWG HTML, section 9.2) into events without losing a byte. Where it cuts does not depend
 * on how the stream was split into chunks. A blank line on its own is a block without data.
 */
export class SseFramer {
  /** Bytes of the block so far that came in earlier chunks. */
  #pieces: Buffer[] = []
  #pieceBytes = 0
  #lineIsEmpty = true
  #lastEnd: 'lf' | 'crlf' | 'cr' = 'lf'
  /** The chunk ended with a carriage return: a line feed may belong to it. */
  #awaits: 'nothing' | 'line' | 'block' = 'nothing'
  #isFirst = true

  push(chunk: Buffer): SseEvent[] {
    const events: SseEvent[] = []
    let start = 0
    let index = this.#awaits === 'nothing' ? 0 : this.#resolveCarriageReturn(chunk)
    if (this.#awaits === 'block' && chunk.length > 0) {
      events.push(this.#take(chunk.subarray(0, index)))
      start = index
    }
    if (chunk.length > 0) this.#awaits = 'nothing'
    const ends = new LineEnds(chunk)
    for (let end = ends.next(index); end >= 0; end = ends.next(index)) {
      const isBlank = this.#lineIsEmpty && end === index
      this.#lineIsEmpty = true
      index = this.#passLineEnd(chunk, end, isBlank)
      if (!isBlank || this.#awaits === 'block') continue
      events.push(this.#take(chunk.subarray(start, index)))
      start = index
    }
    if (index < chunk.length) this.#lineIsEmpty = false
    // The chunk may be the caller's again when this returns; events given out now are views of it.
    if (start < chunk.length) this.#keep(Buffer.from(chunk.subarray(start)))
    if (this.#pieceBytes > maxEventBytes) events.push(this.#take(Buffer.alloc(0)))
    return events
  }

  /** What is left when the stream ends; an event without its blank line counts, as some clients read it. */
  end(): SseEvent[] {
    this.#awaits = 'nothing'
    return this.#pieceBytes === 0 ? [] : [this.#take(Buffer.alloc(0))]
  }

  #resolveCarriageReturn(chunk: Buffer): number {
    const joins = chunk[0] === lineFeed
    if (joins) this.#lastEnd = 'crlf'
    return joins ? 1 : 0
  }

  /** Returns where the next line begins. */
  #passLineEnd(chunk: Buffer, end: number, isBlank: boolean): number {
    if (chunk[end] === lineFeed) {
      this.#lastEnd = 'lf'
      return end + 1
    }
    // A line feed after a blank line's carriage return is waited for only where lines have been ending so: it would
    // delay every event of a stream that has none.
    const mayJoin = !isBlank || this.#lastEnd === 'crlf'
    if (mayJoin && end + 1 === chunk.length) {
      this.#awaits = isBlank ? 'block' : 'line'
      this.#lastEnd = 'cr'
      return end + 1
    }
    const joins = mayJoin && chunk[end + 1] === lineFeed
    this.#lastEnd = joins ? 'crlf' : 'cr'
    return joins ? end + 2 : end + 1
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#pieceBytes += piece.length
  }

  #take(last: Buffer): SseEvent {
    this.#keep(last)
    const bytes =
      this.#pieces.length === 1 && this.#pieces[0] ? this.#pieces[0] : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#pieceBytes = 0
    const event = new SseEvent(bytes, this.#isFirst)
    this.#isFirst = false
    return event
  }
}

/** Finds line ends one after the other, looking at no byte twice. */
class LineEnds {
  readonly #chunk: Buffer
  #nextLineFeed = -2
  #nextCarriageReturn = -2

  constructor(chunk: Buffer) {
    this.#chunk = chunk
  }

  next(from: number): number {
    this.#nextLineFeed = this.#find(lineFeed, this.#nextLineFeed, from)
    this.#nextCarriageReturn = this.#find(carriageReturn, this.#nextCarriageReturn, from)
    if (this.#nextLineFeed < 0) return this.#nextCarriageReturn
    if (this.#nextCarriageReturn < 0) return this.#nextLineFeed
    return Math.min(this.#nextLineFeed, this.#nextCarriageReturn)
  }

  #find(byte: number, known: number, from: number): number {
    if (known === -1 || known >= from) return known
    return this.#chunk.indexOf(byte, from)
  }
}
