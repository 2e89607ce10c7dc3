import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { CompiledListener, VirtualHostTable } from '../snapshot/snapshot.ts'

/** Node gives HTTP/1 and HTTP/2 the same face; both go through the same request path. */
export type ClientRequest = IncomingMessage | Http2ServerRequest
export type ClientResponse = ServerResponse | Http2ServerResponse

/** Where a request came in; read once when the request begins. */
export interface Ingress {
  readonly listener: CompiledListener
  /** Of the clear-text listener, or of the TLS chain that the client's server name chose. */
  readonly virtualHosts: VirtualHostTable
  readonly scheme: 'http' | 'https'
  /** Generation of the snapshot that the request is served from. */
  readonly generation: number
}

/** What listeners hand requests to. Neither method throws or rejects. */
export interface RequestHandler {
  handleRequest(request: ClientRequest, response: ClientResponse, ingress: Ingress): void
  /** A WebSocket upgrade (HTTP/1.1 only); `head` is what followed the request. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, ingress: Ingress): void
}
