import {
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { HttpConnectionOptions } from '../../ir/listener.ts'
import type { RequestHandler } from '../request-handler.ts'
import { refuseUnchecked } from './client-standing.ts'
import { getConnectionState, setConnectionState } from './connection-state.ts'
import type { OnRefused } from './refuse-connection.ts'

/** What one HTTP/2 connection may ask of this process. */
const limits = {
  maxConcurrentStreams: 128,
  /** Megabytes of frames and headers that a session may hold. */
  maxSessionMemory: 10,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  /** Resets that may come at once, and per second: rapid reset ends the connection (CVE-2023-44487). */
  streamResetBurst: 1000,
  streamResetRate: 33,
  maxOutstandingPings: 10,
  maxHeaderListPairs: 200,
} as const

export interface Http2Hooks {
  readonly handler: RequestHandler
  readonly onRefused: OnRefused
}

/** An HTTP/2 server without a socket of its own; it knows its open sessions so that they can be drained. */
export interface Http2Acceptor {
  readonly server: Http2Server
  readonly sessions: ReadonlySet<ServerHttp2Session>
}

export function createHttp2Acceptor(
  options: HttpConnectionOptions,
  { handler, onRefused }: Http2Hooks,
): Http2Acceptor {
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer({
    ...limits,
    // An answer goes on as it came, headers included that should stand once.
    strictSingleValueFields: false,
    settings: {
      maxConcurrentStreams: limits.maxConcurrentStreams,
      maxHeaderListSize: options.maxRequestHeadersBytes,
      enableConnectProtocol: false,
      initialWindowSize: 1024 * 1024,
    },
  })
  const onRequest = (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const { stream } = request
    const { session } = stream
    if (session === undefined) return
    endWhenReset(stream)
    const state = getConnectionState(session)
    const { ingress } = state
    if (state.standing === 'unchecked') refuseUnchecked(response, state.clientAddress, onRefused)
    else handler.handleRequest(request, response, ingress)
    if (state.standing !== 'current' && !session.closed) session.close()
  }
  server.on('request', onRequest)
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('session', (session) => {
    sessions.add(session)
    setConnectionState(session, getConnectionState(session.socket))
    if (options.idleTimeoutMs > 0) {
      session.setTimeout(options.idleTimeoutMs, () => session.close())
    }
    session.on('close', () => sessions.delete(session))
  })
  server.on('sessionError', (_error, session: ServerHttp2Session) => {
    const { clientAddress } = getConnectionState(session)
    onRefused({ reason: 'http2-protocol-error', status: 0, clientAddress })
  })
  return { server, sessions }
}

/**
 * Node waits for the end of both sides of a stream that its client resets with NO_ERROR, and what is written meanwhile keeps
 * that end from coming: stream and connection would stay for good. The reset may have come with the head.
 */
function endWhenReset(stream: ServerHttp2Stream): void {
  if (stream.aborted) stream.destroy()
  else stream.once('aborted', () => stream.destroy())
}
