import type { Backend } from '../../ir/backend.ts'
import type { CompiledBackend } from '../../snapshot/snapshot.ts'
import type { PoolDirectory } from '../upstream/pool-directory.ts'
import type { BackendServices } from './backend-services.ts'
import { AvailableEndpoints } from './balancing/available-endpoints.ts'
import type { Balancer } from './balancing/balancer.ts'
import { createBalancer } from './balancing/create-balancer.ts'
import { EndpointRuntime } from './endpoints/endpoint-runtime.ts'
import { type AttemptResult, countResult, eject } from './endpoints/outlier-detection.ts'
import type { TableRow } from './endpoints/table-row.ts'

/** What a backend's runtime is made of. */
export interface BackendRuntimeParts {
  readonly services: BackendServices
  readonly pools: PoolDirectory
  readonly backendRow: TableRow
  readonly endpointRows: readonly TableRow[]
}

/** A backend as requests use it: balancing, circuit breaker, outlier detection, connections. */
export class BackendRuntime {
  readonly config: Backend
  readonly #services: BackendServices
  readonly #row: TableRow
  readonly #available: AvailableEndpoints
  readonly #balancer: Balancer

  constructor(backend: CompiledBackend, parts: BackendRuntimeParts) {
    this.config = backend.config
    this.#services = parts.services
    this.#row = parts.backendRow
    const limits = this.#createLimits()
    const endpoints = backend.config.endpoints.map(
      (endpoint, index) =>
        new EndpointRuntime(endpoint, {
          row: parts.endpointRows[index] ?? parts.backendRow,
          provider: backend.providers[index],
          workerIndex: parts.services.workerIndex,
          createClient: (http2) => parts.pools.get({ backend, endpoint, http2, limits }),
        }),
    )
    this.#available = new AvailableEndpoints(endpoints, backend.config.panicThresholdPercent)
    this.#balancer = createBalancer(backend.config.loadBalancer, parts.services.random)
  }

  /**
   * The endpoint for the next try; `hash` steers hashing balancers. Undefined: none is healthy, or none that is has a priority
   * that was not `tried`.
   */
  pick(hash: number | undefined, tried?: ReadonlySet<number>): EndpointRuntime | undefined {
    const { random, now } = this.#services
    const endpoints = this.#available.choose(now(), random, tried)
    if (endpoints.length <= 1) return endpoints[0]
    return this.#balancer.pick(endpoints, hash)
  }

  speaksHttp2(clientProtocol: string): boolean {
    if (this.config.followClientProtocol) return clientProtocol === 'HTTP/2'
    return this.config.protocol === 'http2'
  }

  /** Counts a request that goes to the backend; false when the circuit breaker is open. */
  beginRequest(): boolean {
    const { table, row } = this.#row
    if (table.total(row, 'activeRequests') >= this.config.circuitBreaker.maxRequests) return false
    table.count(row, 'activeRequests', { worker: this.#services.workerIndex, by: 1 })
    return true
  }

  endRequest(): void {
    const { table, row } = this.#row
    table.count(row, 'activeRequests', { worker: this.#services.workerIndex, by: -1 })
  }

  /** Counts a retry that waits or runs; false when too many do. */
  beginRetry(): boolean {
    const { table, row } = this.#row
    if (table.total(row, 'activeRetries') >= this.config.circuitBreaker.maxRetries) return false
    table.count(row, 'activeRetries', { worker: this.#services.workerIndex, by: 1 })
    return true
  }

  endRetry(): void {
    const { table, row } = this.#row
    table.count(row, 'activeRetries', { worker: this.#services.workerIndex, by: -1 })
  }

  /** Tells outlier detection how a try ended. */
  report(endpoint: EndpointRuntime, result: AttemptResult): void {
    const detection = this.config.outlierDetection
    if (detection === undefined || !countResult(endpoint, result, detection)) return
    const nowMs = this.#services.now()
    if (!endpoint.isAvailable(nowMs)) return
    if (!this.#available.mayEject(nowMs, detection.maxEjectionPercent)) return
    eject(endpoint, nowMs, detection)
    this.#services.endpointEvent(endpoint.config.id, 'ejected')
  }

  #createLimits() {
    const { table, row } = this.#row
    const { circuitBreaker } = this.config
    const worker = this.#services.workerIndex
    return {
      mayConnect: () => table.total(row, 'activeConnections') < circuitBreaker.maxConnections,
      mayWait: () => table.total(row, 'pendingRequests') < circuitBreaker.maxPendingRequests,
      connectionOpened: () => table.count(row, 'activeConnections', { worker, by: 1 }),
      connectionClosed: () => table.count(row, 'activeConnections', { worker, by: -1 }),
      waitStarted: () => table.count(row, 'pendingRequests', { worker, by: 1 }),
      waitEnded: () => table.count(row, 'pendingRequests', { worker, by: -1 }),
    }
  }
}
