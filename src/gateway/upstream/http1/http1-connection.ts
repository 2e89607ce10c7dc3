import type { Socket } from 'node:net'
import type { Http1Call } from './http1-call.ts'
import type { ResponseHead } from './parse-head.ts'
import { type ResponseListener, ResponseReader } from './response-reader.ts'
import type { SocketReads } from './socket-reads.ts'

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** 0 is no limit. */
  readonly maxRequestsPerConnection: number
  /** The answer has come and the connection can take the next request. */
  connectionFree(connection: Http1Connection): void
  connectionClosed(connection: Http1Connection): void
}

/** Up to this length head and body are joined to one string, which Node writes without a copy of its own. */
const oneWriteBytes = 4096

/** One HTTP/1.1 connection: one request at a time. */
export class Http1Connection implements ResponseListener {
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #reader: ResponseReader
  #call: Http1Call | undefined
  #requests = 0
  #error: Error | undefined
  #keepAlive = false
  #closed = false
  /** How long it may rest, by the upstream's own word. */
  restLimitMs = Number.POSITIVE_INFINITY
  restsSinceMs = 0

  constructor(socket: Socket, reads: SocketReads, owner: ConnectionOwner) {
    this.#socket = socket
    this.#owner = owner
    this.#reader = new ResponseReader(this)
    reads.listener = (chunk) => this.#onData(chunk)
    socket.on('end', () => this.#onEnd())
    socket.on('error', (error: Error) => {
      this.#error = error
    })
    socket.on('close', () => this.#onClose())
  }

  get closed(): boolean {
    return this.#closed
  }

  /** True: an answer has come over it, so it may have died since. */
  get used(): boolean {
    return this.#requests > 0
  }

  /**
   * True: the upstream has answered and not taken the whole request, and may never. TLS tells that a write is done
   * only with the immediates of the loop, after the answer: ask in an immediate.
   */
  get clogged(): boolean {
    return this.#socket.writableLength > 0
  }

  send(call: Http1Call): void {
    const { maxRequestsPerConnection } = this.#owner
    const { method, head, body } = call.sendOver(this, this.#requests > 0)
    this.#call = call
    this.#requests += 1
    // Misbehaving servers send a body with the answer to HEAD, which would be read as the next answer.
    const last = method === 'HEAD' || this.#requests === maxRequestsPerConnection
    this.#keepAlive = !last
    this.#reader.begin(method === 'HEAD')
    const text = last ? `${head}connection: close\r\n\r\n` : `${head}\r\n`
    const socket = this.#socket
    if (body === undefined || body.length === 0) {
      socket.write(text, 'latin1')
    } else if (body.length <= oneWriteBytes) {
      socket.write(text + body.toString('latin1'), 'latin1')
    } else {
      socket.cork()
      socket.write(text, 'latin1')
      socket.write(body)
      socket.uncork()
    }
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  destroy(): void {
    this.#reader.stop()
    this.#socket.destroy()
    this.#onClose()
  }

  onHead(head: ResponseHead): void {
    const call = this.#call
    if (call === undefined) return
    if (head.status >= 200) {
      this.#keepAlive &&= head.keepAlive
      this.restLimitMs = restLimit(head)
    }
    const problem = call.takeHead(head)
    if (problem !== undefined) this.onInvalid(problem)
  }

  onBody(chunk: Buffer): void {
    this.#call?.takeBody(chunk)
  }

  onMessageEnd(trailers: readonly string[], rest: number): void {
    const call = this.#call
    const socket = this.#socket
    this.#call = undefined
    // An upstream that says more than it was asked is not used again.
    const reusable = this.#keepAlive && rest === 0 && this.restLimitMs > 0
    if (reusable) {
      // Otherwise nobody would see that it dies.
      if (socket.isPaused()) socket.resume()
      this.#owner.connectionFree(this)
    } else {
      this.destroy()
    }
    call?.finish(trailers)
  }

  onInvalid(problem: string): void {
    const call = this.#call
    this.#call = undefined
    this.destroy()
    call?.failProtocol(problem)
  }

  #onData(chunk: Buffer): void {
    if (this.#call === undefined) {
      // Nothing was asked: what comes could only be taken for the answer to somebody else's request.
      this.destroy()
      return
    }
    this.#call.answerBegins()
    this.#reader.push(chunk)
  }

  #onEnd(): void {
    if (!this.#reader.end()) this.destroy()
  }

  #onClose(): void {
    if (this.#closed) return
    this.#closed = true
    const call = this.#call
    this.#call = undefined
    this.#owner.connectionClosed(this)
    call?.failReset(this.#error)
  }
}

/** A second before the upstream closes it, a request could still meet the closing. */
const restMarginMs = 1000

function restLimit({ keepAliveTimeoutMs }: ResponseHead): number {
  return keepAliveTimeoutMs === undefined
    ? Number.POSITIVE_INFINITY
    : keepAliveTimeoutMs - restMarginMs
}
