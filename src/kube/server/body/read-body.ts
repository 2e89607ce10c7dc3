import type { Http2ServerRequest } from 'node:http2'
import {
  ApiError,
  badRequestError,
  tooLargeError,
  unsupportedMediaTypeError,
} from '../../resources/status-error.ts'
import { type DecodedBody, decodeBody } from './decode-body.ts'

export interface BodyLimits {
  readonly maxBytes: number
  /** From the head to the last byte. */
  readonly timeoutMs: number
}

/** Reads a body to its end as text. A body above the limits is refused, and the client is not waited for. */
export function readBody(request: Http2ServerRequest, limits: BodyLimits): Promise<string> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    const message = `the body is encoded as ${JSON.stringify(encoding)}; send it unencoded`
    return Promise.reject(new ApiError(415, 'UnsupportedMediaType', message))
  }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  let length = 0
  const timer = setTimeout(() => {
    const message = `the body did not arrive within ${limits.timeoutMs / 1000} seconds`
    reject(new ApiError(408, 'BadRequest', message))
  }, limits.timeoutMs)
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > limits.maxBytes) {
      request.pause()
      reject(tooLargeError(`limit is ${limits.maxBytes}`))
    } else {
      chunks.push(chunk)
    }
  })
  request.once('end', () => resolve(decodeUtf8(Buffer.concat(chunks, length), reject)))
  request.once('error', reject)
  request.once('close', () => reject(badRequestError('the client went away')))
  return promise.finally(() => clearTimeout(timer))
}

const objectTypes: Readonly<Record<string, 'json' | 'yaml'>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
}

/** Reads an object from a body of JSON or YAML, the two encodings that are served. */
export async function readObject(
  request: Http2ServerRequest,
  limits: BodyLimits,
): Promise<DecodedBody> {
  const mediaType = mediaTypeOf(request)
  const format = objectTypes[mediaType === '' ? 'application/json' : mediaType]
  if (!format) throw unsupportedMediaTypeError(Object.keys(objectTypes))
  return decodeBody(await readBody(request, limits), format)
}

/** The `Content-Type` without parameters, in lower case; empty when there is none. */
export function mediaTypeOf(request: Http2ServerRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function decodeUtf8(bytes: Buffer, reject: (error: Error) => void): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    reject(badRequestError('the body is not valid UTF-8'))
    return ''
  }
}
