import { ConnectionPool, type PoolOptions } from '../connection-pool.ts'
import type { Connector, SessionHolder } from '../connector.ts'
import type {
  UpstreamBody,
  UpstreamCall,
  UpstreamClient,
  UpstreamHandler,
  UpstreamRequestHead,
} from '../upstream-client.ts'
import { encodeRequest } from './encode-request.ts'
import { type CallOwner, Http1Call } from './http1-call.ts'
import { type ConnectionOwner, Http1Connection } from './http1-connection.ts'
import { SocketReads } from './socket-reads.ts'

/** What a pool is made with beside its options. */
export interface Http1PoolServices {
  readonly connector: Connector
  now(): number
}

/**
 * The HTTP/1.1 connections to one endpoint, for requests of the usual kind: no upgrade, the body in memory. All
 * others are left to undici. It costs about half of undici's CPU per request.
 */
export class Http1Pool implements UpstreamClient, CallOwner, ConnectionOwner {
  readonly maxRequestsPerConnection: number
  readonly maxHeadersCount: number | undefined
  readonly #options: PoolOptions
  readonly #services: Http1PoolServices
  readonly #sessions: SessionHolder = { session: undefined }
  /** The most recently used one last, so that the others age out. */
  readonly #idle: Http1Connection[] = []
  readonly #waiting: Http1Call[] = []
  readonly #open = new Set<Http1Connection>()
  #connecting = 0
  #due: Http1Call[] = []
  #dueConnections: Http1Connection[] = []
  #sweeping = false
  #retired = false
  #unusual: ConnectionPool | undefined

  constructor(options: PoolOptions, services: Http1PoolServices) {
    this.#options = options
    this.#services = services
    this.maxRequestsPerConnection = options.maxRequestsPerConnection
    this.maxHeadersCount = options.maxHeadersCount
  }

  dispatch(head: UpstreamRequestHead, body: UpstreamBody, handler: UpstreamHandler): UpstreamCall {
    const request = encodeRequest(head, body)
    if (request === undefined) {
      this.#unusual ??= new ConnectionPool(this.#options, this.#services.connector)
      return this.#unusual.dispatch(head, body, handler)
    }
    const call = new Http1Call(this, request, handler)
    this.#begin(call)
    return call
  }

  retire(): void {
    this.#retired = true
    for (const connection of this.#idle.splice(0)) connection.destroy()
    this.#unusual?.retire()
  }

  forget(call: Http1Call): boolean {
    const index = this.#waiting.indexOf(call)
    if (index < 0) return false
    this.#waiting.splice(index, 1)
    this.#options.limits.waitEnded()
    return true
  }

  connectionFree(connection: Http1Connection): void {
    const next = this.#takeWaiting()
    if (next !== undefined) this.#sendLater(next, connection)
    else if (this.#retired) connection.destroy()
    else this.#rest(connection)
  }

  connectionClosed(connection: Http1Connection): void {
    if (!this.#open.delete(connection)) return
    const index = this.#idle.indexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
    this.#options.limits.connectionClosed()
    this.#serveWaiting()
  }

  #begin(call: Http1Call): void {
    const connection = this.#takeIdle()
    if (connection !== undefined) this.#sendLater(call, connection)
    else if (this.#mayConnect()) this.#connect(call)
    else this.#wait(call)
  }

  #takeIdle(): Http1Connection | undefined {
    let connection = this.#idle.pop()
    while (connection !== undefined && this.#hasRestedTooLong(connection)) {
      connection.destroy()
      connection = this.#idle.pop()
    }
    return connection
  }

  #hasRestedTooLong({ restsSinceMs, restLimitMs }: Http1Connection): boolean {
    const limitMs = Math.min(restLimitMs, Math.max(1, this.#options.idleTimeoutMs))
    return this.#services.now() - restsSinceMs >= limitMs
  }

  /** One connection per pool is always allowed: those who wait here are served by it. */
  #mayConnect(): boolean {
    return this.#open.size + this.#connecting === 0 || this.#options.limits.mayConnect()
  }

  #connect(call: Http1Call): void {
    const { target, limits } = this.#options
    this.#connecting += 1
    // Counted while it is dialled too: requests that come together must not open more than they may.
    limits.connectionOpened()
    const reads = new SocketReads()
    const parts = { sessions: this.#sessions, onread: reads.options }
    this.#services.connector.connect(target, parts, (error, socket) => {
      this.#connecting -= 1
      if (socket === null) {
        limits.connectionClosed()
        // The caller may still be in the middle of dispatching.
        queueMicrotask(() => {
          call.failConnect(error ?? new Error('no socket'))
          this.#serveWaiting()
        })
        return
      }
      const connection = new Http1Connection(socket, reads, this)
      this.#open.add(connection)
      if (call.cancelled) this.connectionFree(connection)
      else connection.send(call)
    })
  }

  /**
   * What an upstream says on a connection before it was asked must not be taken for an answer, so everything that
   * has arrived is looked at before a connection is used again: requests go out when the events of this turn of the
   * loop have been handled, all of them at once.
   */
  #sendLater(call: Http1Call, connection: Http1Connection): void {
    if (this.#due.length === 0) setImmediate(() => this.#sendDue())
    this.#due.push(call)
    this.#dueConnections.push(connection)
  }

  #sendDue(): void {
    const calls = this.#due
    const connections = this.#dueConnections
    this.#due = []
    this.#dueConnections = []
    for (let index = 0; index < calls.length; index += 1) {
      const call = calls[index] as Http1Call
      const connection = connections[index] as Http1Connection
      if (connection.clogged) connection.destroy()
      if (call.cancelled) {
        if (!connection.closed) this.connectionFree(connection)
      } else if (connection.closed) {
        this.#begin(call)
      } else {
        connection.send(call)
      }
    }
  }

  #wait(call: Http1Call): void {
    const { limits } = this.#options
    if (!limits.mayWait()) {
      // The caller hears of it after it has returned.
      queueMicrotask(() => call.failOverflow())
      return
    }
    limits.waitStarted()
    this.#waiting.push(call)
  }

  #takeWaiting(): Http1Call | undefined {
    const call = this.#waiting.shift()
    if (call !== undefined) this.#options.limits.waitEnded()
    return call
  }

  /** A connection has gone: those who wait may open another. */
  #serveWaiting(): void {
    while (this.#waiting.length > 0 && this.#mayConnect()) {
      const call = this.#takeWaiting()
      if (call !== undefined) this.#connect(call)
    }
  }

  #rest(connection: Http1Connection): void {
    connection.restsSinceMs = this.#services.now()
    this.#idle.push(connection)
    if (!this.#sweeping) this.#sweepLater(this.#options.idleTimeoutMs)
  }

  /** One timer for all: a connection is closed at most a second after its time. */
  #sweepLater(delayMs: number): void {
    this.#sweeping = true
    const timer = setTimeout(
      () => {
        this.#sweeping = false
        for (const connection of [...this.#idle]) {
          if (this.#hasRestedTooLong(connection)) connection.destroy()
        }
        if (this.#idle.length > 0) this.#sweepLater(sweepEveryMs)
      },
      Math.min(Math.max(1, delayMs), sweepEveryMs),
    )
    timer.unref()
  }
}

const sweepEveryMs = 1000
