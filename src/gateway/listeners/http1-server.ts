import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HttpConnectionOptions } from '../../ir/listener.ts'
import { createServer } from '../../lib/node-http.ts'
import type { RequestHandler } from '../request-handler.ts'
import { getConnectionState } from './connection-state.ts'
import { refusalOf, refuseConnection } from './refuse-connection.ts'

/** Time for a request head to arrive, in milliseconds: what a slow client may hold open. */
const headTimeoutMs = 60_000
/** How often Node looks for connections whose head is late. */
const headCheckMs = 5_000

export interface Http1Hooks {
  readonly handler: RequestHandler
  readonly onRefused: (reason: string) => void
  readonly draining: () => boolean
}

const isWebSocketUpgrade = (request: IncomingMessage) =>
  request.headers.upgrade?.toLowerCase() === 'websocket'

/** An HTTP/1 server without a socket of its own: connections are handed to it. */
export function createHttp1Server(options: HttpConnectionOptions, hooks: Http1Hooks): Server {
  const server = createServer({
    maxHeaderSize: options.maxRequestHeadersBytes,
    keepAliveTimeout: options.idleTimeoutMs,
    headersTimeout: headTimeoutMs,
    connectionsCheckingInterval: headCheckMs,
    // A whole request may take as long as it likes: uploads are not cut. Silence is the request path's matter.
    requestTimeout: 0,
    // The request path checks Host itself and says why.
    requireHostHeader: false,
    noDelay: true,
    // Any other upgrade, h2c included, is an ordinary request without it (RFC 9110 section 7.8).
    shouldUpgradeCallback: isWebSocketUpgrade,
  })
  const { handler } = hooks
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    if (hooks.draining()) response.shouldKeepAlive = false
    handler.handleRequest(request, response, getConnectionState(request.socket).ingress)
  }
  server.on('request', onRequest)
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    handler.handleUpgrade(request, socket, head, getConnectionState(request.socket).ingress)
  })
  server.on('connect', (_request, socket: Duplex) => {
    hooks.onRefused('connect')
    refuseConnection(socket, {
      status: 405,
      reason: 'connect',
      message: 'CONNECT is not served here.',
    })
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const refusal = refusalOf(error)
    hooks.onRefused(refusal.reason)
    refuseConnection(socket, refusal)
  })
  return server
}
