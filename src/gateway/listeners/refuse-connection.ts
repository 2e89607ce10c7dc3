import type { Duplex } from 'node:stream'
import { STATUS_CODES } from '../../lib/http/node-http.ts'

/** Why a connection's bytes never became a request. */
export interface Refusal {
  readonly status: number
  readonly reason: string
  readonly message: string
}

/** Tells how a connection was refused; `status` is 0 when it was closed without an answer. */
export type OnRefused = (refused: {
  readonly reason: string
  readonly status: number
  readonly clientAddress: string
}) => void

const malformed = (message: string): Refusal => ({ status: 400, reason: 'malformed', message })

const refusalByCode: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'headers-too-large',
    message: 'The request head is larger than this listener accepts.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    reason: 'chunk-extensions-too-large',
    message: 'The chunk extensions of the body are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'request-timeout',
    message: 'The request head did not arrive in time.',
  },
  HPE_UNEXPECTED_CONTENT_LENGTH: malformed(
    'Content-Length and Transfer-Encoding contradict each other.',
  ),
  HPE_INVALID_TRANSFER_ENCODING: malformed('The Transfer-Encoding is not one that is allowed.'),
  HPE_INVALID_CONTENT_LENGTH: malformed('The Content-Length is not a number.'),
  HPE_INVALID_HEADER_TOKEN: malformed('A header holds a character that is not allowed.'),
  HPE_CR_EXPECTED: malformed('A line does not end with CR LF.'),
  HPE_LF_EXPECTED: malformed('A line does not end with CR LF.'),
  HPE_INVALID_METHOD: malformed('The method is unknown.'),
  HPE_INVALID_URL: malformed('The request target is not valid.'),
  HPE_INVALID_VERSION: malformed('The HTTP version is not one that is spoken here.'),
}

/** What to answer for an error of Node's HTTP parser. */
export function refusalOf(error: NodeJS.ErrnoException): Refusal {
  return refusalByCode[error.code ?? ''] ?? malformed('The request is not well-formed HTTP.')
}

/** Time for the client to read the answer before the connection is reset. */
const lingerMs = 1000

/** Answers on the raw connection, on which no answer may have begun, and closes it. */
export function refuseConnection(socket: Duplex, { status, message }: Refusal): void {
  if (!socket.writable || socket.destroyed) {
    socket.destroy()
    return
  }
  const body = `${message}\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
      'content-type: text/plain\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  )
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
}
