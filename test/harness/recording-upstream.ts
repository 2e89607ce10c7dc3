import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket, type TlsOptions } from 'node:tls'

/** One request as it arrived. */
interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** In order, names as sent. */
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Server name of the TLS handshake; undefined in clear text. */
  readonly serverName: string | undefined
  /** Common name of the client's certificate; undefined: it has presented none. */
  readonly clientName: string | undefined
}

export interface RecordingUpstream {
  readonly port: number
  readonly requests: RecordedRequest[]
  readonly server: Server
  close(): Promise<void>
}

export interface RecordingUpstreamOptions {
  /** PEM: the upstream then speaks TLS. */
  readonly tls?: {
    readonly certificate: string
    readonly privateKey: string
    /** PEM: clients must then present a certificate of this authority. */
    readonly clientAuthority?: string
  }
  /** Answers a recorded request; 200 with `{"ok":true}` unless given. */
  readonly answer?: (request: RecordedRequest, response: ServerResponse) => void
  readonly address?: string
}

/** A plain server of the test that remembers what it received. */
export async function startRecordingUpstream(
  options: RecordingUpstreamOptions = {},
): Promise<RecordingUpstream> {
  const requests: RecordedRequest[] = []
  const answer = options.answer ?? answerOk
  const listener: RequestListener = (request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const recorded = record(request, body)
      requests.push(recorded)
      answer(recorded, response)
    })
  }
  const { tls } = options
  const server =
    tls === undefined ? createServer(listener) : createTlsServer(tlsOptionsOf(tls), listener)
  await new Promise<void>((resolve) => server.listen(0, options.address ?? '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function tlsOptionsOf({
  certificate,
  privateKey,
  clientAuthority,
}: NonNullable<RecordingUpstreamOptions['tls']>): TlsOptions {
  const pair = { cert: certificate, key: privateKey }
  return clientAuthority === undefined ? pair : { ...pair, ca: clientAuthority, requestCert: true }
}

function clientNameOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  // Without a certificate it is an empty object.
  const name = socket.getPeerCertificate().subject?.CN
  return Array.isArray(name) ? name[0] : name
}

function record(request: IncomingMessage, body: string): RecordedRequest {
  const { servername } = request.socket as { servername?: string }
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    rawHeaders: request.rawHeaders,
    headers: request.headers,
    body,
    serverName: servername,
    clientName: clientNameOf(request),
  }
}

function answerOk(_request: RecordedRequest, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end('{"ok":true}')
}
