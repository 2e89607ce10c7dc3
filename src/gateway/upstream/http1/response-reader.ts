import { ChunkedBody } from './chunked-body.ts'
import { parseHead, parseTrailers, type ResponseHead } from './parse-head.ts'

/** Hears what comes over a connection. */
export interface ResponseListener {
  /** Of a final or an interim answer. */
  onHead(head: ResponseHead): void
  /** `chunk` holds its bytes only until the call returns. */
  onBody(chunk: Buffer): void
  /** `rest`: bytes that came after the end. */
  onMessageEnd(trailers: readonly string[], rest: number): void
  onInvalid(problem: string): void
}

/** Largest response head taken from an upstream, Envoy's default. */
const maxHeadBytes = 60 * 1024
const maxTrailerBytes = 16 * 1024
const noTrailers: readonly string[] = []
const blankLine = '\r\n\r\n'
/** How a head would end whose lines lack their CR. */
const bareBlankLines = ['\n\n', '\n\r\n']

/** Reads one HTTP/1 response after the other, strictly: what is not plainly well-formed is an error. */
export class ResponseReader {
  readonly #listener: ResponseListener
  #state: 'idle' | 'head' | 'length' | 'chunked' | 'trailers' | 'close' = 'idle'
  #bodiless = false
  #held: Buffer | undefined
  #left = 0
  #chunks: ChunkedBody | undefined

  constructor(listener: ResponseListener) {
    this.#listener = listener
  }

  /** A response follows; `bodiless`: to a HEAD request. */
  begin(bodiless: boolean): void {
    this.#state = 'head'
    this.#bodiless = bodiless
    this.#held = undefined
  }

  /** Nobody listens any more. */
  stop(): void {
    this.#state = 'idle'
    this.#held = undefined
    this.#chunks = undefined
  }

  /** Keeps nothing of `chunk` itself. */
  push(chunk: Buffer): void {
    let at = 0
    // A head may follow an interim one, and a message may end without a byte of body.
    do {
      at = this.#read(chunk, at)
    } while (at < chunk.length && this.#state !== 'idle')
  }

  /** The upstream has ended its side. True: that was the end of the message. */
  end(): boolean {
    if (this.#state !== 'close') return false
    this.#finish(noTrailers, 0)
    return true
  }

  #read(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk, at)
      case 'length':
        return this.#readLength(chunk, at)
      case 'chunked':
        return this.#readChunked(chunk, at)
      case 'trailers':
        return this.#readTrailers(chunk, at)
      case 'close':
        this.#listener.onBody(at === 0 ? chunk : chunk.subarray(at))
        return chunk.length
      case 'idle':
        return chunk.length
    }
  }

  #readHead(chunk: Buffer, at: number): number {
    const seen = this.#hold(chunk, at)
    const before = seen.length - (chunk.length - at)
    const end = seen.indexOf(blankLine, 0, 'latin1')
    if ((end < 0 ? seen.length : end) > maxHeadBytes) return this.#fail('the head is too large')
    if (end < 0) {
      // What can be no head is refused before its end has come, which it may never.
      if (seen.toString('latin1', 0, 5) !== 'HTTP/'.slice(0, seen.length)) {
        return this.#fail('the answer is not HTTP')
      }
      if (bareBlankLines.some((line) => seen.includes(line, 0, 'latin1'))) {
        return this.#fail('a line of the head ends without CR')
      }
      this.#keep(seen)
      return chunk.length
    }
    this.#held = undefined
    const head = parseHead(seen.toString('latin1', 0, end))
    if (typeof head === 'string') return this.#fail(head)
    this.#takeHead(head, chunk.length - (at + end + blankLine.length - before))
    return at + end + blankLine.length - before
  }

  #takeHead(head: ResponseHead, rest: number): void {
    if (head.status < 200) {
      this.#listener.onHead(head)
      return
    }
    if (this.#bodiless || head.status === 204 || head.status === 304) {
      // Servers that announce a body here may send it as well, and it would be read as the next answer.
      const announced = head.framing === 'chunked' || head.contentLength > 0
      if (!this.#bodiless && announced) head.keepAlive = false
      head.framing = 'none'
    }
    if (head.framing === 'close') head.keepAlive = false
    const empty = head.framing === 'none' || (head.framing === 'length' && head.contentLength === 0)
    this.#left = head.contentLength
    if (head.framing === 'chunked') this.#chunks = new ChunkedBody()
    if (head.framing !== 'none') this.#state = head.framing
    this.#listener.onHead(head)
    // The listener may have stopped the reading.
    if (empty && this.#state !== 'idle') this.#finish(noTrailers, rest)
  }

  #readLength(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left)
    this.#left -= end - at
    this.#listener.onBody(chunk.subarray(at, end))
    if (this.#left === 0 && this.#state === 'length') this.#finish(noTrailers, chunk.length - end)
    return end
  }

  #readChunked(chunk: Buffer, at: number): number {
    const body = this.#chunks
    if (body === undefined) return chunk.length
    const end = body.unframe(chunk, at)
    if (body.dataLength > 0) this.#listener.onBody(chunk.subarray(at, at + body.dataLength))
    if (this.#state !== 'chunked') return chunk.length
    if (body.problem !== undefined) return this.#fail(body.problem)
    if (body.over) this.#state = 'trailers'
    return end
  }

  #readTrailers(chunk: Buffer, at: number): number {
    const seen = this.#hold(chunk, at)
    const before = seen.length - (chunk.length - at)
    if (seen.length === 1 && seen[0] === 0x0d) {
      this.#keep(seen)
      return chunk.length
    }
    const bare = seen[0] === 0x0d && seen[1] === 0x0a
    const end = bare ? 0 : seen.indexOf(blankLine, 0, 'latin1')
    if (seen.length > maxTrailerBytes && (end < 0 || end > maxTrailerBytes)) {
      return this.#fail('the trailers are too large')
    }
    if (end < 0) {
      this.#keep(seen)
      return chunk.length
    }
    const trailers = bare ? noTrailers : parseTrailers(seen.toString('latin1', 0, end))
    if (typeof trailers === 'string') return this.#fail(trailers)
    const next = at + end + (bare ? 2 : blankLine.length) - before
    this.#finish(trailers, chunk.length - next)
    return next
  }

  /** With what came before and is not read yet. */
  #hold(chunk: Buffer, at: number): Buffer {
    const piece = at === 0 ? chunk : chunk.subarray(at)
    return this.#held === undefined ? piece : Buffer.concat([this.#held, piece])
  }

  /** Until more comes; what was not joined with anything belongs to whoever reads the socket. */
  #keep(seen: Buffer): void {
    this.#held = this.#held === undefined ? Buffer.from(seen) : seen
  }

  #finish(trailers: readonly string[], rest: number): void {
    this.stop()
    this.#listener.onMessageEnd(trailers, rest)
  }

  #fail(problem: string): number {
    this.stop()
    this.#listener.onInvalid(problem)
    return Number.POSITIVE_INFINITY
  }
}
