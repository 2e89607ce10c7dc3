import type { Duplex, Readable } from 'node:stream'
import type { GatewayError } from '../../errors/gateway-error.ts'

/** What goes to an upstream before the body. */
export interface UpstreamRequestHead {
  readonly method: string
  /** With query. */
  readonly path: string
  /** Flat `[name, value, …]`, lower-case, with `host`, without hop-by-hop headers. */
  readonly headers: string[]
  /** Set: asks for this protocol; only {@link UpstreamHandler.onUpgrade} or a plain answer follows. */
  readonly upgrade?: string
}

/** A buffer is sent with its length; a stream as it comes. */
export type UpstreamBody = Buffer | Readable | undefined

/** What goes wrong at an upstream, with what a retry needs to know. */
export interface UpstreamFailure {
  readonly error: GatewayError
  /** True: the upstream cannot have seen the request. */
  readonly beforeSending: boolean
  /** True: an idle connection had died under the request before any byte of an answer. */
  readonly staleConnection: boolean
}

/** Controls one dispatched request. */
export interface UpstreamCall {
  /** The request is on its way over a connection, so that the upstream may have seen it. */
  readonly sent: boolean
  pause(): void
  resume(): void
  /** Gives the request up; the handler hears nothing more. */
  cancel(): void
}

/** Is told how a dispatched request goes. Ends with exactly one of onEnd, onFailure, onUpgrade unless cancelled. */
export interface UpstreamHandler {
  /** A final status; `headers` is flat `[name, value, …]` with lower-case names, and the handler's to change. */
  onHead(status: number, headers: string[]): void
  /** `chunk` holds its bytes only until the call returns. */
  onData(chunk: Buffer): void
  /** Flat trailers. */
  onEnd(trailers: readonly string[]): void
  onFailure(failure: UpstreamFailure): void
  onUpgrade?(headers: Record<string, string | string[] | undefined>, socket: Duplex): void
}

/** One endpoint's connections. */
export interface UpstreamClient {
  dispatch(head: UpstreamRequestHead, body: UpstreamBody, handler: UpstreamHandler): UpstreamCall
  /** No new connections are kept; what runs is finished. */
  retire(): void
}
