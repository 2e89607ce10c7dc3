import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { CertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { createRequestHandler, type RequestHandlerOptions } from './create-request-handler.ts'

export interface KubeServerOptions
  extends Pick<RequestHandlerOptions, 'api' | 'credential' | 'version' | 'onError'>,
    Partial<Pick<RequestHandlerOptions, 'limits' | 'now' | 'isReady' | 'podLogs'>> {
  readonly authority: CertificateAuthority
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
}

export interface KubeServer {
  readonly host: string
  readonly port: number
  /** Such as `https://127.0.0.1:16443`. */
  readonly url: string
  /** Ends the watches, and resolves when the port is free. */
  readonly close: () => Promise<void>
}

const defaultLimits = { maxBytes: 3 * 1024 * 1024, timeoutMs: 30_000 }
const maxHeaderBytes = 64 * 1024
const handshakeTimeoutMs = 10_000
/** Hundreds of watches may share one connection. */
const maxConcurrentStreams = 2_000

/** Listens for kubectl and its like: HTTPS with HTTP/2 and HTTP/1.1. Rejects when the port cannot be had. */
export async function createKubeServer(options: KubeServerOptions): Promise<KubeServer> {
  const handler = createRequestHandler({
    limits: defaultLimits,
    now: Date.now,
    isReady: () => true,
    ...options,
  })
  const server = createSecureServer({
    ...tlsOptions(options),
    allowHTTP1: true,
    maxHeaderSize: maxHeaderBytes,
    settings: { maxConcurrentStreams, maxHeaderListSize: maxHeaderBytes },
    handshakeTimeout: handshakeTimeoutMs,
    // The head of an HTTP/1.1 request; bodies have their own limit.
    headersTimeout: 15_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 90_000,
  } as Parameters<typeof createSecureServer>[0])
  const connections = trackConnections(server)
  server.on('request', (request, response) => void handler.handle(request, response))
  // A client that breaks the protocol costs itself its connection, and nobody else anything.
  server.on('sessionError', () => undefined)
  server.on('clientError', refuseMalformed)
  try {
    await listen(server, options)
  } catch (error) {
    handler.close()
    throw error
  }
  const { port } = server.address() as AddressInfo
  // A wildcard is no address that a client could connect to.
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[options.host] ?? options.host
  const host = reachable.includes(':') ? `[${reachable}]` : reachable
  return {
    host: options.host,
    port,
    url: `https://${host}:${port}`,
    close: () => {
      handler.close()
      return close(server, connections)
    },
  }
}

function tlsOptions({ authority, host }: KubeServerOptions) {
  const isWildcard = host === '0.0.0.0' || host === '::'
  const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc']
  const addresses = isWildcard ? ['127.0.0.1', '::1'] : ['127.0.0.1', host]
  const { certificate, privateKey } = authority.issueServerCertificate({
    names: [...new Set([...names, ...addresses])],
  })
  return { cert: certificate, key: privateKey, minVersion: 'TLSv1.2' as const }
}

function listen(server: Http2SecureServer, { host, port }: KubeServerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port }, () => {
    server.off('error', reject)
    resolve()
  })
  return promise
}

/** Answers what is no HTTP/1.1 that could be served, and hangs up. */
function refuseMalformed(error: Error & { code?: string }, socket: Duplex): void {
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const status = isTooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request'
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`)
  else socket.destroy()
}

interface Connections {
  readonly sockets: Set<Socket>
  readonly sessions: Set<ServerHttp2Session>
}

function trackConnections(server: Http2SecureServer): Connections {
  const connections: Connections = { sockets: new Set(), sessions: new Set() }
  server.on('connection', (socket: Socket) => {
    connections.sockets.add(socket)
    socket.once('close', () => connections.sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  server.on('session', (session) => {
    connections.sessions.add(session)
    session.once('close', () => connections.sessions.delete(session))
  })
  return connections
}

function close(server: Http2SecureServer, { sockets, sessions }: Connections): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  for (const session of sessions) session.destroy()
  for (const socket of sockets) socket.destroy()
  return promise
}
