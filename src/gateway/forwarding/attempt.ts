import type { Duplex } from 'node:stream'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { EndpointRuntime } from '../backends/endpoints/endpoint-runtime.ts'
import { attemptResultOf } from '../backends/endpoints/outlier-detection.ts'
import { maxHeldMs, type StreamOpening } from '../model/answers/stream-opening.ts'
import type { Exchange } from '../request/exchange.ts'
import type { AnswerRelay } from '../response/answer-relay.ts'
import type { RelayOwner, UpstreamResponseHead } from '../response/response-relay.ts'
import type {
  UpstreamBody,
  UpstreamCall,
  UpstreamFailure,
  UpstreamHandler,
  UpstreamRequestHead,
} from '../upstream/upstream-client.ts'

/** Decides what follows from how a try goes. */
export interface AttemptOwner extends RelayOwner {
  createRelay(call: UpstreamCall, head: UpstreamResponseHead): AnswerRelay
  /** Set: the answer waits for the first event that says something, as that may be an error that asks for another try. */
  holdOpening(head: UpstreamResponseHead): StreamOpening | undefined
  /** True: this answer is not for the client, another try follows. */
  retriesStatus(status: number, headers: readonly string[]): boolean
  /** A stream that is held has begun: it has answered in time, whatever it will say. */
  openingBegun(): void
  /** The same as {@link retriesStatus} for a stream that begins with an error. */
  retriesOpeningError(): boolean
  attemptFailed(attempt: UpstreamAttempt, failure: UpstreamFailure): void
  /** The answer has come to its end. */
  attemptEnded(attempt: UpstreamAttempt): void
  /** The upstream has switched protocols: the socket is the owner's. */
  attemptUpgraded(headers: Record<string, string | string[] | undefined>, socket: Duplex): void
  /** Something went to or came from the upstream. */
  attemptActive(): void
}

/** What a try is made of. */
export interface AttemptParts {
  readonly exchange: Exchange
  readonly owner: AttemptOwner
  readonly endpoint: EndpointRuntime
  readonly number: number
}

/** An answer that is not passed on is read up to this length, so that its connection stays usable. */
const discardLimitBytes = 64 * 1024

/** One that dies later may have carried the request to its upstream, which has worked on it since. */
const staleWithinMs = 1000

/** What speaks against an endpoint; everything else is the client's or the gateway's doing. */
const endpointFailures: ReadonlySet<string> = new Set([
  'upstream-connect-failure',
  'upstream-reset',
  'upstream-protocol-error',
  'upstream-timeout',
])

/** One try at one endpoint. */
export class UpstreamAttempt implements UpstreamHandler {
  readonly endpoint: EndpointRuntime
  readonly number: number
  readonly #exchange: Exchange
  readonly #owner: AttemptOwner
  readonly #startMs: number
  #call: UpstreamCall | undefined
  #relay: AnswerRelay | undefined
  #held: { readonly opening: StreamOpening; readonly head: UpstreamResponseHead } | undefined
  #heldTimer: unknown
  #status = 0
  #discarded = -1
  #over = false

  constructor({ exchange, owner, endpoint, number }: AttemptParts) {
    this.endpoint = endpoint
    this.number = number
    this.#exchange = exchange
    this.#owner = owner
    this.#startMs = exchange.services.now()
  }

  /** True: the client has seen something of this answer. */
  get answered(): boolean {
    return this.#relay?.committed === true
  }

  send(head: UpstreamRequestHead, body: UpstreamBody, http2: boolean): void {
    this.endpoint.countRequest(1)
    this.#exchange.model?.trySent()
    this.#call = this.endpoint.client(http2).dispatch(head, body, this)
  }

  /** Gives the try up, for this reason. */
  cancel(error: GatewayError | undefined): void {
    if (this.#over) return
    this.#finish(error)
    this.#clearHeld()
    if (this.#call?.sent === false) this.#exchange.model?.tryRefused()
    this.#call?.cancel()
  }

  onHead(status: number, headers: string[]): void {
    try {
      this.#takeHead(status, headers)
    } catch (cause) {
      this.#owner.relayFailed(cause)
    }
  }

  #takeHead(status: number, headers: string[]): void {
    const exchange = this.#exchange
    this.#status = status
    this.#owner.attemptActive()
    exchange.upstreamHeadMs = exchange.services.now() - exchange.startTimeMs
    if (status >= 400) exchange.model?.tryRefused()
    if (this.#owner.retriesStatus(status, headers)) {
      this.#discarded = 0
      return
    }
    const serviceTimeMs = exchange.services.now() - this.#startMs
    const head = { status, headers, serviceTimeMs }
    const opening = this.#owner.holdOpening(head)
    if (opening === undefined) this.#startRelay(head)
    else this.#held = { opening, head }
  }

  #startRelay(head: UpstreamResponseHead): void {
    const call = this.#call
    if (call === undefined) throw new Error('An answer came before its request was dispatched.')
    this.#relay = this.#owner.createRelay(call, head)
  }

  /** The first event that says something decides whether the client gets this answer. */
  #takeOpening(chunk: Buffer | undefined): void {
    const held = this.#held
    if (held === undefined) return
    const verdict = held.opening.push(chunk)
    if (verdict === 'wait') {
      if (held.opening.begun) this.#limitHolding()
      return
    }
    if (verdict === 'error' && this.#owner.retriesOpeningError()) {
      this.#clearHeld()
      this.#discarded = 0
      return
    }
    this.#releaseOpening()
  }

  #limitHolding(): void {
    if (this.#heldTimer !== undefined) return
    this.#owner.openingBegun()
    this.#heldTimer = this.#exchange.services.timers.setTimeout(() => {
      try {
        this.#releaseOpening()
      } catch (cause) {
        this.#owner.relayFailed(cause)
      }
    }, maxHeldMs)
  }

  #releaseOpening(): void {
    const held = this.#held
    if (held === undefined) return
    this.#clearHeld()
    this.#startRelay(held.head)
    for (const piece of held.opening.take()) this.#relay?.push(piece)
  }

  #clearHeld(): void {
    this.#held = undefined
    if (this.#heldTimer === undefined) return
    this.#exchange.services.timers.clearTimeout(this.#heldTimer)
    this.#heldTimer = undefined
  }

  onData(chunk: Buffer): void {
    this.#owner.attemptActive()
    if (this.#held !== undefined) {
      try {
        this.#takeOpening(chunk)
      } catch (cause) {
        this.#owner.relayFailed(cause)
      }
      return
    }
    if (this.#relay !== undefined) {
      try {
        this.#relay.push(chunk)
      } catch (cause) {
        this.#owner.relayFailed(cause)
      }
      return
    }
    this.#discarded += chunk.length
    if (this.#discarded > discardLimitBytes) this.cancel(undefined)
  }

  onEnd(trailers: readonly string[]): void {
    this.#finish(undefined)
    try {
      this.#takeOpening(undefined)
    } catch (cause) {
      this.#owner.relayFailed(cause)
    }
    if (this.#relay === undefined) return
    try {
      this.#relay.end(trailers)
    } catch (cause) {
      this.#owner.relayFailed(cause)
    }
    this.#owner.attemptEnded(this)
  }

  onUpgrade(headers: Record<string, string | string[] | undefined>, socket: Duplex): void {
    this.#status = 101
    this.#finish(undefined)
    this.#owner.attemptUpgraded(headers, socket)
  }

  onFailure(failure: UpstreamFailure): void {
    this.#finish(failure.error)
    this.#clearHeld()
    if (this.#neverArrived(failure)) this.#exchange.model?.tryRefused()
    if (this.#discarded < 0) this.#owner.attemptFailed(this, failure)
  }

  /** A kept connection that dies under a request at once had been closed before it came. */
  #neverArrived({ beforeSending, staleConnection }: UpstreamFailure): boolean {
    if (beforeSending) return true
    return staleConnection && this.#exchange.services.now() - this.#startMs < staleWithinMs
  }

  #finish(error: GatewayError | undefined): void {
    if (this.#over) return
    this.#over = true
    this.endpoint.countRequest(-1)
    const exchange = this.#exchange
    exchange.services.observer.attemptEnded({
      backendName: exchange.backendName ?? '',
      endpointId: this.endpoint.config.id,
      number: this.number,
      status: this.#status,
      errorCode: error?.code,
      durationMs: exchange.services.now() - this.#startMs,
    })
    const runtime = exchange.destination?.backend
    if (runtime?.config.outlierDetection === undefined) return
    if (error !== undefined && !endpointFailures.has(error.code)) return
    if (error === undefined && this.#status === 0) return
    const result = error === undefined ? undefined : 'gateway-failure'
    exchange.services.backends
      .get(runtime)
      .report(this.endpoint, result ?? attemptResultOf(this.#status))
  }
}
