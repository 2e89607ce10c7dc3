import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { stringifyYaml } from '../../../lib/yaml.ts'
import type { ApiError, Status } from '../../resources/status-error.ts'
import { writeWarningHeaders } from './warning-headers.ts'

/** One request with its answer to be. */
export interface Exchange {
  readonly request: Http2ServerRequest
  readonly response: Http2ServerResponse
  /** As the client wrote it, without the query. */
  readonly path: string
  readonly query: URLSearchParams
}

/** A finished answer. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings?: readonly string[]
}

const gzipAsync = promisify(gzip)
/** Below this a client on the same machine gains nothing by compression (Kubernetes draws the same line). */
const gzipThresholdBytes = 128 * 1024

export function jsonAnswer(body: object, status = 200): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) }
}

export function yamlAnswer(body: unknown, status = 200): Answer {
  return { status, contentType: 'application/yaml', body: stringifyYaml(body) }
}

/** The answer to a request that is refused. */
export function refusal(error: ApiError): Answer {
  const { status } = error
  const retryAfter = status.details?.retryAfterSeconds
  return {
    ...jsonAnswer(status satisfies Status, status.code),
    headers: {
      ...(status.code === 401 ? { 'www-authenticate': 'Bearer realm="sluice"' } : {}),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
  }
}

/** Sends an answer, compressed when it is large and the client takes it. */
export async function sendAnswer(
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  answer: Answer,
): Promise<void> {
  let body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  setSafeHeaders(response, answer)
  if (body.length >= gzipThresholdBytes && acceptsGzip(request)) {
    body = await gzipAsync(body, { level: 1 })
    response.setHeader('content-encoding', 'gzip')
  }
  response.setHeader('content-length', body.length)
  response.statusCode = answer.status
  // What is left of the body is not read, so that the connection cannot carry a further request.
  if (request.httpVersionMajor === 1 && !request.complete && answer.status >= 400) {
    response.setHeader('connection', 'close')
  }
  if (request.method === 'HEAD') response.end()
  else response.end(body)
}

/** The headers that all answers have, and the answer's own. */
export function setSafeHeaders(
  response: Http2ServerResponse,
  { contentType, headers, warnings }: Pick<Answer, 'contentType' | 'headers' | 'warnings'>,
): void {
  response.setHeader('content-type', contentType)
  response.setHeader('cache-control', 'no-cache, private')
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('vary', 'Accept, Accept-Encoding')
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
  const warningValues = writeWarningHeaders(warnings ?? [])
  if (warningValues.length > 0) response.setHeader('warning', warningValues)
}

function acceptsGzip(request: Http2ServerRequest): boolean {
  const header = request.headers['accept-encoding']
  return String(header ?? '')
    .split(',')
    .some((clause) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(clause))
}
