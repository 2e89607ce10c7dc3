import type { Duplex } from 'node:stream'
import type { GatewayError } from '../../../errors/gateway-error.ts'
import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { EndpointRuntime } from '../../backends/endpoints/endpoint-runtime.ts'
import type { Exchange } from '../../request/exchange.ts'
import type { AnswerRelay } from '../../response/answer-relay.ts'
import type { UpstreamResponseHead } from '../../response/response-relay.ts'
import type {
  UpstreamBody,
  UpstreamCall,
  UpstreamFailure,
  UpstreamHandler,
  UpstreamRequestHead,
} from '../../upstream/upstream-client.ts'
import type { AnswerOwner, AttemptJudge } from './attempt-owners.ts'
import { HeldAnswer } from './held-answer.ts'
import { reportAttempt } from './report-attempt.ts'
import { timeoutFailure } from './timeout-failure.ts'

/** What a try is made of. */
export interface AttemptParts {
  readonly exchange: Exchange
  readonly judge: AttemptJudge
  readonly owner: AnswerOwner
  readonly endpoint: EndpointRuntime
  readonly number: number
  /** Until the client gets something of its answer; 0 is no limit. */
  readonly timeoutMs: number
}

/** An answer that is not passed on is read up to this length, so that its connection stays usable. */
const discardLimitBytes = 64 * 1024

/** One that dies later may have carried the request to its upstream, which has worked on it since. */
const staleWithinMs = 1000

/** One try at one endpoint. */
export class UpstreamAttempt implements UpstreamHandler {
  readonly endpoint: EndpointRuntime
  readonly number: number
  readonly #exchange: Exchange
  readonly #judge: AttemptJudge
  readonly #owner: AnswerOwner
  readonly #startMs: number
  readonly #timeoutMs: number
  #call: UpstreamCall | undefined
  #relay: AnswerRelay | undefined
  #held: HeldAnswer | undefined
  #timer: unknown
  #status = 0
  #discarded = -1
  #over = false

  constructor({ exchange, judge, owner, endpoint, number, timeoutMs }: AttemptParts) {
    this.endpoint = endpoint
    this.number = number
    this.#exchange = exchange
    this.#judge = judge
    this.#owner = owner
    this.#startMs = exchange.services.now()
    this.#timeoutMs = timeoutMs
  }

  /** True: the client has seen something of this answer. */
  get answered(): boolean {
    return this.#relay?.committed === true
  }

  send(head: UpstreamRequestHead, body: UpstreamBody, http2: boolean): void {
    this.endpoint.countRequest(1)
    this.#startTimer()
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
    this.#stopTimer()
    exchange.upstreamHeadMs = exchange.services.now() - exchange.startTimeMs
    if (status >= 400) exchange.model?.tryRefused()
    if (this.#judge.retriesStatus(status, headers)) {
      this.#discarded = 0
      return
    }
    const serviceTimeMs = exchange.services.now() - this.#startMs
    const head = { status, headers, serviceTimeMs }
    const opening = this.#judge.holdOpening(head)
    if (opening === undefined) {
      this.#startRelay(head)
      return
    }
    this.#held = new HeldAnswer(head, opening, exchange.services.timers)
    // The time of a try goes on until something of the answer is there.
    this.#startTimer()
  }

  #startRelay(head: UpstreamResponseHead): void {
    const call = this.#call
    this.#stopTimer()
    if (call === undefined) throw new Error('An answer came before its request was dispatched.')
    this.#relay = this.#owner.createRelay(call, head)
  }

  /** The first event that says something decides whether the client gets this answer. */
  #takeOpening(piece: BodyPiece | undefined): void {
    const held = this.#held
    if (held === undefined) return
    const verdict = held.opening.push(piece)
    if (verdict === 'wait') {
      if (held.opening.begun) this.#limitHolding(held)
      return
    }
    this.#stopTimer()
    if (verdict === 'error' && this.#judge.retriesOpeningError()) {
      this.#clearHeld()
      this.#discarded = 0
      return
    }
    this.#releaseOpening()
  }

  #limitHolding(held: HeldAnswer): void {
    const isLimited = held.limit(() => {
      try {
        this.#releaseOpening()
      } catch (cause) {
        this.#owner.relayFailed(cause)
      }
    })
    // It has answered in time, whatever it will say.
    if (isLimited) this.#stopTimer()
  }

  #releaseOpening(): void {
    const held = this.#held
    if (held === undefined) return
    this.#clearHeld()
    this.#startRelay(held.head)
    for (const piece of held.opening.take()) this.#relay?.push(piece)
  }

  #clearHeld(): void {
    this.#held?.stop()
    this.#held = undefined
  }

  #startTimer(): void {
    if (this.#timeoutMs <= 0) return
    this.#timer = this.#exchange.services.timers.setTimeout(() => {
      this.#timer = undefined
      const failure = timeoutFailure()
      this.cancel(failure.error)
      this.#judge.attemptFailed(failure, false)
    }, this.#timeoutMs)
  }

  #stopTimer(): void {
    if (this.#timer === undefined) return
    this.#exchange.services.timers.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  onData(chunk: Buffer): void {
    this.#owner.attemptActive()
    if (this.#held !== undefined) {
      try {
        this.#takeOpening(BodyPiece.ofBytes(chunk))
      } catch (cause) {
        this.#owner.relayFailed(cause)
      }
      return
    }
    if (this.#relay !== undefined) {
      try {
        this.#relay.push(BodyPiece.ofBytes(chunk))
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
    this.#owner.attemptEnded()
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
    if (this.#discarded < 0) this.#judge.attemptFailed(failure, this.answered)
  }

  /** A kept connection that dies under a request at once had been closed before it came. */
  #neverArrived({ beforeSending, staleConnection }: UpstreamFailure): boolean {
    if (beforeSending) return true
    return staleConnection && this.#exchange.services.now() - this.#startMs < staleWithinMs
  }

  #finish(error: GatewayError | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#stopTimer()
    this.endpoint.countRequest(-1)
    const exchange = this.#exchange
    reportAttempt(exchange, this.endpoint, {
      backendName: exchange.backendName ?? '',
      endpointId: this.endpoint.config.id,
      number: this.number,
      status: this.#status,
      errorCode: error?.code,
      durationMs: exchange.services.now() - this.#startMs,
    })
  }
}
