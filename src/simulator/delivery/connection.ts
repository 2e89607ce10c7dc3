import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'

/** A request of either HTTP version. */
export type ServerRequest = IncomingMessage | Http2ServerRequest

/** What the simulator needs of an answer of either HTTP version. */
export interface ResponseWriter {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  /** HTTP/2 sends the head at once. */
  flushHeaders?(): void
  write(data: string | Uint8Array): boolean
  end(): unknown
  once(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** The open TCP connections below TLS: only they can be reset. */
export class ConnectionTable {
  readonly #sockets = new Map<string, Socket>()

  add(socket: Socket): void {
    const key = keyOf(socket)
    this.#sockets.set(key, socket)
    socket.once('close', () => this.#sockets.delete(key))
  }

  /** Breaks the connection of a request: TCP reset for HTTP/1.1, a stream reset for HTTP/2. */
  reset(request: ServerRequest, response: ServerResponse | Http2ServerResponse): void {
    if ('stream' in response) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    else this.#sockets.get(keyOf(request.socket as Socket))?.resetAndDestroy()
  }

  /** Ends an answer before its end, without a word: the connection closes, or the stream is cancelled. */
  cut(request: ServerRequest, response: ServerResponse | Http2ServerResponse): void {
    if ('stream' in response) response.stream.close(constants.NGHTTP2_CANCEL)
    else request.socket.destroy()
  }

  closeAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy()
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localPort}`
}
