import type { GatewayError } from '../../errors/gateway-error.ts'
import { responseFlagByCode } from '../../errors/response-flag.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { ModelCall } from '../../llm/model-call.ts'
import type { RequestContext, ResponseHead } from '../../policies/policy.ts'
import type {
  CompiledBackend,
  CompiledDestination,
  CompiledVirtualHost,
  PolicyChain,
  RoutedRequest,
  RouteMatch,
} from '../../snapshot/snapshot.ts'
import type { RequestRecord } from '../../telemetry/request-record.ts'
import { finishModelCall } from '../model/finish-model-call.ts'
import type { ModelExchange } from '../model/model-exchange.ts'
import type { ClientRequest, Ingress } from '../request-handler.ts'
import type { ClientSink } from '../response/client-sink.ts'
import type { UpgradedClient } from '../websocket/upgraded-client.ts'
import { applyForwardedHeaders } from './forwarded-headers.ts'
import { modelCallRecordOf } from './model-call-record.ts'
import { originTextOf } from './origin-text.ts'
import { type RequestHead, readHead } from './read-head.ts'
import { RequestBody } from './request-body.ts'
import type { RequestServices } from './request-services.ts'
import { writeAccessLogs } from './write-access-logs.ts'

/** What runs for a request at upstreams. */
export interface Forwarding {
  /** The request is over: stop what runs. */
  cancel(): void
}

/** Where a request came from and what it is served with. */
export interface ExchangeParts {
  readonly request: ClientRequest
  readonly sink: ClientSink
  readonly ingress: Ingress
  /** Set: the request asks for another protocol on its connection. */
  readonly upgraded?: UpgradedClient
}

/** One request and its answer: everything that is known of it while it lives. */
export class Exchange implements RequestContext, RoutedRequest {
  readonly services: RequestServices
  readonly request: ClientRequest
  readonly sink: ClientSink
  readonly ingress: Ingress
  readonly upgraded: UpgradedClient | undefined
  /** True: the connection has become a tunnel. */
  tunnelled = false
  readonly startTimeMs: number
  readonly peerAddress: string
  readonly peerPort: number
  readonly scheme: 'http' | 'https'
  method: string
  path = ''
  query = ''
  host = ''
  protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2' = 'HTTP/1.1'
  requestId = ''
  clientAddress: string
  headers = new HeaderList()
  body: RequestBody
  expectContinue = false
  upgrade: string | undefined
  virtualHost: CompiledVirtualHost | undefined
  match: RouteMatch | undefined
  /** Without a backend: the gateway answers in the place of one. */
  destination:
    | { readonly attemptPolicies: PolicyChain; readonly backend?: CompiledBackend }
    | undefined
  /** Where the request will go, if that was decided before the first hook. */
  picked: CompiledDestination | undefined
  rematched = false
  forwarding: Forwarding | undefined
  /** Watches a client that is still sending what must be read whole. */
  bodyWatch: { stop(): void } | undefined
  status = 0
  attempts = 0
  responseBytes = 0
  /** Credentials of the gateway's that the upstream's answer repeated. */
  maskedCredentials = 0
  error: GatewayError | undefined
  upstreamHeadMs: number | undefined
  firstByteMs: number | undefined
  backendName: string | undefined
  upstreamHost: string | undefined
  upstreamPath: string | undefined
  /** Of the answer, where a log may ask for them. */
  responseHeaders: HeaderList | undefined
  /** A cookie that hashing handed out; it goes to the client with the answer. */
  issuedCookie: { readonly value: string; readonly header: string } | undefined
  completed = false
  /** Set where the destination is a provider of language models. */
  model: ModelExchange | undefined
  #abort: AbortController | undefined
  #metadata: Map<string, unknown> | undefined
  #queryAsSent = ''

  constructor(services: RequestServices, parts: ExchangeParts) {
    const { request, sink, ingress } = parts
    this.upgraded = parts.upgraded
    this.services = services
    this.request = request
    this.sink = sink
    this.ingress = ingress
    this.startTimeMs = services.now()
    this.scheme = ingress.scheme
    this.method = request.method ?? ''
    this.peerAddress = plainAddress(request.socket.remoteAddress ?? '')
    this.peerPort = request.socket.remotePort ?? 0
    this.clientAddress = this.peerAddress
    this.body = new RequestBody(request, 0, services.replayBudget)
  }

  /** Checks the framing and takes over the head; an error when the request must be refused. */
  read(): GatewayError | undefined {
    const options = this.ingress.listener.config.http
    const head = readHead(this.request, options)
    if ('type' in head) return head
    this.#take(head)
    const peer = { address: this.peerAddress, scheme: this.scheme }
    const identity = applyForwardedHeaders(
      head.headers,
      peer,
      options,
      this.services.createRequestId,
    )
    this.clientAddress = identity.clientAddress
    this.requestId = identity.requestId
    return undefined
  }

  get modelCall(): ModelCall | undefined {
    return this.model?.call
  }

  get routeId(): string {
    return this.match?.route.config.id ?? ''
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.completed) this.#abort.abort()
    return this.#abort.signal
  }

  get metadata(): Map<string, unknown> {
    this.#metadata ??= new Map()
    return this.#metadata
  }

  /** The hooks of the request as far as its way is known. */
  get policies(): PolicyChain | undefined {
    return this.destination?.attemptPolicies ?? this.match?.route.policies
  }

  /** Ends waiting of hooks: the client is gone or the time is up. */
  abortSignal(): void {
    this.#abort?.abort()
  }

  /** Runs the response hooks and the gateway's own headers over an answer's head. */
  finishHead(head: ResponseHead): void {
    if (this.issuedCookie !== undefined) head.headers.append('set-cookie', this.issuedCookie.header)
    if (this.ingress.listener.accessLogs.length > 0) this.responseHeaders = head.headers
    const hooks = this.policies?.onResponseHead
    if (hooks === undefined) return
    for (const policy of hooks) policy.onResponseHead?.(this, head)
  }

  /** Tells everybody, once, that the request is over. */
  complete(): void {
    if (this.completed) return
    this.completed = true
    this.abortSignal()
    this.forwarding?.cancel()
    this.bodyWatch?.stop()
    this.body.release()
    if (this.model !== undefined) finishModelCall(this, this.model)
    const durationMs = this.services.now() - this.startTimeMs
    this.#tellPolicies(durationMs)
    this.#tellObserver(durationMs)
  }

  #take(head: RequestHead): void {
    this.path = head.path
    this.query = head.query
    this.#queryAsSent = head.query
    this.host = head.host
    this.protocol = head.protocol
    this.headers = head.headers
    this.expectContinue = head.expectContinue
    this.upgrade = head.upgrade
    const { replayBudget } = this.services
    if (head.contentLength !== 0) {
      this.body = new RequestBody(this.request, head.contentLength, replayBudget)
    }
  }

  /** As the client sent it, but without what a policy has taken out of the query: that was a credential. */
  #askedPath(): string {
    const { url = '' } = this.request
    if (this.query === this.#queryAsSent) return url
    const path = url.split('?', 1)[0] ?? ''
    return path + this.query
  }

  #tellPolicies(durationMs: number): void {
    // Hooks of calls to models run before the destination is settled.
    const policies = this.destination?.attemptPolicies ?? this.model?.policies ?? this.policies
    const hooks = policies?.onComplete
    if (hooks === undefined || hooks.length === 0) return
    const outcome = {
      status: this.status,
      error: this.error,
      requestBytes: this.body.bytes,
      responseBytes: this.responseBytes,
      durationMs,
    }
    for (const policy of hooks) {
      try {
        policy.onComplete?.(this, outcome)
      } catch {
        // The request is over: nobody is left to be told, and the hooks after this one have their turn.
      }
    }
  }

  #tellObserver(durationMs: number): void {
    const route = this.match?.route.config
    const record: RequestRecord = {
      startTimeMs: this.startTimeMs,
      durationMs,
      upstreamHeadMs: this.upstreamHeadMs,
      firstByteMs: this.firstByteMs,
      requestId: this.requestId,
      method: this.method,
      path: this.#askedPath(),
      host: this.host,
      protocol: this.protocol,
      clientAddress: this.clientAddress,
      userAgent: this.request.headers['user-agent'],
      listenerId: this.ingress.listener.config.id,
      virtualHost: this.virtualHost?.name,
      routeId: route?.id,
      routeName: route?.name,
      routeOrigin: route && originTextOf(route.origin),
      backendName: this.backendName,
      upstreamHost: this.upstreamHost,
      upstreamPath: this.upstreamPath,
      attempts: this.attempts,
      status: this.status,
      requestBytes: this.body.bytes,
      responseBytes: this.responseBytes,
      maskedCredentials: this.maskedCredentials,
      errorCode: this.error?.code,
      responseFlags: this.error === undefined ? '-' : responseFlagByCode[this.error.code],
      generation: this.ingress.generation,
      modelCall: modelCallRecordOf(this, this.ingress.listener),
    }
    this.services.observer.requestEnded(record)
    if (this.ingress.listener.accessLogs.length > 0) writeAccessLogs(this, record)
  }
}

/** Dual-stack sockets show IPv4 peers as IPv6. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
