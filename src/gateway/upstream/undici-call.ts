import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { gatewayError } from '../../errors/gateway-error.ts'
import { ConnectError, type ConnectTarget, resetMessage } from './connector.ts'
import type { PooledConnection } from './pooled-connection.ts'
import { loadErrors } from './undici.ts'
import type {
  UpstreamBody,
  UpstreamCall,
  UpstreamFailure,
  UpstreamHandler,
  UpstreamRequestHead,
} from './upstream-client.ts'

type Headers = Record<string, string | string[] | undefined>
type Controller = Dispatcher.DispatchController

interface CallRequest {
  readonly head: UpstreamRequestHead
  readonly body: UpstreamBody
  readonly handler: UpstreamHandler
}

/** What a call needs of its pool. */
export interface CallOwner {
  readonly options: {
    readonly target: ConnectTarget
    readonly maxHeadersCount: number | undefined
  }
  /** Takes a call out of the queue; false when it does not stand there. */
  forget(call: UndiciCall): boolean
  /** The call has ended and its connection can take the next one. */
  release(connection: PooledConnection): void
}

const noTrailers: readonly string[] = []

/** One request through undici, from the queue of the pool to the end of the answer. */
export class UndiciCall implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly #pool: CallOwner
  readonly #request: CallRequest
  #connection: PooledConnection | undefined
  #controller: Controller | undefined
  #cancelled = false
  #responseStarted = false
  #reused = false

  constructor(pool: CallOwner, request: CallRequest) {
    this.#pool = pool
    this.#request = request
  }

  /** Sends the request over `connection`, which is this call's until it is released. */
  start(connection: PooledConnection): void {
    this.#connection = connection
    const { head, body } = this.#request
    const options: Dispatcher.DispatchOptions = {
      path: head.path,
      method: head.method,
      headers: head.headers,
      body: body ?? null,
    }
    if (head.upgrade !== undefined) options.upgrade = head.upgrade
    // What undici refuses to encode it tells the handler, as every other error.
    connection.client.dispatch(this.#withServerName(options), this)
  }

  /** Ends a call that was never sent; the handler hears of it after the caller has returned. */
  refuse(failure: UpstreamFailure): void {
    queueMicrotask(() => {
      if (!this.#cancelled) this.#request.handler.onFailure(failure)
    })
  }

  get sent(): boolean {
    return this.#controller !== undefined
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  cancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    if (this.#pool.forget(this)) return
    this.#controller?.abort(new Error('the request was given up'))
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    this.#reused = (this.#connection?.answered ?? 0) > 0
    if (this.#cancelled) controller.abort(new Error('the request was given up'))
  }

  onResponseStarted(): void {
    this.#responseStarted = true
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    // Interim answers other than the one to an upgrade are between the gateway and its upstream.
    if (this.#cancelled || status < 200) return
    const limit = this.#pool.options.maxHeadersCount
    if (limit !== undefined && Object.keys(headers).length > limit) {
      this.#fail(gatewayError('upstream-protocol-error', resetMessage('too many headers')))
      return
    }
    this.#request.handler.onHead(status, flatHeaders(headers))
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (!this.#cancelled) this.#request.handler.onData(chunk)
  }

  onResponseEnd(_controller: Controller, trailers: Headers | null): void {
    if (this.#connection !== undefined) this.#connection.answered += 1
    this.#release()
    if (this.#cancelled) return
    this.#request.handler.onEnd(trailers === null ? noTrailers : flatHeaders(trailers))
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    const failure = this.#cancelled ? undefined : this.#failureOf(error)
    this.#release()
    if (failure !== undefined) this.#request.handler.onFailure(failure)
  }

  onRequestUpgrade(
    controller: Controller,
    _status: number,
    headers: Headers,
    socket: Duplex,
  ): void {
    this.#release()
    if (this.#cancelled || this.#request.handler.onUpgrade === undefined) {
      controller.abort(new Error('the upgrade is not wanted'))
      socket.destroy()
      return
    }
    this.#request.handler.onUpgrade(headers, socket)
  }

  /** undici reconnects when the server name changes from request to request, so it is always the same. */
  #withServerName(options: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
    if (this.#pool.options.target.tls === undefined) return options
    return Object.assign(options, { servername: 'upstream' })
  }

  #fail(error: UpstreamFailure['error']): void {
    this.cancel()
    this.#request.handler.onFailure({ error, beforeSending: false, staleConnection: false })
  }

  #release(): void {
    const connection = this.#connection
    this.#connection = undefined
    if (connection !== undefined) this.#pool.release(connection)
  }

  #failureOf(error: Error): UpstreamFailure {
    if (error instanceof ConnectError) {
      return { error: error.gatewayError, beforeSending: true, staleConnection: false }
    }
    const beforeSending = this.#controller === undefined
    const errors = loadErrors()
    if (error instanceof errors.InvalidArgumentError || error instanceof errors.NotSupportedError) {
      const message = 'the request could not be encoded for the upstream'
      const failure = gatewayError('internal', message, { cause: error })
      return { error: failure, beforeSending: true, staleConnection: false }
    }
    if (isProtocolError(error)) {
      const message = resetMessage('protocol error')
      const failure = gatewayError('upstream-protocol-error', message, { cause: error })
      return { error: failure, beforeSending, staleConnection: false }
    }
    const message = resetMessage('connection termination')
    return {
      error: gatewayError('upstream-reset', message, { cause: error }),
      beforeSending,
      staleConnection: this.#reused && !this.#responseStarted,
    }
  }
}

function flatHeaders(headers: Headers): string[] {
  const flat: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') flat.push(name, value)
    else if (value !== undefined) for (const each of value) flat.push(name, each)
  }
  return flat
}

function isProtocolError(error: Error): boolean {
  const errors = loadErrors()
  return (
    error instanceof errors.HTTPParserError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError ||
    (error instanceof errors.SocketError && error.message.startsWith('bad '))
  )
}
