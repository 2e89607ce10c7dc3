import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'

/** A provider that repeats what it was shown, in the way that `x-complain` of a request asks for. */
export interface EchoingProvider {
  readonly port: number
  close(): void
}

/** What servers of both versions of HTTP have in common. */
interface Answer {
  setHeader(name: string, value: string): unknown
  writeHead(status: number): unknown
  write(piece: string | Buffer, done: () => void): unknown
  end(body?: string | Buffer): unknown
}

/** A secret in every form in which servers repeat one. */
function repeat(secret: string): string {
  const bytes = Buffer.from(secret)
  const url = encodeURIComponent(secret)
  return JSON.stringify({
    error: {
      message: `wrong key ${secret}, ${bytes.toString('base64')}`,
      detail: `https://login.test/?key=${url}&state=${bytes.toString('base64url')}`,
      hint: [JSON.stringify({ secret }), bytes.toString('hex'), encodeURIComponent(url)],
    },
  })
}

const inOneGo = (status: number) => (answer: Answer, text: string) => {
  answer.setHeader('content-length', String(Buffer.byteLength(text)))
  answer.writeHead(status)
  answer.end(text)
}

const encoded = (encoding: string, encode: (text: string) => Buffer) => {
  return (answer: Answer, text: string) => {
    answer.setHeader('content-encoding', encoding)
    answer.writeHead(401)
    answer.end(encode(text))
  }
}

/** Piece by piece, each of them sent before the next is written. */
function inPieces(answer: Answer, text: string): void {
  const next = (from: number): void => {
    if (from >= text.length) answer.end()
    else answer.write(text.slice(from, from + 7), () => setImmediate(next, from + 7))
  }
  next(0)
}

/** How it complains, by name. */
const complaints: Readonly<Record<string, (answer: Answer, text: string, secret: string) => void>> =
  {
    'a 400': inOneGo(400),
    'a 401': inOneGo(401),
    'a 500': inOneGo(500),
    gzip: encoded('gzip', gzipSync),
    brotli: encoded('br', brotliCompressSync),
    'an unknown encoding': encoded('unknown', (text) => Buffer.from(text)),
    'a header'(answer, _text, secret) {
      answer.setHeader('www-authenticate', `Bearer error_description="no ${secret}"`)
      answer.setHeader('location', `https://login.test/?key=${encodeURIComponent(secret)}`)
      answer.writeHead(401)
      answer.end('no')
    },
    pieces(answer, text) {
      answer.writeHead(403)
      inPieces(answer, text)
    },
  }

/** How it complains in the stream of a model. */
const streamComplaints: typeof complaints = {
  'an event'(answer, text) {
    answer.setHeader('content-type', 'text/event-stream')
    answer.writeHead(200)
    inPieces(answer, `data: {"choices":[]}\n\ndata: ${text}\n\n`)
  },
}

const everyComplaint = { ...complaints, ...streamComplaints }

/** What any client may ask for, and what clients of models may. */
export const complaintNames = Object.keys(complaints)
export const modelComplaintNames = Object.keys(everyComplaint)

/** Starts a provider that speaks this version of HTTP, in clear text. */
export async function startEchoingProvider(
  version: 'HTTP/1.1' | 'HTTP/2',
): Promise<EchoingProvider> {
  const listener = (request: { readonly headers: IncomingHttpHeaders }, answer: Answer) => {
    const { authorization = '', 'x-complain': way } = request.headers
    const secret = authorization.replace(/^Bearer /, '')
    const complain = everyComplaint[String(way)]
    if (complain === undefined) answer.end('ready')
    else complain(answer, repeat(secret), secret)
  }
  const server = version === 'HTTP/2' ? createHttp2Server() : createServer()
  server.on('request', listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
