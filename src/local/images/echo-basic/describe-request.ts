import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { maskTarget } from '../../../lib/http/mask-target.ts'
import { maskHeader } from '../../../simulator/recording/mask-credentials.ts'
import type { ImageStart } from '../local-image.ts'
import { describeTls } from './describe-tls.ts'

/** A request of either version of HTTP. */
export type EchoedRequest = IncomingMessage | Http2ServerRequest

/** The pod as its variables name it. */
export const describePod = ({ environment }: ImageStart) => ({
  namespace: environment['NAMESPACE'] ?? '',
  ingress: environment['INGRESS_NAME'] ?? '',
  service: environment['SERVICE_NAME'] ?? '',
  pod: environment['POD_NAME'] ?? '',
})

/** What arrived, in the form that conformance tests read. Credentials are masked. */
export function describeRequest(request: EchoedRequest, start: ImageStart): object {
  const port = start.environment['HTTP_PORT'] ?? ''
  return {
    path: maskTarget(request.url ?? '/'),
    host: hostOf(request),
    method: request.method ?? '',
    proto: `HTTP/${request.httpVersion}`,
    headers: headersOf(request),
    httpPort: port === '' ? '3000' : port,
    ...describePod(start),
    tls: describeTls(request.socket),
  }
}

const hostOf = ({ headers }: EchoedRequest) => headers[':authority'] ?? headers['host'] ?? ''

/** Every value of each header under its name in Go's canonical form, without the host. */
function headersOf({ rawHeaders }: EchoedRequest): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = canonicalName(rawHeaders[index] ?? '')
    if (name.startsWith(':') || name === 'Host') continue
    headers[name] = [...(headers[name] ?? []), maskHeader(name, rawHeaders[index + 1] ?? '')]
  }
  return headers
}

const canonicalName = (name: string) =>
  name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())
