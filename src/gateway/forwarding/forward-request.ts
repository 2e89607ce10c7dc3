import type { Duplex } from 'node:stream'
import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { ForwardRules } from '../../snapshot/snapshot.ts'
import type { BackendRuntime } from '../backends/backend-runtime.ts'
import type { EndpointRuntime } from '../backends/endpoints/endpoint-runtime.ts'
import { createAnswerRelay, createStreamOpening } from '../model/answers/create-answer-relay.ts'
import type { StreamOpening } from '../model/answers/stream-opening.ts'
import { maskErrorAnswer } from '../redaction/mask-error-answer.ts'
import { maskErrorEvents } from '../redaction/mask-error-events.ts'
import type { Exchange, Forwarding } from '../request/exchange.ts'
import type { BodyListener } from '../request/request-body.ts'
import type { AnswerRelay } from '../response/answer-relay.ts'
import { fail } from '../response/respond.ts'
import { ResponseRelay, type UpstreamResponseHead } from '../response/response-relay.ts'
import { backOffMs, isRetryable, type RetryCause, rateLimitDelayMs } from '../retry/retry-policy.ts'
import { TriedPriorities } from '../retry/tried-priorities.ts'
import { resetMessage } from '../upstream/connector.ts'
import type { UpstreamCall, UpstreamFailure } from '../upstream/upstream-client.ts'
import { openTunnel, type TunnelListener } from '../websocket/open-tunnel.ts'
import { type AttemptOwner, UpstreamAttempt } from './attempt.ts'
import { Deadlines, type TimeLimits } from './deadlines.ts'
import { hashRequest } from './hash-request.ts'
import { sendMirrors } from './mirror.ts'
import { prepareTry } from './prepare-try.ts'
import type { PreparedTry } from './try-target.ts'

const forwardingFailed = 'the gateway failed to forward this request'

/** Sends a request to its backend, as often as the route says, and its answer to the client. */
export class ForwardedRequest implements Forwarding, BodyListener, AttemptOwner, TunnelListener {
  readonly #exchange: Exchange
  readonly #rules: ForwardRules
  readonly #backend: BackendRuntime
  readonly #limits: TimeLimits
  #deadlines: Deadlines
  readonly #priorities: TriedPriorities | undefined
  #attempt: UpstreamAttempt | undefined
  #retryTimer: unknown
  #perTryTimer: unknown
  #retries = 0
  #retrying = false
  #staleRetried = false
  #counted = false
  #tunnel: Duplex | undefined
  #over = false

  constructor(exchange: Exchange, rules: ForwardRules, backend: BackendRuntime) {
    this.#exchange = exchange
    this.#rules = rules
    this.#backend = backend
    const { http } = exchange.ingress.listener.config
    const { timeoutMs, idleTimeoutMs, retry } = rules.config
    const frequency = retry?.previousPrioritiesUpdateFrequency
    this.#priorities = frequency === undefined ? undefined : new TriedPriorities(frequency)
    this.#limits = { totalMs: timeoutMs, idleMs: idleTimeoutMs ?? http.streamIdleTimeoutMs }
    this.#deadlines = this.#createDeadlines()
  }

  /** Begins with the body; the first try follows as soon as there is something to send. */
  start(): void {
    const exchange = this.#exchange
    exchange.forwarding = this
    exchange.backendName = this.#backend.config.name
    if (!this.#backend.beginRequest()) {
      fail(exchange, gatewayError('upstream-overloaded', resetMessage('overflow')))
      return
    }
    this.#counted = true
    // A reused connection may turn out dead whether or not the route asks for retries.
    exchange.body.readForUpstream(exchange.services.retryBufferBytes, this)
  }

  bodyReady(): void {
    this.#try()
  }

  bodyActive(): void {
    this.#deadlines.touch()
  }

  bodyEnded(): void {
    if (this.#over) return
    this.#deadlines.startTotal()
    if (this.#rules.mirrors.length > 0) sendMirrors(this.#exchange, this.#rules)
  }

  attemptUpgraded(headers: Record<string, string | string[] | undefined>, socket: Duplex): void {
    const exchange = this.#exchange
    const client = exchange.upgraded
    if (client === undefined || this.#over) {
      socket.destroy()
      return
    }
    this.#clearPerTry()
    this.#deadlines.dropTotal()
    this.#tunnel = socket
    exchange.tunnelled = true
    openTunnel(exchange, client, { headers, socket }, this)
  }

  tunnelActive(): void {
    this.#deadlines.touch()
  }

  tunnelClosed(): void {
    this.#stop(undefined)
    this.#exchange.complete()
  }

  bodyFailed(error: GatewayError): void {
    this.#end(error)
  }

  cancel(): void {
    this.#stop(gatewayError('client-closed', 'the client closed the connection'))
  }

  attemptActive(): void {
    this.#deadlines.touch()
  }

  relayFailed(cause: unknown): void {
    const message = 'a response policy of this route failed'
    const error = gatewayError('internal', message, { cause })
    // The answer may have come to its end before a policy was done with it.
    if (this.#over) fail(this.#exchange, error)
    else this.#end(error)
  }

  attemptEnded(): void {
    this.#exchange.model?.endAnswer()
    this.#stop(undefined)
  }

  refuseAnswer(error: GatewayError): void {
    // The answer may have come to its end before it could be read.
    if (this.#over) fail(this.#exchange, error)
    else this.#end(error)
  }

  createRelay(call: UpstreamCall, head: UpstreamResponseHead): AnswerRelay {
    this.#clearPerTry()
    const exchange = this.#exchange
    const { model } = exchange
    model?.beginAnswer(head.status)
    if (head.status < 400 && model === undefined) {
      return new ResponseRelay(exchange, call, head, this)
    }
    const createRelay = (seen: UpstreamResponseHead) => this.#createReader(call, seen)
    const answer = { exchange, head, owner: this, createRelay }
    return head.status < 400 ? maskErrorEvents(answer) : maskErrorAnswer(answer)
  }

  /** What reads of an answer what the route's policies ask for. */
  #createReader(call: UpstreamCall, head: UpstreamResponseHead): AnswerRelay {
    const exchange = this.#exchange
    const { model } = exchange
    const format = model?.readsAnswers === true ? model.endpoint?.format : undefined
    if (model === undefined || format === undefined) {
      return new ResponseRelay(exchange, call, head, this)
    }
    const parts = { exchange, model, format, call, head, owner: this }
    return createAnswerRelay(parts, exchange.services.countTokens)
  }

  holdOpening(head: UpstreamResponseHead): StreamOpening | undefined {
    const { model } = this.#exchange
    if (model === undefined || head.status >= 400) return undefined
    const { retry } = this.#rules.config
    const mayRetry = retry !== undefined && this.#retries < retry.maxRetries
    if (!mayRetry && !model.mayFailOver) return undefined
    const opening = createStreamOpening(model, head)
    // The time of a try goes on until something of the answer is there.
    if (opening !== undefined) this.#startPerTry()
    return opening
  }

  openingBegun(): void {
    this.#clearPerTry()
  }

  retriesOpeningError(): boolean {
    this.#clearPerTry()
    const { retry } = this.#rules.config
    this.#exchange.model?.tryRefused()
    if (this.#failsOver({ status: 502 })) return true
    if (retry === undefined || this.#retries >= retry.maxRetries) return false
    return this.#scheduleRetry(undefined)
  }

  retriesStatus(status: number, headers: readonly string[]): boolean {
    this.#clearPerTry()
    const { body } = this.#exchange
    if (!this.#retriesAfter(status, headers)) {
      if (body.ended || this.#rules.mirrors.length === 0) body.release()
      return false
    }
    body.drop()
    return true
  }

  #retriesAfter(status: number, headers: readonly string[]): boolean {
    const { retry } = this.#rules.config
    if (this.#failsOver({ status })) return true
    if (retry === undefined || !this.#mayRetry({ status })) return false
    return this.#scheduleRetry(rateLimitDelayMs(retry, headers, this.#exchange.services.now()))
  }

  attemptFailed(attempt: UpstreamAttempt, failure: UpstreamFailure): void {
    if (this.#over) return
    this.#clearPerTry()
    this.#exchange.body.drop()
    if (attempt.answered) {
      this.#end(failure.error)
      return
    }
    if (this.#retriesStale(failure)) {
      this.#try()
      return
    }
    if (this.#failsOver({ failure })) return
    if (this.#mayRetry({ failure }) && this.#scheduleRetry(undefined)) return
    this.#end(failure.error)
  }

  /** One try on another connection, at once; where the route tries such failures again, it is one of those tries. */
  #retriesStale(failure: UpstreamFailure): boolean {
    const { retry } = this.#rules.config
    if (!failure.staleConnection || this.#staleRetried) return false
    if (!this.#exchange.body.replayable) return false
    if (retry !== undefined && isRetryable(retry, { failure })) {
      if (this.#retries >= retry.maxRetries) return false
      this.#retries += 1
    }
    this.#staleRetried = true
    return true
  }

  #mayRetry(cause: RetryCause): boolean {
    const { retry } = this.#rules.config
    if (retry === undefined || this.#retries >= retry.maxRetries) return false
    return this.#exchange.body.replayable && isRetryable(retry, cause)
  }

  /** Another model is asked at once, as often as the route names one. */
  #failsOver(cause: RetryCause): boolean {
    const { model, services } = this.#exchange
    if (model?.takeNextModel(cause) !== true) return false
    model.dropAnswer()
    this.#retryTimer = services.timers.setTimeout(() => {
      this.#retryTimer = undefined
      this.#try()
    }, 0)
    return true
  }

  #scheduleRetry(delayMs: number | undefined): boolean {
    const { retry } = this.#rules.config
    if (retry === undefined) return false
    if (!this.#retrying && !this.#backend.beginRetry()) return false
    this.#retrying = true
    this.#exchange.model?.dropAnswer()
    const { services } = this.#exchange
    const waitMs = delayMs ?? backOffMs(retry, this.#retries, services.random)
    this.#retries += 1
    this.#retryTimer = services.timers.setTimeout(() => {
      this.#retryTimer = undefined
      this.#try()
    }, waitMs)
    return true
  }

  #try(): void {
    try {
      this.#send()
    } catch (cause) {
      this.#end(gatewayError('internal', forwardingFailed, { cause }))
    }
  }

  #send(): void {
    const exchange = this.#exchange
    if (this.#over) return
    const hash = hashRequest(this.#rules.config.hashPolicies, exchange)
    const endpoint = this.#priorities?.pick(this.#backend, hash) ?? this.#backend.pick(hash)
    if (endpoint === undefined) {
      this.#end(gatewayError('no-healthy-upstream', 'no healthy upstream'))
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
      (cause: unknown) => this.#end(gatewayError('internal', forwardingFailed, { cause })),
    )
  }

  #dispatch(endpoint: EndpointRuntime, ready: PreparedTry | GatewayError): void {
    const exchange = this.#exchange
    if ('type' in ready) {
      this.#end(ready)
      return
    }
    // An answer that was not wanted and has not ended by now gives its connection up.
    this.#attempt?.cancel(undefined)
    const attempt = new UpstreamAttempt({
      exchange,
      owner: this,
      endpoint,
      number: exchange.attempts,
    })
    this.#attempt = attempt
    this.#startPerTry()
    // WebSocket over HTTP/2 needs extended CONNECT, which servers seldom offer.
    const http2 = exchange.upgraded === undefined && this.#backend.speaksHttp2(exchange.protocol)
    const head =
      exchange.upgraded === undefined ? ready.head : { ...ready.head, upgrade: 'websocket' }
    attempt.send(head, ready.body ?? exchange.body.take(), http2)
  }

  #startPerTry(): void {
    const timeoutMs = this.#rules.config.retry?.perTryTimeoutMs
    if (timeoutMs === undefined || timeoutMs <= 0) return
    this.#perTryTimer = this.#exchange.services.timers.setTimeout(() => {
      this.#perTryTimer = undefined
      const attempt = this.#attempt
      const error = timeoutError()
      if (attempt === undefined || attempt.answered) return
      attempt.cancel(error)
      this.attemptFailed(attempt, { error, beforeSending: false, staleConnection: false })
    }, timeoutMs)
  }

  #clearPerTry(): void {
    if (this.#perTryTimer === undefined) return
    this.#exchange.services.timers.clearTimeout(this.#perTryTimer)
    this.#perTryTimer = undefined
  }

  #createDeadlines(): Deadlines {
    const { services } = this.#exchange
    return new Deadlines(services, this.#limits, (kind) => this.#timedOut(kind))
  }

  #timedOut(kind: 'total' | 'idle'): void {
    if (kind === 'idle' && !this.#exchange.body.ended) {
      this.#end(gatewayError('request-timeout', 'request timeout'))
      return
    }
    const error = timeoutError()
    const attempt = this.#attempt
    const failure = { error, beforeSending: false, staleConnection: false }
    if (attempt === undefined || attempt.answered || !this.#failsOver({ failure })) {
      this.#end(error)
      return
    }
    // Each model has the time that one would have alone.
    attempt.cancel(error)
    this.#deadlines = this.#createDeadlines()
    this.#deadlines.startTotal()
  }

  #end(error: GatewayError): void {
    if (this.#over) return
    this.#stop(error)
    if (this.#exchange.tunnelled) this.#exchange.error = error
    else fail(this.#exchange, error)
  }

  #stop(error: GatewayError | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#deadlines.stop()
    this.#clearPerTry()
    if (this.#retryTimer !== undefined) {
      this.#exchange.services.timers.clearTimeout(this.#retryTimer)
    }
    this.#attempt?.cancel(error)
    this.#tunnel?.destroy()
    this.#exchange.body.drop()
    if (this.#retrying) this.#backend.endRetry()
    if (this.#counted) this.#backend.endRequest()
  }
}

function timeoutError(): GatewayError {
  return gatewayError('upstream-timeout', 'upstream request timeout')
}
