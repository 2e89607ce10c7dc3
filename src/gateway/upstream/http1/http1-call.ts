import { gatewayError } from '../../../errors/gateway-error.ts'
import { ConnectError, resetMessage } from '../connector.ts'
import type { UpstreamCall, UpstreamFailure, UpstreamHandler } from '../upstream-client.ts'
import type { EncodedRequest } from './encode-request.ts'
import type { ResponseHead } from './parse-head.ts'

/** What a call needs of its pool. */
export interface CallOwner {
  readonly maxHeadersCount: number | undefined
  /** Takes a call out of the queue; false when it does not stand there. */
  forget(call: Http1Call): boolean
}

/** What a call needs of the connection that it has. */
export interface CallConnection {
  pause(): void
  resume(): void
  /** Gives up what is under way, and the connection with it. */
  destroy(): void
}

/** One request, from the queue of the pool to the end of the answer. */
export class Http1Call implements UpstreamCall {
  /** Until it is written: the answer may be a stream that lives much longer. */
  #request: EncodedRequest | undefined
  readonly #owner: CallOwner
  readonly #handler: UpstreamHandler
  /** Set from the moment the request is written until the answer has come. */
  #connection: CallConnection | undefined
  #reused = false
  #answering = false
  cancelled = false
  sent = false

  constructor(owner: CallOwner, request: EncodedRequest, handler: UpstreamHandler) {
    this.#owner = owner
    this.#request = request
    this.#handler = handler
  }

  pause(): void {
    this.#connection?.pause()
  }

  resume(): void {
    this.#connection?.resume()
  }

  cancel(): void {
    if (this.cancelled) return
    this.cancelled = true
    this.#owner.forget(this)
    this.#connection?.destroy()
  }

  /** What is to be written now, once; `reused`: other requests went over this connection before. */
  sendOver(connection: CallConnection, reused: boolean): EncodedRequest {
    const request = this.#request
    if (request === undefined) throw new Error('the request has been sent')
    this.#request = undefined
    this.#connection = connection
    this.sent = true
    this.#reused = reused
    return request
  }

  /** The first bytes of an answer have come. */
  answerBegins(): void {
    this.#answering = true
  }

  /** A string says why the head is no answer to this request. */
  takeHead({ status, headers }: ResponseHead): string | undefined {
    if (status === 101) return 'the upstream switches protocols unasked'
    // Other interim answers, asked for or not, are between the gateway and its upstream.
    if (this.cancelled || status < 200) return undefined
    const limit = this.#owner.maxHeadersCount
    if (limit !== undefined && headers.length / 2 > limit) return 'too many headers'
    this.#handler.onHead(status, headers)
    return undefined
  }

  takeBody(chunk: Buffer): void {
    if (!this.cancelled) this.#handler.onData(chunk)
  }

  finish(trailers: readonly string[]): void {
    this.#connection = undefined
    if (!this.cancelled) this.#handler.onEnd(trailers)
  }

  /** What came is no well-formed answer. */
  failProtocol(problem: string): void {
    const reason = problem === 'too many headers' ? problem : 'protocol error'
    const cause = new Error(problem)
    const error = gatewayError('upstream-protocol-error', resetMessage(reason), { cause })
    this.#fail({ error, beforeSending: false, staleConnection: false })
  }

  /** The connection ended before the answer did. */
  failReset(cause: Error | undefined): void {
    const message = resetMessage('connection termination')
    this.#fail({
      error: gatewayError('upstream-reset', message, { cause }),
      beforeSending: false,
      staleConnection: this.#reused && !this.#answering,
    })
  }

  /** No connection could be opened. */
  failConnect(cause: Error): void {
    const error =
      cause instanceof ConnectError
        ? cause.gatewayError
        : gatewayError('upstream-connect-failure', resetMessage('remote connection failure'), {
            cause,
          })
    this.#fail({ error, beforeSending: true, staleConnection: false })
  }

  /** Nobody may wait any more. */
  failOverflow(): void {
    const error = gatewayError('upstream-overloaded', resetMessage('overflow'))
    this.#fail({ error, beforeSending: true, staleConnection: false })
  }

  #fail(failure: UpstreamFailure): void {
    this.#connection = undefined
    if (!this.cancelled) this.#handler.onFailure(failure)
  }
}
