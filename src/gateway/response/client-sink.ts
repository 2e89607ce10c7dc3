import type { ServerResponse } from 'node:http'
import { constants, type Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import type { BodyPiece } from '../../lib/http/body-piece.ts'
import type { ClientResponse } from '../request-handler.ts'
import { type BatchedWriter, WriteBatch } from './write-batch.ts'

/**
 * Node joins head and body to one string for one write when the body is a string; above this length copying costs
 * more than the second buffer. */
const oneWriteBytes = 4096

/** Of all answers of a thread. */
const writeBatch = new WriteBatch()

/** The client's side of an answer, alike for HTTP/1 and HTTP/2. */
export class ClientSink implements BatchedWriter {
  readonly response: ClientResponse
  headSent = false
  ended = false

  /** How long a client may leave an answer unread; 0 is without limit. */
  readonly #patienceMs: number
  /** The socket that pieces are written to past Node's answer, once the head is on its way. */
  #chunked: Socket | undefined
  /** Chunks that go to that socket with the batch; a character is a byte. */
  #waiting = ''
  /** All of a short answer, which ends with the batch. */
  #whole: string | undefined
  #bodyBegun = false

  constructor(response: ClientResponse, patienceMs: number) {
    this.response = response
    this.#patienceMs = patienceMs
  }

  /** Lets a client send the body it held back with `Expect: 100-continue`. */
  writeContinue(): void {
    this.response.writeContinue()
  }

  /** The connection ends with this answer (HTTP/1.1), of which the head is still to be written. */
  closeConnection(): void {
    if ('stream' in this.response) return
    this.response.shouldKeepAlive = false
    const { socket } = this.response
    if (socket !== null) socket.destroySoon = () => lingerAndClose(socket)
  }

  /** `flat` is `[name, value, …]` with lower-case names. Throws for values that no header may have. */
  writeHead(status: number, flat: string[]): void {
    if ('stream' in this.response) writeHttp2Head(this.response, status, flat)
    else this.response.writeHead(status, flat)
    this.headSent = true
  }

  /** Sends the head that was written before any body is there. */
  flushHead(): void {
    if ('stream' in this.response) return
    this.response.flushHeaders()
    this.#bodyBegun = true
  }

  /** Keeps none of the piece's bytes. False: the client is behind; wait for {@link onDrain}. */
  write(piece: BodyPiece): boolean {
    if (this.#bodyBegun && piece.length <= oneWriteBytes) {
      const socket = chunkedSocketOf(this.response)
      if (socket !== undefined) return this.#writeChunk(socket, frame(piece.latin1))
    }
    this.flush()
    this.#chunked = undefined
    this.#bodyBegun = true
    // Bytes that the client does not take at once wait, and the buffer is not ours for so long.
    return (this.response as ServerResponse).write(Buffer.from(piece.bytes))
  }

  /** A client that is not behind gets its chunk with the batch; it would take so little without being behind. */
  #writeChunk(socket: Socket, chunk: string): boolean {
    this.#chunked = socket
    const isBehind = socket.writableLength > 0
    if (isBehind || this.#waiting.length + chunk.length > oneWriteBytes) this.flush()
    if (isBehind) return socket.write(chunk, 'latin1')
    if (this.#waiting === '') writeBatch.add(this)
    this.#waiting += chunk
    return true
  }

  /** Writes what waits for the batch. */
  flush(): void {
    const { response } = this
    const whole = this.#whole
    const chunks = this.#waiting
    this.#whole = undefined
    this.#waiting = ''
    if (whole !== undefined && !response.destroyed)
      (response as ServerResponse).end(whole, 'latin1')
    if (chunks !== '' && this.#chunked?.destroyed === false) this.#chunked.write(chunks, 'latin1')
  }

  end(chunk?: Buffer | string): void {
    this.flush()
    this.ended = true
    if ('stream' in this.response) closeUnread(this.response)
    if (chunk === undefined) this.response.end()
    else (this.response as ServerResponse).end(chunk)
    this.#watchUnread()
  }

  /** Ends an answer whose head is not sent yet with its whole body, in one write when it is short. */
  endWhole(piece: BodyPiece): void {
    this.ended = true
    if ('stream' in this.response || piece.length > oneWriteBytes) {
      this.end(Buffer.from(piece.bytes))
    } else {
      this.#whole = piece.latin1
      writeBatch.add(this)
    }
  }

  /** What is not taken at once may never be: a client that reads nothing would hold its connection for ever. */
  #watchUnread(): void {
    const { response } = this
    const writable = 'stream' in response ? response.stream : response.socket
    if (this.#patienceMs === 0 || !writable || writable.writableLength === 0) return
    response.setTimeout(this.#patienceMs, () => this.abort())
  }

  /** Trailers go out only where the framing has room for them. */
  addTrailers(flat: readonly string[]): void {
    const trailers = groupFields(flat)
    for (const name of noTrailers) delete trailers[name]
    // Node's types know no list of values here, and its code sends each.
    this.response.addTrailers(trailers as Record<string, string>)
  }

  onDrain(callback: () => void): void {
    const writable = this.#chunked ?? this.response
    writable.once('drain', callback)
  }

  /** Ends the answer so that the client sees it is not whole. */
  abort(): void {
    this.flush()
    this.ended = true
    if ('stream' in this.response) this.response.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    else this.response.destroy()
  }
}

/**
 * The socket of an answer in chunks of which Node has written the head. For each chunk Node makes three buffers, a cork and a
 * tick; one string to the socket takes 1.5 µs less of CPU per event of a stream. Undefined: Node must frame the body.
 */
function chunkedSocketOf(response: ClientResponse): Socket | undefined {
  if ('stream' in response || !response.chunkedEncoding) return undefined
  // What Node was given in this tick, such as the head, it has not passed on yet: that goes first.
  if (response.writableCorked > 0) return undefined
  return response.socket ?? undefined
}

/** A chunk as it stands on the wire (RFC 9112 section 7.1). */
function frame(latin1: string): string {
  return `${latin1.length.toString(16)}\r\n${latin1}\r\n`
}

/** How long a client may go on sending after its last answer, and how long it may pause meanwhile. */
const lingerMs = 10_000
const lingerIdleMs = 1000

/**
 * Ends the connection as Node's `destroySoon` does, but goes on reading for a while: closing a socket with unread
 * bytes resets it, and the reset may overtake the answer.
 */
function lingerAndClose(socket: Socket): void {
  socket.end()
  socket.setTimeout(lingerIdleMs)
  socket.once('timeout', () => socket.destroy())
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
}

/**
 * A stream stays open until both sides have ended it. After a whole answer nobody waits for the rest of a
 * request's body, and the client is told so (RFC 9113 section 8.1).
 */
function closeUnread(response: Http2ServerResponse): void {
  const { stream } = response
  if (stream === undefined || stream.endAfterHeaders || stream.readableEnded) return
  stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR))
}

/**
 * Fields without a meaning after a body (RFC 9110 section 6.5.1). Node does not send HTTP/2 trailers with the name of a connection's field;
 * it throws when it is about to, where nobody can catch it.
 */
const noTrailers = [
  ...['connection', 'content-length', 'host', 'http2-settings', 'keep-alive', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]

function writeHttp2Head(response: Http2ServerResponse, status: number, flat: string[]): void {
  response.writeHead(status, groupFields(flat))
}

/** Node's compatibility layer takes an object, in which a name of `flat` that stands several times has a list of values. */
function groupFields(flat: readonly string[]): Record<string, string | string[]> {
  // A name may be that of something that every object has.
  const fields: Record<string, string | string[]> = Object.create(null)
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] as string
    const value = flat[index + 1] as string
    const known = fields[name]
    if (known === undefined) fields[name] = value
    else fields[name] = Array.isArray(known) ? [...known, value] : [known, value]
  }
  return fields
}
