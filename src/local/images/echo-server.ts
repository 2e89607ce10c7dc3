import type { IncomingMessage, ServerResponse } from 'node:http'
import { maskHeader } from '../../simulator/recording/mask-credentials.ts'
import { listenOnPorts } from './listen.ts'
import type { ImageStart, LocalImage } from './local-image.ts'
import { readRequestText } from './request-text.ts'

const defaultPort = 8080

/**
 * Answers each request with the request itself, as text: first line, headers, body. Credentials are masked, since
 * what a gateway adds to a request is not meant for whoever sent it.
 */
export const echoServer: LocalImage = {
  start: (options) =>
    listenOnPorts(
      (request, response) => void serve(request, response, options),
      options.address,
      options.ports.length > 0 ? options.ports : [defaultPort],
    ),
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { hostName, log }: ImageStart,
): Promise<void> {
  try {
    const body = await readRequestText(request)
    log(`${request.socket.remoteAddress} | ${request.method} ${pathOf(request)}`)
    response.writeHead(body === undefined ? 413 : 200, {
      'content-type': 'text/plain; charset=utf-8',
    })
    response.end(body === undefined ? '' : describeRequest(request, body, hostName))
  } catch {
    // The caller went away in the middle of its request.
    response.destroy()
  }
}

const pathOf = ({ url = '/' }: IncomingMessage) => url.split('?')[0] ?? '/'

function describeRequest(request: IncomingMessage, body: string, hostName: string): string {
  const { rawHeaders } = request
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${maskHeader(name, rawHeaders[index + 1] ?? '')}`] : [],
  )
  const head = `${request.method} ${pathOf(request)} HTTP/${request.httpVersion}`
  return [`Request served by ${hostName}`, '', head, '', ...headers, '', body].join('\n')
}
