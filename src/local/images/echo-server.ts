import type { IncomingMessage } from 'node:http'
import { maskHeader } from '../../simulator/recording/mask-credentials.ts'
import { createAnsweringImage } from './create-answering-image.ts'

/**
 * Answers each request with the request itself, as text: first line, headers, body. Credentials are masked, since
 * what a gateway adds to a request is not meant for whoever sent it.
 */
export const echoServer = createAnsweringImage({
  status: 200,
  contentType: 'text/plain; charset=utf-8',
  log: (request, _body, { log }) =>
    log(`${request.socket.remoteAddress} | ${request.method} ${pathOf(request)}`),
  body: (request, body, { hostName }) => describeRequest(request, body, hostName),
})

const pathOf = ({ url = '/' }: IncomingMessage) => url.split('?')[0] ?? '/'

function describeRequest(request: IncomingMessage, body: string, hostName: string): string {
  const { rawHeaders } = request
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${maskHeader(name, rawHeaders[index + 1] ?? '')}`] : [],
  )
  const head = `${request.method} ${pathOf(request)} HTTP/${request.httpVersion}`
  return [`Request served by ${hostName}`, '', head, '', ...headers, '', body].join('\n')
}
