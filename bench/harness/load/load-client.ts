import { connect, type Socket } from 'node:net'

/** One answered request. */
export interface Sample {
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number
  readonly durationMs: number
  /** Until the first byte of the body. */
  readonly firstByteMs: number
  readonly status: number
  readonly body: string
}

export interface LoadClientOptions {
  readonly url: string
  readonly connections: number
  /** Head without the final empty line and without `Content-Length`. */
  readonly head: string
  readonly requestBody?: string
  /** Pause of a connection between two requests; 0 keeps it busy. */
  readonly pauseMs?: number
  /** Connections begin evenly spread over this time. */
  readonly rampMs?: number
  /** Requests per connection; without it until {@link LoadClient.stop}. */
  readonly requestsPerConnection?: number
  readonly onSample: (sample: Sample) => void
}

/** What happened to a run's requests. */
export interface LoadTotals {
  readonly sent: number
  readonly answered: number
  /** Sent and never answered: the connection ended first. */
  readonly lost: number
}

const headEnd = '\r\n\r\n'

/** A light HTTP/1.1 client on raw sockets: one request after the other on each of its connections. */
export class LoadClient {
  readonly #options: LoadClientOptions
  readonly #request: string
  readonly #ended: Promise<void>[] = []
  #stopping = false
  #sent = 0
  #answered = 0
  #lost = 0

  constructor(options: LoadClientOptions) {
    this.#options = options
    const body = options.requestBody ?? ''
    const length = `Content-Length: ${Buffer.byteLength(body)}`
    this.#request = `${options.head}\r\n${length}${headEnd}${body}`
  }

  start(): void {
    const { connections, rampMs = 0 } = this.#options
    for (let index = 0; index < connections; index++) {
      this.#ended.push(this.#runConnection((rampMs * index) / connections))
    }
  }

  /** Resolves when each connection has its last answer. */
  async finished(): Promise<LoadTotals> {
    await Promise.all(this.#ended)
    return { sent: this.#sent, answered: this.#answered, lost: this.#lost }
  }

  stop(): Promise<LoadTotals> {
    this.#stopping = true
    return this.finished()
  }

  async #runConnection(delayMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    const { requestsPerConnection = Number.POSITIVE_INFINITY, pauseMs = 0 } = this.#options
    const url = new URL(this.#options.url)
    let socket: Socket | undefined
    for (let count = 0; count < requestsPerConnection && !this.#stopping; count++) {
      socket = await this.#requestOnce(socket, url)
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    socket?.destroy()
  }

  /** Resolves with the connection, or nothing when it ended and the next request needs another. */
  #requestOnce(kept: Socket | undefined, url: URL): Promise<Socket | undefined> {
    const socket =
      kept ?? connect({ host: url.hostname, port: Number(url.port) || 80, noDelay: true })
    const startedAt = performance.now()
    this.#sent++
    return new Promise((resolve) => {
      let text = ''
      let firstByteMs = 0
      const finish = (result: Socket | undefined) => {
        socket.removeAllListeners()
        socket.on('error', () => undefined)
        resolve(result)
      }
      const fail = () => {
        this.#lost++
        finish(undefined)
      }
      socket.on('error', fail)
      socket.on('close', fail)
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
        const end = text.indexOf(headEnd)
        if (end < 0) return
        if (firstByteMs === 0 && text.length > end + headEnd.length) {
          firstByteMs = performance.now() - startedAt
        }
        if (!isComplete(text, end)) return
        this.#answered++
        const durationMs = performance.now() - startedAt
        const status = Number(text.slice(9, 12))
        const body = text.slice(end + headEnd.length)
        finish(socket)
        this.#options.onSample({ startedAt, durationMs, firstByteMs, status, body })
      })
      socket.write(this.#request)
    })
  }
}

function isComplete(text: string, end: number): boolean {
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))
  if (length === null) return text.endsWith('0\r\n\r\n')
  return text.length >= end + headEnd.length + Number(length[1])
}
