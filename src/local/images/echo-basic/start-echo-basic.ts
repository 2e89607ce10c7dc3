import {
  createServer as createHttp2Server,
  createSecureServer as createSecureHttp2Server,
} from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsStreamServer } from 'node:tls'
import { createServer } from '../../../lib/http/node-http.ts'
import { listenOnPorts, type PortServer } from '../listen.ts'
import type { ImageStart, RunningImage } from '../local-image.ts'
import { createRequestListener } from './answer-request.ts'
import { answerStream } from './answer-stream.ts'
import { answerWebSocket } from './answer-web-socket.ts'
import { answerCalls } from './grpc/answer-call.ts'

interface KeyPair {
  readonly cert: string
  readonly key: string
}

/**
 * The backend that the Gateway API's conformance manifests route to: answers each request with what arrived, as JSON. Its
 * variables choose HTTP (the default), gRPC or plain TCP, and the ports.
 */
export function startEchoBasic(start: ImageStart): Promise<RunningImage> {
  const { environment, address } = start
  const isOn = (name: string) => (environment[name] ?? '') !== ''
  if (isOn('GRPC_ECHO_SERVER')) return listenOnPorts(grpcServers(start), address)
  if (isOn('TCP_ECHO_SERVER')) return listenOnPorts(tcpServers(start), address)
  return listenOnPorts(httpServers(start), address)
}

function httpServers(start: ImageStart): PortServer[] {
  const listener = createRequestListener(start)
  const withWebSockets = <T extends Server>(server: T): T =>
    server.on('upgrade', (request, socket) => answerWebSocket(request, socket))
  const pair = keyPairOf(start, 'TLS_SERVER_PRIVKEY')
  const clientAuthority = start.environment['TLS_CLIENT_CACERTS']
  const clients =
    clientAuthority === undefined || clientAuthority === ''
      ? {}
      : { ca: start.readFile(clientAuthority), requestCert: true, rejectUnauthorized: false }
  return [
    {
      port: portOf(start, 'HTTP_PORT', 3000),
      create: () => withWebSockets(createServer(listener)),
    },
    { port: portOf(start, 'H2C_PORT', 3001), create: () => createHttp2Server({}, listener) },
    ...withTls(pair, portOf(start, 'HTTPS_PORT', 8443), (tls) =>
      withWebSockets(createTlsServer({ ...tls, ...clients }, listener)),
    ),
  ]
}

function grpcServers(start: ImageStart): PortServer[] {
  return [
    {
      port: portOf(start, 'HTTP_PORT', 3000),
      create: () => answerCalls(createHttp2Server(), start),
    },
    ...withTls(keyPairOf(start, 'TLS_SERVER_PRIV_KEY'), portOf(start, 'HTTPS_PORT', 8443), (tls) =>
      answerCalls(createSecureHttp2Server(tls), start),
    ),
  ]
}

function tcpServers(start: ImageStart): PortServer[] {
  const ports = { tcp: portOf(start, 'TCP_PORT', 3000), tls: portOf(start, 'TLS_PORT', 8443) }
  const answer = (socket: Socket) => answerStream(socket, start, ports)
  return [
    { port: ports.tcp, create: () => createTcpServer(answer) },
    ...withTls(keyPairOf(start, 'TLS_SERVER_PRIV_KEY'), ports.tls, (tls) =>
      createTlsStreamServer(tls, answer),
    ),
  ]
}

const withTls = (
  pair: KeyPair | undefined,
  port: number,
  create: (pair: KeyPair) => Server,
): PortServer[] => (pair === undefined ? [] : [{ port, create: () => create(pair) }])

/** The certificate of the manifest's files; undefined where it names none. */
function keyPairOf({ environment, readFile }: ImageStart, keyName: string): KeyPair | undefined {
  const [certificate = '', key = ''] = [environment['TLS_SERVER_CERT'], environment[keyName]]
  if (certificate === '' || key === '') return undefined
  return { cert: readFile(certificate), key: readFile(key) }
}

function portOf({ environment }: ImageStart, name: string, port: number): number {
  const text = environment[name] ?? ''
  if (text === '') return port
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new Error(`Variable ${name} is "${text}"; it must be the number of a port.`)
}
