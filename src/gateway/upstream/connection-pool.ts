import { gatewayError } from '../../errors/gateway-error.ts'
import {
  type Connector,
  type ConnectTarget,
  resetMessage,
  type SessionHolder,
} from './connector.ts'
import { PooledConnection } from './pooled-connection.ts'
import { loadClient } from './undici.ts'
import { type CallOwner, UndiciCall } from './undici-call.ts'
import type {
  UpstreamBody,
  UpstreamCall,
  UpstreamClient,
  UpstreamHandler,
  UpstreamRequestHead,
} from './upstream-client.ts'

/** What a pool must keep to, and whom it tells. */
export interface PoolOptions {
  readonly target: ConnectTarget
  /** 0 is no limit. */
  readonly maxRequestsPerConnection: number
  readonly idleTimeoutMs: number
  readonly maxHeadersCount: number | undefined
  /** HTTP/2 streams on one connection. */
  readonly maxConcurrentStreams: number
  readonly limits: PoolLimits
}

/** Circuit breaker over all pools of a backend. */
export interface PoolLimits {
  mayConnect(): boolean
  mayWait(): boolean
  connectionOpened(): void
  connectionClosed(): void
  waitStarted(): void
  waitEnded(): void
}

/** Largest response head taken from an upstream, Envoy's default. */
const maxResponseHeadBytes = 60 * 1024

/** The connections to one endpoint: the most recently used idle one first, so that the others age out. */
export class ConnectionPool implements UpstreamClient, CallOwner {
  readonly options: PoolOptions
  readonly #connector: Connector
  readonly #sessions: SessionHolder = { session: undefined }
  readonly #idle: PooledConnection[] = []
  readonly #waiting: UndiciCall[] = []
  readonly #all = new Set<PooledConnection>()
  #retired = false

  constructor(options: PoolOptions, connector: Connector) {
    this.options = options
    this.#connector = connector
  }

  dispatch(head: UpstreamRequestHead, body: UpstreamBody, handler: UpstreamHandler): UpstreamCall {
    const call = new UndiciCall(this, { head, body, handler })
    const connection = this.#find()
    if (connection !== undefined) call.start(connection)
    else this.#wait(call)
    return call
  }

  retire(): void {
    this.#retired = true
    for (const connection of [...this.#all]) {
      if (connection.active === 0) this.#discard(connection)
    }
  }

  /** A call has ended and its connection can take the next one. */
  release(connection: PooledConnection): void {
    connection.active -= 1
    if (this.#retired && this.#waiting.length === 0) {
      if (connection.active === 0) this.#discard(connection)
      return
    }
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#rest(connection)
      return
    }
    this.options.limits.waitEnded()
    connection.active += 1
    next.start(connection)
  }

  /** Nothing waits: an HTTP/1 connection is kept for later, one that was never made is forgotten. */
  #rest(connection: PooledConnection): void {
    if (connection.active > 0) return
    if (!connection.connected) this.#discard(connection)
    else if (!this.options.target.http2) this.#idle.push(connection)
  }

  /** Takes a call out of the queue; false when it does not stand there. */
  forget(call: UndiciCall): boolean {
    const index = this.#waiting.indexOf(call)
    if (index < 0) return false
    this.#waiting.splice(index, 1)
    this.options.limits.waitEnded()
    return true
  }

  #find(): PooledConnection | undefined {
    const idle = this.options.target.http2 ? this.#findMultiplexed() : this.#idle.pop()
    if (idle !== undefined) {
      idle.active += 1
      return idle
    }
    // One connection per pool is always allowed: those who wait here are served by it.
    if (this.#all.size > 0 && !this.options.limits.mayConnect()) return undefined
    const connection = this.#create()
    connection.active = 1
    return connection
  }

  #findMultiplexed(): PooledConnection | undefined {
    for (const connection of this.#all) {
      if (connection.active < this.options.maxConcurrentStreams) return connection
    }
    return undefined
  }

  #wait(call: UndiciCall): void {
    if (!this.options.limits.mayWait()) {
      const error = gatewayError('upstream-overloaded', resetMessage('overflow'))
      call.refuse({ error, beforeSending: true, staleConnection: false })
      return
    }
    this.options.limits.waitStarted()
    this.#waiting.push(call)
  }

  #create(): PooledConnection {
    const { target, limits } = this.options
    const UndiciClient = loadClient()
    const client = new UndiciClient(
      target.tls === undefined ? 'http://upstream' : 'https://upstream',
      {
        connect: (_options, callback) =>
          this.#connector.connect(target, { sessions: this.#sessions }, (error, socket) => {
            if (socket === null) callback(error ?? new Error('no socket'), null)
            else callback(null, socket)
          }),
        allowH2: target.http2,
        // For HTTP/2 undici reads its own limit; one request at a time on an HTTP/1 connection.
        pipelining: 1,
        maxHeaderSize: maxResponseHeadBytes,
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: Math.max(1, this.options.idleTimeoutMs),
        keepAliveMaxTimeout: Math.max(1, this.options.idleTimeoutMs),
        ...(this.options.maxRequestsPerConnection > 0
          ? { maxRequestsPerClient: this.options.maxRequestsPerConnection }
          : {}),
        ...(target.http2
          ? { h2Options: { maxConcurrentStreams: this.options.maxConcurrentStreams } }
          : {}),
      },
    )
    const connection = new PooledConnection(client)
    this.#all.add(connection)
    // Counted while it is dialled too: requests that come together must not open more than they may.
    limits.connectionOpened()
    client.on('connect', () => {
      connection.connected = true
      connection.answered = 0
    })
    client.on('disconnect', () => this.#disconnected(connection))
    return connection
  }

  #disconnected(connection: PooledConnection): void {
    connection.connected = false
    connection.answered = 0
    if (connection.active === 0) this.#discard(connection)
  }

  #discard(connection: PooledConnection): void {
    const index = this.#idle.indexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
    if (!this.#all.delete(connection)) return
    this.options.limits.connectionClosed()
    // undici may be in the middle of telling of an error.
    queueMicrotask(() => connection.client.destroy().catch(() => undefined))
  }
}
