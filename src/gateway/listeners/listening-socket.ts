import type { Server as HttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { HttpConnectionOptions, ListenerBinding } from '../../ir/listener.ts'
import type { RequestObserver } from '../../telemetry/request-record.ts'
import type { RequestHandler } from '../request-handler.ts'
import { ConnectionState, type ListenerState, setConnectionState } from './connection-state.ts'
import { createHttp1Server } from './http1-server.ts'
import { createHttp2Acceptor, type Http2Acceptor } from './http2-server.ts'
import type { OnRefused } from './refuse-connection.ts'
import { sniffProtocol } from './sniff-protocol.ts'
import { TlsAcceptor } from './tls-acceptor.ts'

export interface ListeningSocketOptions {
  readonly handler: RequestHandler
  readonly observer: RequestObserver
  readonly ticketKeys: Buffer
  /** Open connections of one address and port; further ones are closed at once. */
  readonly maxConnections: number
  /** Milliseconds since the Unix epoch. */
  now(): number
}

const drainCheckMs = 50

/**
 * One address and port. It stays open while snapshots come and go; what they say of its listener is read
 * per request. Only changed connection options make new protocol servers, for new connections.
 */
export class ListeningSocket {
  readonly #options: ListeningSocketOptions
  readonly #server: Server
  readonly #connections = new Set<Socket>()
  readonly #retired: { http1: HttpServer; http2: Http2Acceptor }[] = []
  #state: ListenerState
  #http1: HttpServer
  #http2: Http2Acceptor
  readonly #tls: TlsAcceptor
  #draining = false

  constructor(state: ListenerState, options: ListeningSocketOptions) {
    this.#state = state
    this.#options = options
    this.#http1 = this.#createHttp1(state.listener.config.http)
    this.#http2 = this.#createHttp2(state.listener.config.http)
    this.#tls = this.#createTls()
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) =>
      this.#accept(socket),
    )
    this.#server.maxConnections = options.maxConnections
    this.#server.on('drop', (dropped) =>
      this.#refused({
        reason: 'too-many-connections',
        status: 0,
        clientAddress: dropped?.remoteAddress ?? '',
      }),
    )
  }

  /** Resolves with what went wrong, or undefined when the socket listens. */
  listen(binding: ListenerBinding): Promise<string | undefined> {
    const { address: host, port } = binding
    return new Promise((resolve) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => resolve(error.message))
      this.#server.listen(
        { host, port, reusePort: process.platform === 'linux', backlog: 4096 },
        () => resolve(undefined),
      )
    })
  }

  update(state: ListenerState): void {
    const before = this.#state.listener.config.http
    const after = state.listener.config.http
    this.#state = state
    if (JSON.stringify(before) === JSON.stringify(after)) return
    this.#retired.push({ http1: this.#http1, http2: this.#http2 })
    this.#http1 = this.#createHttp1(after)
    this.#http2 = this.#createHttp2(after)
  }

  /** Takes no more connections, lets open requests end, and resolves when none is left. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#server.close()
    this.#closeIdle()
    while (this.#connections.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, drainCheckMs))
      this.#closeIdle()
    }
  }

  /** Cuts every connection. */
  destroy(): void {
    this.#draining = true
    this.#server.close()
    for (const socket of this.#connections) socket.destroy()
  }

  #closeIdle(): void {
    for (const { http1, http2 } of [...this.#retired, { http1: this.#http1, http2: this.#http2 }]) {
      http1.closeIdleConnections()
      for (const session of http2.sessions) if (!session.closed) session.close()
    }
  }

  #accept(socket: Socket): void {
    const { observer } = this.#options
    const listenerId = this.#state.listener.config.id
    this.#connections.add(socket)
    observer.connectionOpened(listenerId)
    // Errors of a connection are seen by the requests on it; without a listener they would end the thread.
    socket.on('error', ignore)
    socket.once('close', () => {
      this.#connections.delete(socket)
      observer.connectionClosed(listenerId)
    })
    if (this.#state.listener.config.tls === undefined) this.#acceptClear(socket)
    else this.#tls.accept(socket)
  }

  #acceptClear(socket: Socket): void {
    const clientAddress = socket.remoteAddress ?? ''
    const facts = { scheme: 'http', serverName: '', clientAddress, handshake: undefined } as const
    setConnectionState(socket, new ConnectionState(() => this.#state, facts))
    sniffProtocol(socket, this.#state.listener.config.http.requestHeadersTimeoutMs, {
      onKnown: (protocol) => this.#serve(socket, protocol),
      onSilent: () => this.#refused({ reason: 'silent', status: 0, clientAddress }),
    })
  }

  #serve(socket: Duplex, protocol: 'http1' | 'http2'): void {
    const server = protocol === 'http2' ? this.#http2.server : this.#http1
    server.emit('connection', socket)
  }

  #createTls(): TlsAcceptor {
    return new TlsAcceptor({
      listener: () => this.#state.listener,
      ticketKeys: this.#options.ticketKeys,
      onRefused: (refused) => this.#refused(refused),
      onSecure: (socket, serverName, handshake) => {
        const clientAddress = socket.remoteAddress ?? ''
        const facts = { scheme: 'https', serverName, clientAddress, handshake } as const
        setConnectionState(socket, new ConnectionState(() => this.#state, facts))
        socket.on('error', ignore)
        this.#serve(socket, socket.alpnProtocol === 'h2' ? 'http2' : 'http1')
      },
    })
  }

  #createHttp1(options: HttpConnectionOptions): HttpServer {
    return createHttp1Server(options, {
      handler: this.#options.handler,
      onRefused: (refused) => this.#refused(refused),
      draining: () => this.#draining,
    })
  }

  #createHttp2(options: HttpConnectionOptions): Http2Acceptor {
    return createHttp2Acceptor(options, {
      handler: this.#options.handler,
      onRefused: (refused) => this.#refused(refused),
    })
  }

  #refused(refused: Parameters<OnRefused>[0]): void {
    const { observer, now } = this.#options
    const { listener, generation } = this.#state
    const slow = refused.reason === 'silent' || refused.reason === 'request-timeout'
    observer.connectionRefused({
      ...refused,
      timeMs: now(),
      listenerId: listener.config.id,
      responseFlags: slow ? 'DT' : 'DPE',
      generation,
    })
  }
}

const ignore = () => undefined
