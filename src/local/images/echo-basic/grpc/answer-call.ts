import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
} from 'node:http2'
import { maskHeader } from '../../../../simulator/recording/mask-credentials.ts'
import type { ImageStart } from '../../local-image.ts'
import { describePod } from '../describe-request.ts'
import { describeTls } from '../describe-tls.ts'
import { encodeMessage, type MessageField } from './encode-message.ts'

const service = '/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho'
const methods: readonly string[] = [`${service}/Echo`, `${service}/EchoTwo`]
const unimplemented = '12'

/** Makes a server answer calls of the echo service with what arrived. */
export function answerCalls<T extends Http2Server | Http2SecureServer>(
  server: T,
  start: ImageStart,
): T {
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    request.resume()
    request.on('error', () => response.destroy())
    request.on('end', () => answer(request, response, start))
  })
  return server
}

function answer(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  start: ImageStart,
): void {
  const { url } = request
  start.log(`Received a call of ${url}`)
  if (!methods.includes(url)) {
    response.writeHead(200, {
      ...{ 'content-type': 'application/grpc', 'grpc-status': unimplemented },
      'grpc-message': 'unknown method',
    })
    response.end()
    return
  }
  const message = encodeMessage([{ number: 1, value: assertionsOf(request, start) }])
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  response.writeHead(200, { 'content-type': 'application/grpc' })
  response.addTrailers({ 'grpc-status': '0' })
  response.end(Buffer.concat([prefix, message]))
}

function assertionsOf(request: Http2ServerRequest, start: ImageStart): Buffer {
  const { url, rawHeaders, authority } = request
  const headers = rawHeaders.flatMap((name, index): MessageField[] => {
    if (index % 2 === 1) return []
    const value = maskHeader(name, rawHeaders[index + 1] ?? '')
    const pair = encodeMessage([
      { number: 1, value: name },
      { number: 2, value },
    ])
    return [{ number: 2, value: pair }]
  })
  const { namespace, ingress, service, pod } = describePod(start)
  const context = encodeMessage([
    { number: 1, value: namespace },
    { number: 2, value: ingress },
    { number: 3, value: service },
    { number: 4, value: pod },
  ])
  return encodeMessage([
    { number: 1, value: url },
    ...headers,
    { number: 3, value: authority },
    { number: 4, value: context },
    ...tlsOf(request),
  ])
}

function tlsOf({ socket }: Http2ServerRequest): MessageField[] {
  const tls = describeTls(socket)
  if (tls === undefined) return []
  const value = encodeMessage([
    { number: 1, value: tls.version },
    { number: 2, value: tls.negotiatedProtocol },
    { number: 3, value: tls.serverName },
    { number: 4, value: tls.cipherSuite },
    ...tls.peerCertificates.map((certificate) => ({ number: 5, value: certificate })),
  ])
  return [{ number: 5, value }]
}
