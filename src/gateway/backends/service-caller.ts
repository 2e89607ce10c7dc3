import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import { type Backend, systemVerifiedTls } from '../../ir/backend.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { Timers } from '../../lib/time/timers.ts'
import type { ServiceAnswer, ServiceCall } from '../../policies/policy.ts'
import type { HostAnswer, HostCall } from '../../providers/provider.ts'
import type { CompiledBackend, Snapshot } from '../../snapshot/snapshot.ts'
import { withoutEndpoints } from '../upstream/connector.ts'
import type { UpstreamCall, UpstreamFailure, UpstreamHandler } from '../upstream/upstream-client.ts'
import type { BackendDirectory } from './backend-directory.ts'
import type { BackendRuntime } from './backend-runtime.ts'

/** Of services that hand out access tokens. */
const hostTimeoutMs = 10_000
const maxHostAnswerBytes = 64 * 1024

/** So many services are remembered that policies have asked; the oldest are forgotten first. */
const mostAsked = 1024

/** Makes the gateway's own calls: to services that policies ask, and to hosts that hand out credentials. */
export class ServiceCaller {
  readonly #backends: BackendDirectory
  readonly #timers: Timers
  #compiled: ReadonlyMap<string, CompiledBackend> = new Map()
  /** Streams outlive configurations: what guards them goes on asking a service that is no more in one. */
  readonly #asked = new Map<string, CompiledBackend>()

  constructor(backends: BackendDirectory, timers: Timers) {
    this.#backends = backends
    this.#timers = timers
  }

  /** From now on backends are those of this configuration. */
  use(snapshot: Pick<Snapshot, 'backends'>): void {
    this.#compiled = snapshot.backends
  }

  readonly callBackend = (
    backendId: string,
    call: ServiceCall,
  ): Promise<ServiceAnswer | GatewayError> => {
    const backend = this.#compiled.get(backendId) ?? this.#asked.get(backendId)
    if (backend !== undefined) {
      this.#remember(backendId, backend)
      return this.#call(backend, call)
    }
    return Promise.resolve(
      gatewayError('backend-not-found', `Backend ${backendId} does not exist.`),
    )
  }

  readonly callHost = (host: string, call: HostCall): Promise<HostAnswer | GatewayError> => {
    const headers = new HeaderList([...call.headers.flat, 'host', host])
    const limits = { timeoutMs: hostTimeoutMs, maxAnswerBytes: maxHostAnswerBytes }
    const { signal } = new AbortController()
    const backend = { config: hostBackend(host), tls: {}, verifyPeer: true, providers: [] }
    return this.#call(backend, { ...call, ...limits, headers, signal })
  }

  #remember(backendId: string, backend: CompiledBackend): void {
    if (this.#asked.get(backendId) === backend) return
    this.#asked.set(backendId, backend)
    if (this.#asked.size <= mostAsked) return
    for (const oldest of this.#asked.keys()) {
      this.#asked.delete(oldest)
      break
    }
  }

  async #call(compiled: CompiledBackend, call: ServiceCall): Promise<ServiceAnswer | GatewayError> {
    try {
      const backend = this.#backends.get(compiled)
      if (!backend.beginRequest()) {
        return gatewayError('upstream-overloaded', `Backend ${compiled.config.name} is overloaded.`)
      }
      try {
        const first = await this.#try(backend, call)
        if (!('staleConnection' in first)) return first
        const failure = first.staleConnection ? await this.#try(backend, call) : first
        return 'staleConnection' in failure ? failure.error : failure
      } finally {
        backend.endRequest()
      }
    } catch (cause) {
      const { name } = compiled.config
      return gatewayError('internal', `The call to backend ${name} failed.`, { cause })
    }
  }

  #try(backend: BackendRuntime, call: ServiceCall): Promise<ServiceAnswer | UpstreamFailure> {
    const endpoint = backend.pick(undefined)
    if (endpoint === undefined || call.signal.aborted) {
      return Promise.resolve(
        failureOf(
          endpoint === undefined
            ? withoutEndpoints(backend.config.emptyReason)
            : gatewayError('client-closed', 'the request is over'),
        ),
      )
    }
    return new Promise((resolve) => {
      const collector = new AnswerCollector(call, this.#timers, (result) => {
        endpoint.countRequest(-1)
        resolve(result)
      })
      endpoint.countRequest(1)
      const { method, path, body } = call
      const head = { method, path, headers: [...call.headers.flat] }
      const client = endpoint.client(backend.speaksHttp2('HTTP/1.1'))
      collector.started(client.dispatch(head, body, collector))
    })
  }
}

/** Gathers a whole answer, unless it takes too long or grows too large. */
class AnswerCollector implements UpstreamHandler {
  readonly #call: ServiceCall
  readonly #timers: Timers
  readonly #done: (result: ServiceAnswer | UpstreamFailure) => void
  readonly #chunks: Buffer[] = []
  readonly #timer: unknown
  readonly #onAbort = () => this.#giveUp(gatewayError('client-closed', 'the request is over'))
  #upstream: UpstreamCall | undefined
  #status = 0
  #headers: string[] = []
  #bytes = 0
  #over = false

  constructor(
    call: ServiceCall,
    timers: Timers,
    done: (result: ServiceAnswer | UpstreamFailure) => void,
  ) {
    this.#call = call
    this.#timers = timers
    this.#done = done
    this.#timer = timers.setTimeout(
      () => this.#giveUp(gatewayError('upstream-timeout', 'no answer in time')),
      call.timeoutMs,
    )
    call.signal.addEventListener('abort', this.#onAbort)
  }

  started(upstream: UpstreamCall): void {
    this.#upstream = upstream
    if (this.#over) upstream.cancel()
  }

  onHead(status: number, headers: string[]): void {
    this.#status = status
    this.#headers = headers
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes <= this.#call.maxAnswerBytes) this.#chunks.push(Buffer.from(chunk))
    else this.#giveUp(gatewayError('upstream-protocol-error', 'the answer is too large'))
  }

  onEnd(): void {
    const headers = new HeaderList(this.#headers)
    this.#end({ status: this.#status, headers, body: Buffer.concat(this.#chunks) })
  }

  onFailure(failure: UpstreamFailure): void {
    this.#end(failure)
  }

  #giveUp(error: GatewayError): void {
    if (this.#over) return
    this.#end(failureOf(error))
    this.#upstream?.cancel()
  }

  #end(result: ServiceAnswer | UpstreamFailure): void {
    if (this.#over) return
    this.#over = true
    this.#timers.clearTimeout(this.#timer)
    this.#call.signal.removeEventListener('abort', this.#onAbort)
    this.#done(result)
  }
}

function failureOf(error: GatewayError): UpstreamFailure {
  return { error, beforeSending: false, staleConnection: false }
}

/** A public host, dialled as manifests' hosts are and verified against the system's authorities. */
function hostBackend(host: string): Backend {
  const id = `host ${host}`
  return {
    id,
    name: host,
    origin: { kind: 'Host', namespace: '', name: host, fieldPath: '' },
    endpoints: [
      {
        id,
        host,
        port: 443,
        weight: 1,
        priority: 0,
        serverName: host,
        healthCheckPath: undefined,
        healthCheckMethod: undefined,
      },
    ],
    protocol: 'http1',
    followClientProtocol: false,
    tls: systemVerifiedTls,
    loadBalancer: { type: 'round-robin' },
    connection: {
      connectTimeoutMs: 5_000,
      maxRequestsPerConnection: 0,
      idleTimeoutMs: 10_000,
      maxHeadersCount: undefined,
      tcpKeepaliveMs: undefined,
      maxConcurrentStreams: undefined,
    },
    circuitBreaker: {
      maxConnections: 16,
      maxPendingRequests: 256,
      maxRequests: 256,
      maxRetries: 3,
    },
    outlierDetection: undefined,
    healthChecks: [],
    panicThresholdPercent: 0,
  }
}
