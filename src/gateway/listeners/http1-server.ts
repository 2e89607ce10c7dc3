import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HttpConnectionOptions } from '../../ir/listener.ts'
import { createServer } from '../../lib/http/node-http.ts'
import type { RequestHandler } from '../request-handler.ts'
import { refuseUnchecked } from './client-standing.ts'
import { type ConnectionState, getConnectionState } from './connection-state.ts'
import { type OnRefused, refusalOf } from './refuse-connection.ts'
import { addPipelined, isUnanswered, refuseConnect, refuseInTurn } from './refuse-in-turn.ts'

/** How often Node looks for connections whose head is late, at most. */
const headCheckMs = 5_000

export interface Http1Hooks {
  readonly handler: RequestHandler
  readonly onRefused: OnRefused
  readonly draining: () => boolean
}

const headCheckInterval = (headTimeoutMs: number) =>
  headTimeoutMs === 0 ? headCheckMs : Math.min(headCheckMs, Math.max(50, headTimeoutMs / 4))

/**
 * Whether a request becomes a tunnel: it asks for a WebSocket in HTTP/1.1 by GET without a body (RFC 6455 section 4.1, RFC 9110 section
 * 7.8), and no answer is due before its own, for whose bytes the tunnel's would be taken.
 */
function opensTunnel(request: IncomingMessage): boolean {
  const { headers, method, httpVersionMinor } = request
  if (headers.upgrade?.toLowerCase() !== 'websocket') return false
  const state = getConnectionState(request.socket)
  const bodiless =
    (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined
  const opens =
    method === 'GET' && httpVersionMinor > 0 && bodiless && !isUnanswered(state.response)
  // Node drops what came with it, be it the beginning of another request.
  state.endsWithNext ||= !opens
  return opens
}

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
    shouldUpgradeCallback: opensTunnel,
  })
  const { handler } = hooks
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const state = getConnectionState(request.socket)
    const { ingress } = state
    if (isEnding(state)) return
    const isLast = hooks.draining() || state.endsWithNext || state.standing !== 'current'
    if (isLast) response.shouldKeepAlive = false
    if (isUnanswered(state.response)) addPipelined(state, response)
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
  server.on('connect', (_request, socket: Duplex) => refuseConnect(socket, hooks.onRefused))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET') socket.destroy()
    else refuseInTurn(socket, refusalOf(error), hooks.onRefused)
  })
  // Node begins to watch over late heads and idle connections when a server listens. This one never does.
  server.emit('listening')
  return server
}
