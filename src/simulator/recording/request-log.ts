import { maskHeader, maskQuery } from './mask-credentials.ts'

/** A request as it arrived, with credentials masked. */
export interface ReceivedRequest {
  /** Counts up by one. */
  readonly id: number
  readonly time: string
  /** The simulated provider; undefined when the host is none of theirs. */
  readonly provider: string | undefined
  readonly method: string
  readonly path: string
  readonly query: string
  readonly host: string
  /** Server name of the TLS handshake; undefined when the client sent none. */
  readonly sni: string | undefined
  /** `1.1` or `2.0`. */
  readonly httpVersion: string
  /** Names and values in the order and spelling in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The first part of it, as UTF-8. */
  readonly body: string
  readonly bodyBytes: number
  readonly bodyTruncated: boolean
  readonly outcome: RequestOutcome
}

/** What became of a request. */
export interface RequestOutcome {
  /** `pending` until the answer is over; the others say who ended it and how. */
  readonly end: 'pending' | 'answered' | 'client-closed' | 'reset' | 'stall' | 'cut'
  /** 0 while no head was sent. */
  readonly status: number
  /** Events of a stream that were sent. */
  readonly events: number
}

export interface ArrivedRequest {
  readonly timeMs: number
  readonly provider: string | undefined
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly host: string
  readonly sni: string | undefined
  readonly httpVersion: string
  /** Flat list of names and values. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** The requests that came last; bounded in number and in bytes, the oldest goes first. */
export class RequestLog {
  #entries: { request: ReceivedRequest; bytes: number }[] = []
  #bytes = 0
  #lastId = 0
  readonly #limits: { requests: number; bytes: number; bodyBytes: number }

  constructor(limits = { requests: 1000, bytes: 32 * 1024 * 1024, bodyBytes: 64 * 1024 }) {
    this.#limits = limits
  }

  /** Records a request; the returned function records what becomes of it. */
  add(arrived: ArrivedRequest): (outcome: RequestOutcome) => void {
    const queryStart = arrived.target.indexOf('?')
    const pathEnd = queryStart < 0 ? arrived.target.length : queryStart
    const body = arrived.body.subarray(0, this.#limits.bodyBytes)
    const headers = pairs(arrived.rawHeaders)
    const isForm = headers.some(
      ([name, value]) =>
        name.toLowerCase() === 'content-type' &&
        value.startsWith('application/x-www-form-urlencoded'),
    )
    const text = body.toString('utf8')
    const request: ReceivedRequest = {
      id: ++this.#lastId,
      time: new Date(arrived.timeMs).toISOString(),
      provider: arrived.provider,
      method: arrived.method,
      path: arrived.target.slice(0, pathEnd),
      query: maskQuery(arrived.target.slice(pathEnd + 1)),
      host: arrived.host,
      sni: arrived.sni,
      httpVersion: arrived.httpVersion,
      headers,
      // Forms are what tokens are asked for with.
      body: isForm ? maskQuery(text) : text,
      bodyBytes: arrived.body.length,
      bodyTruncated: body.length < arrived.body.length,
      outcome: { end: 'pending', status: 0, events: 0 },
    }
    const headerBytes = arrived.rawHeaders.reduce((sum, text) => sum + text.length, 0)
    const entry = { request, bytes: arrived.target.length + headerBytes + body.length }
    this.#entries.push(entry)
    this.#bytes += entry.bytes
    this.#shrink()
    return (outcome) => {
      entry.request = { ...entry.request, outcome }
    }
  }

  /** Oldest first; of one host, if `host` is given. */
  list(filter: { readonly host?: string } = {}): ReceivedRequest[] {
    const requests = this.#entries.map(({ request }) => request)
    const { host } = filter
    return host === undefined ? requests : requests.filter((request) => request.host === host)
  }

  clear(): void {
    this.#entries = []
    this.#bytes = 0
  }

  #shrink(): void {
    while (this.#entries.length > this.#limits.requests || this.#bytes > this.#limits.bytes) {
      this.#bytes -= this.#entries.shift()?.bytes ?? 0
    }
  }
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  const headers: [string, string][] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    // Method, path and the like of HTTP/2 have fields of their own.
    if (!name.startsWith(':')) headers.push([name, maskHeader(name, rawHeaders[index + 1] ?? '')])
  }
  return headers
}
