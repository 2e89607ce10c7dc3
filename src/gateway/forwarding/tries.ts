import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { ForwardRules } from '../../snapshot/snapshot.ts'
import type { BackendRuntime } from '../backends/backend-runtime.ts'
import type { EndpointRuntime } from '../backends/endpoints/endpoint-runtime.ts'
import { createStreamOpening } from '../model/answers/create-answer-relay.ts'
import type { StreamOpening } from '../model/answers/stream-opening.ts'
import type { Exchange } from '../request/exchange.ts'
import type { UpstreamResponseHead } from '../response/response-relay.ts'
import { backOffMs, isRetryable, type RetryCause, rateLimitDelayMs } from '../retry/retry-policy.ts'
import { TriedPriorities } from '../retry/tried-priorities.ts'
import { withoutEndpoints } from '../upstream/connector.ts'
import type { UpstreamFailure } from '../upstream/upstream-client.ts'
import { UpstreamAttempt } from './attempt/attempt.ts'
import type { AnswerOwner, AttemptJudge } from './attempt/attempt-owners.ts'
import { hashRequest } from './hash-request.ts'
import { prepareTry } from './prepare-try.ts'
import type { PreparedTry } from './try-target.ts'

const forwardingFailed = 'the gateway failed to forward this request'

/** Takes the answers of tries, and is told when there will be none. */
export interface TriesOwner extends AnswerOwner {
  /** No try has an answer for the client, or the one that had is broken off. */
  triesFailed(error: GatewayError): void
}

/** The tries of one request, one after the other: where each goes, and whether another follows. */
export class Tries implements AttemptJudge {
  readonly #exchange: Exchange
  readonly #rules: ForwardRules
  readonly #backend: BackendRuntime
  readonly #owner: TriesOwner
  readonly #priorities: TriedPriorities | undefined
  #attempt: UpstreamAttempt | undefined
  #retryTimer: unknown
  #retries = 0
  /** True: the request counts among the retries of its backend. */
  #retrying = false
  #staleRetried = false
  #over = false

  constructor(exchange: Exchange, rules: ForwardRules, backend: BackendRuntime, owner: TriesOwner) {
    this.#exchange = exchange
    this.#rules = rules
    this.#backend = backend
    this.#owner = owner
    const frequency = rules.config.retry?.previousPrioritiesUpdateFrequency
    this.#priorities = frequency === undefined ? undefined : new TriedPriorities(frequency)
  }

  /** Begins the next one. */
  start(): void {
    try {
      this.#send()
    } catch (cause) {
      this.#owner.triesFailed(gatewayError('internal', forwardingFailed, { cause }))
    }
  }

  /** Ends the one that runs, for this reason; none follows. */
  stop(error: GatewayError | undefined): void {
    this.#over = true
    if (this.#retryTimer !== undefined) {
      this.#exchange.services.timers.clearTimeout(this.#retryTimer)
    }
    this.#attempt?.cancel(error)
    if (this.#retrying) this.#backend.endRetry()
  }

  /** The time of the request is up. True: another model has that time from now on. */
  timedOut(failure: UpstreamFailure): boolean {
    const attempt = this.#attempt
    if (attempt === undefined || attempt.answered || !this.#failsOver({ failure })) return false
    attempt.cancel(failure.error)
    return true
  }

  holdOpening(head: UpstreamResponseHead): StreamOpening | undefined {
    const { model } = this.#exchange
    if (model === undefined || head.status >= 400) return undefined
    return this.#hasRetries || model.mayFailOver ? createStreamOpening(model, head) : undefined
  }

  retriesStatus(status: number, headers: readonly string[]): boolean {
    const { body } = this.#exchange
    if (!this.#retriesAfter(status, headers)) {
      if (body.ended || this.#rules.mirrors.length === 0) body.release()
      return false
    }
    body.drop()
    return true
  }

  retriesOpeningError(): boolean {
    this.#exchange.model?.tryRefused()
    return this.#failsOver({ status: 502 }) || (this.#hasRetries && this.#retriesIn(undefined))
  }

  attemptFailed(failure: UpstreamFailure, answered: boolean): void {
    if (this.#over) return
    this.#exchange.body.drop()
    if (answered) {
      this.#owner.triesFailed(failure.error)
      return
    }
    if (this.#retriesStale(failure)) {
      this.start()
      return
    }
    if (this.#failsOver({ failure })) return
    if (this.#mayRetry({ failure }) && this.#retriesIn(undefined)) return
    this.#owner.triesFailed(failure.error)
  }

  get #hasRetries(): boolean {
    const { retry } = this.#rules.config
    return retry !== undefined && this.#retries < retry.maxRetries
  }

  #retriesAfter(status: number, headers: readonly string[]): boolean {
    const { retry } = this.#rules.config
    if (this.#failsOver({ status })) return true
    if (retry === undefined || !this.#mayRetry({ status })) return false
    return this.#retriesIn(rateLimitDelayMs(retry, headers, this.#exchange.services.now()))
  }

  /** One try on another connection, at once; where the route tries such failures again, it is one of those tries. */
  #retriesStale(failure: UpstreamFailure): boolean {
    const { retry } = this.#rules.config
    if (!failure.staleConnection || this.#staleRetried) return false
    if (!this.#exchange.body.replayable) return false
    if (retry !== undefined && isRetryable(retry, { failure })) {
      if (!this.#hasRetries) return false
      this.#retries += 1
    }
    this.#staleRetried = true
    return true
  }

  #mayRetry(cause: RetryCause): boolean {
    const { retry } = this.#rules.config
    if (retry === undefined || !this.#hasRetries) return false
    return this.#exchange.body.replayable && isRetryable(retry, cause)
  }

  /** Another model is asked at once, as often as the route names one. */
  #failsOver(cause: RetryCause): boolean {
    const { model } = this.#exchange
    if (model?.takeNextModel(cause) !== true) return false
    model.dropAnswer()
    this.#startIn(0)
    return true
  }

  /** Undefined: the route says when. */
  #retriesIn(delayMs: number | undefined): boolean {
    const { retry } = this.#rules.config
    if (retry === undefined) return false
    if (!this.#retrying && !this.#backend.beginRetry()) return false
    this.#retrying = true
    const { model, services } = this.#exchange
    model?.dropAnswer()
    const waitMs = delayMs ?? backOffMs(retry, this.#retries, services.random)
    this.#retries += 1
    this.#startIn(waitMs)
    return true
  }

  #startIn(delayMs: number): void {
    this.#retryTimer = this.#exchange.services.timers.setTimeout(() => {
      this.#retryTimer = undefined
      this.start()
    }, delayMs)
  }

  #send(): void {
    const exchange = this.#exchange
    if (this.#over) return
    const hash = hashRequest(this.#rules.config.hashPolicies, exchange)
    const endpoint = this.#priorities?.pick(this.#backend, hash) ?? this.#backend.pick(hash)
    if (endpoint === undefined) {
      this.#owner.triesFailed(withoutEndpoints(this.#backend.config.emptyReason))
      return
    }
    exchange.attempts += 1
    exchange.upstreamHost = endpoint.hostPort
    const ready = prepareTry(exchange, { rules: this.#rules, backend: this.#backend, endpoint })
    if (!(ready instanceof Promise)) {
      this.#dispatch(endpoint, ready)
      return
    }
    ready.then(
      (settled) => {
        if (!this.#over) this.#dispatch(endpoint, settled)
      },
      (cause: unknown) =>
        this.#owner.triesFailed(gatewayError('internal', forwardingFailed, { cause })),
    )
  }

  /** A provider whose credential cannot be had is as good as one that cannot be reached. */
  #notPrepared(error: GatewayError): void {
    if (error.code !== 'upstream-connect-failure') this.#owner.triesFailed(error)
    else this.attemptFailed({ error, beforeSending: true, staleConnection: false }, false)
  }

  #dispatch(endpoint: EndpointRuntime, ready: PreparedTry | GatewayError): void {
    const exchange = this.#exchange
    if ('type' in ready) {
      this.#notPrepared(ready)
      return
    }
    // An answer that was not wanted and has not ended by now gives its connection up.
    this.#attempt?.cancel(undefined)
    const attempt = new UpstreamAttempt({
      exchange,
      judge: this,
      owner: this.#owner,
      endpoint,
      number: exchange.attempts,
      timeoutMs: this.#rules.config.retry?.perTryTimeoutMs ?? 0,
    })
    this.#attempt = attempt
    // WebSocket over HTTP/2 needs extended CONNECT, which servers seldom offer.
    const http2 = exchange.upgraded === undefined && this.#backend.speaksHttp2(exchange.protocol)
    const head =
      exchange.upgraded === undefined ? ready.head : { ...ready.head, upgrade: 'websocket' }
    attempt.send(head, ready.body ?? exchange.body.take(), http2)
  }
}
