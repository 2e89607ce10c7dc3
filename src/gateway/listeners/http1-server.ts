import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HttpConnectionOptions } from '../../ir/listener.ts'
import { createServer } from '../../lib/http/node-http.ts'
import type { RequestHandler } from '../request-handler.ts'
import { refuseUnchecked } from './client-standing.ts'
import { type ConnectionState, getConnectionState } from './connection-state.ts'
import { type OnRefused, type Refusal, refusalOf, refuseConnection } from './refuse-connection.ts'

/** How often Node looks for connections whose head is late, at most. */
const headCheckMs = 5_000

export interface Http1Hooks {
  readonly handler: RequestHandler
  readonly onRefused: OnRefused
  readonly draining: () => boolean
}

const headCheckInterval = (headTimeoutMs: number) =>
  headTimeoutMs === 0 ? headCheckMs : Math.min(headCheckMs, Math.max(50, headTimeoutMs / 4))

const isWebSocketUpgrade = (request: IncomingMessage) =>
  request.headers.upgrade?.toLowerCase() === 'websocket'

/** The connection ends with an answer that is under way, or was refused: what follows is no request. */
const isEnding = ({ refused, response }: ConnectionState) =>
  refused || response?.shouldKeepAlive === false

/**
 * A connection that rests keeps nothing of its last request: 7 of 11 KB. Only an answer that ends its connection is still needed
 * to tell what follows it.
 */
function forgetAnswer(this: ServerResponse): void {
  const state = getConnectionState(this.req.socket)
  if (state.response === this && this.shouldKeepAlive) state.response = undefined
}

/** An HTTP/1 server without a socket of its own: connections are handed to it. */
export function createHttp1Server(options: HttpConnectionOptions, hooks: Http1Hooks): Server {
  const server = createServer({
    maxHeaderSize: options.maxRequestHeadersBytes,
    keepAliveTimeout: options.idleTimeoutMs,
    headersTimeout: Math.ceil(options.requestHeadersTimeoutMs),
    connectionsCheckingInterval: headCheckInterval(options.requestHeadersTimeoutMs),
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
    const state = getConnectionState(request.socket)
    const { ingress } = state
    if (hooks.draining() || state.standing !== 'current') response.shouldKeepAlive = false
    if (isEnding(state)) return
    state.response = response
    response.on('close', forgetAnswer)
    if (state.standing === 'unchecked') {
      refuseUnchecked(response, state.clientAddress, hooks.onRefused)
    } else {
      handler.handleRequest(request, response, ingress)
    }
  }
  server.on('request', onRequest)
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const state = getConnectionState(request.socket)
    const { ingress } = state
    // A tunnel would outlive what its client was checked by.
    if (isEnding(state) || state.standing !== 'current') socket.destroy()
    else handler.handleUpgrade(request, socket, head, ingress)
  })
  const refuse = (socket: Duplex, refusal: Refusal) => {
    const state = getConnectionState(socket)
    // The connection ends with the answer that is being sent; what follows its request is nobody's.
    const ending = state.response?.writableEnded === true && !state.response.shouldKeepAlive
    if (state.refused || ending) return
    state.refused = true
    const { clientAddress, response } = state
    // A second status line in the midst of an answer would be taken for its body, or for another answer.
    const answering = response?.headersSent === true && !response.writableFinished
    const { reason, status } = refusal
    hooks.onRefused({ reason, status: answering ? 0 : status, clientAddress })
    if (answering) socket.destroy()
    else refuseConnection(socket, refusal)
  }
  server.on('connect', (_request, socket: Duplex) => {
    refuse(socket, { status: 405, reason: 'connect', message: 'CONNECT is not served here.' })
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET') socket.destroy()
    else refuse(socket, refusalOf(error))
  })
  // Node begins to watch over late heads and idle connections when a server listens. This one never does.
  server.emit('listening')
  return server
}
