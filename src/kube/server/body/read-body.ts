import type { Http2ServerRequest } from 'node:http2'
import { messageOf } from '../../../lib/message-of.ts'
import {
  decodeProtobufObject,
  UnknownMessageTypeError,
} from '../../protobuf/decode-protobuf-object.ts'
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

/** Reads a body to its end as bytes. A body above the limits is refused, and the client is not waited for. */
function readBytes(request: Http2ServerRequest, limits: BodyLimits): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    const message = `the body is encoded as ${JSON.stringify(encoding)}; send it unencoded`
    return Promise.reject(new ApiError(415, 'UnsupportedMediaType', message))
  }
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
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
  request.once('end', () => resolve(Buffer.concat(chunks, length)))
  // Whatever ends a body before its end is the client's doing, and no failure of the server.
  const leave = () => reject(badRequestError('the client went away'))
  request.once('error', leave)
  request.once('close', leave)
  return promise.finally(() => clearTimeout(timer))
}

const objectTypes: Readonly<Record<string, 'json' | 'yaml'>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
}

const protobufType = 'application/vnd.kubernetes.protobuf'

/** Reads a body to its end as text. */
export async function readBody(request: Http2ServerRequest, limits: BodyLimits): Promise<string> {
  return decodeUtf8(await readBytes(request, limits))
}

/** Reads an object from a body of JSON, YAML, or protobuf for the kinds that kubectl sends in it. */
export async function readObject(
  request: Http2ServerRequest,
  limits: BodyLimits,
): Promise<DecodedBody> {
  return decodeObject(mediaTypeOf(request), await readBytes(request, limits))
}

/** As {@link readObject}; undefined when there is no body, whatever its type is said to be. */
export async function readOptionalObject(
  request: Http2ServerRequest,
  limits: BodyLimits,
): Promise<unknown> {
  const bytes = await readBytes(request, limits)
  return bytes.length === 0 ? undefined : decodeObject(mediaTypeOf(request), bytes).value
}

function decodeObject(mediaType: string, bytes: Buffer): DecodedBody {
  if (mediaType === protobufType) return decodeProtobuf(bytes)
  const format = objectTypes[mediaType === '' ? 'application/json' : mediaType]
  if (!format) throw unsupportedMediaTypeError(Object.keys(objectTypes))
  return decodeBody(decodeUtf8(bytes), format)
}

function decodeProtobuf(bytes: Buffer): DecodedBody {
  try {
    return { value: decodeProtobufObject(bytes), duplicateFields: [] }
  } catch (error) {
    if (error instanceof UnknownMessageTypeError) {
      throw unsupportedMediaTypeError(Object.keys(objectTypes))
    }
    const reason = messageOf(error)
    throw badRequestError(`the body is not valid protobuf: ${reason}`)
  }
}

/** The `Content-Type` without parameters, in lower case; empty when there is none. */
export function mediaTypeOf(request: Http2ServerRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw badRequestError('the body is not valid UTF-8')
  }
}
