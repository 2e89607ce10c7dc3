import type { Duplex } from 'node:stream'
import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { ForwardRules } from '../../snapshot/snapshot.ts'
import type { BackendRuntime } from '../backends/backend-runtime.ts'
import type { Exchange, Forwarding } from '../request/exchange.ts'
import type { BodyListener } from '../request/request-body.ts'
import type { AnswerRelay } from '../response/answer-relay.ts'
import { fail } from '../response/respond.ts'
import type { UpstreamResponseHead } from '../response/response-relay.ts'
import { resetMessage } from '../upstream/connector.ts'
import type { UpstreamCall } from '../upstream/upstream-client.ts'
import { openTunnel, type TunnelListener } from '../websocket/open-tunnel.ts'
import { timeoutFailure } from './attempt/timeout-failure.ts'
import { chooseRelay } from './choose-relay.ts'
import { type DeadlineOwner, Deadlines } from './deadlines.ts'
import { sendMirrors } from './mirror.ts'
import { Tries, type TriesOwner } from './tries.ts'

/** Sends a request to its backend, as often as the route says, and its answer to the client. */
export class ForwardedRequest
  implements Forwarding, BodyListener, TriesOwner, TunnelListener, DeadlineOwner
{
  readonly #exchange: Exchange
  readonly #rules: ForwardRules
  readonly #backend: BackendRuntime
  readonly #deadlines: Deadlines
  readonly #tries: Tries
  #counted = false
  #tunnel: Duplex | undefined
  #over = false

  constructor(exchange: Exchange, rules: ForwardRules, backend: BackendRuntime) {
    this.#exchange = exchange
    this.#rules = rules
    this.#backend = backend
    this.#tries = new Tries(exchange, rules, backend, this)
    const { services, ingress } = exchange
    const { timeoutMs, idleTimeoutMs } = rules.config
    const idleMs = idleTimeoutMs ?? ingress.listener.config.http.streamIdleTimeoutMs
    this.#deadlines = new Deadlines(services, this, timeoutMs, idleMs)
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
    this.#tries.start()
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
    this.triesFailed(error)
  }

  cancel(): void {
    this.#stop(gatewayError('client-closed', 'the client closed the connection'))
  }

  attemptActive(): void {
    this.#deadlines.touch()
  }

  relayFailed(cause: unknown): void {
    const message = 'a response policy of this route failed'
    this.refuseAnswer(gatewayError('internal', message, { cause }))
  }

  attemptEnded(): void {
    this.#exchange.model?.endAnswer()
    this.#stop(undefined)
  }

  refuseAnswer(error: GatewayError): void {
    // The answer may have come to its end before it could be read, or a policy was done with it.
    if (this.#over) fail(this.#exchange, error)
    else this.triesFailed(error)
  }

  createRelay(call: UpstreamCall, head: UpstreamResponseHead): AnswerRelay {
    this.#exchange.model?.beginAnswer(head.status)
    return chooseRelay(this.#exchange, call, head, this)
  }

  timedOut(kind: 'total' | 'idle'): void {
    if (kind === 'idle' && !this.#exchange.body.ended) {
      this.triesFailed(gatewayError('request-timeout', 'request timeout'))
      return
    }
    const failure = timeoutFailure()
    // Each model has the time that one would have alone.
    if (this.#tries.timedOut(failure)) this.#deadlines.restart()
    else this.triesFailed(failure.error)
  }

  triesFailed(error: GatewayError): void {
    if (this.#over) return
    this.#stop(error)
    if (this.#exchange.tunnelled) this.#exchange.error = error
    else fail(this.#exchange, error)
  }

  #stop(error: GatewayError | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#deadlines.stop()
    this.#tries.stop(error)
    this.#tunnel?.destroy()
    this.#exchange.body.drop()
    if (this.#counted) this.#backend.endRequest()
  }
}
