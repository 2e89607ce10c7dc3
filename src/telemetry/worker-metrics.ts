import type { MetricSample } from '../lib/metrics/metric-sample.ts'
import { durationBoundsSeconds, type MetricName } from './metric-definitions.ts'
import { ModelMetrics } from './model-metrics.ts'
import type {
  AttemptRecord,
  RefusedConnection,
  RequestObserver,
  RequestRecord,
} from './request-record.ts'
import { ThreadMetrics } from './thread-metrics.ts'

/** What the store of limits says of itself. */
interface LimitStoreState {
  /** Hits on counters that could not be counted so far. */
  readonly uncountedHits: number
  /** Hits on counters that stand together with others. */
  readonly sharedHits: number
  /** Whether it is there. */
  readonly connected: boolean
}

export interface WorkerMetricsOptions {
  /** Distinguishes this thread's values from those of the others. */
  readonly thread: string
  readonly startTimeMs: number
  /** Lines that the thread's access log lost so far. */
  readonly lostLogLines?: () => number
  /** Where limits are counted. */
  readonly limits?: LimitStoreState
  /** Pairs of route and backend that are counted apart; further ones are counted together. */
  readonly mostRoutes?: number
}

/** What one pair of route and backend counts; labels are made when somebody reads. */
interface RouteCounters {
  readonly route: string
  readonly backend: string
  readonly byStatus: Map<number, number>
  readonly buckets: Float64Array
  seconds: number
  requestBytes: number
  responseBytes: number
  retries: number
  maskedCredentials: number
}

interface AttemptCounters {
  /** By hundreds of the status; 0: no answer. */
  readonly byClass: Float64Array
}

const boundsMs = durationBoundsSeconds.map((bound) => bound * 1000)
const other = 'other'
const mostReasons = 64
const attemptResults = ['error', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** Counts what happens on a gateway thread. A request costs two map reads and a few additions, no allocation. */
export class WorkerMetrics implements RequestObserver {
  readonly #options: WorkerMetricsOptions
  readonly #mostRoutes: number
  readonly #routes = new Map<string | undefined, Map<string | undefined, RouteCounters>>()
  #routeCount = 0
  readonly #overflow = newRouteCounters(other, other)
  readonly #attempts = new Map<string, AttemptCounters>()
  readonly #errors = new Map<string, number>()
  readonly #refusals = new Map<string, number>()
  readonly #connections = new Map<string, number>()
  #activeRequests = 0
  readonly #models = new ModelMetrics()
  readonly #threadMetrics: ThreadMetrics

  constructor(options: WorkerMetricsOptions) {
    this.#options = options
    this.#mostRoutes = options.mostRoutes ?? 2000
    this.#threadMetrics = new ThreadMetrics(options.thread, options.startTimeMs)
  }

  requestStarted(): void {
    this.#activeRequests++
  }

  requestEnded(record: RequestRecord): void {
    this.#activeRequests--
    const counters =
      this.#routes.get(record.routeId)?.get(record.backendName) ?? this.#addRoute(record)
    const { byStatus, buckets } = counters
    byStatus.set(record.status, (byStatus.get(record.status) ?? 0) + 1)
    const bucket = bucketOf(record.durationMs)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
    counters.seconds += record.durationMs / 1000
    counters.requestBytes += record.requestBytes
    counters.responseBytes += record.responseBytes
    if (record.maskedCredentials > 0) counters.maskedCredentials += record.maskedCredentials
    if (record.attempts > 1) counters.retries += record.attempts - 1
    if (record.errorCode !== undefined) increment(this.#errors, record.errorCode)
    if (record.modelCall !== undefined) this.#models.add(record, record.modelCall)
  }

  attemptEnded(attempt: AttemptRecord): void {
    let counters = this.#attempts.get(attempt.backendName)
    if (counters === undefined) {
      const name = this.#attempts.size < this.#mostRoutes ? attempt.backendName : other
      counters = this.#attempts.get(name) ?? { byClass: new Float64Array(attemptResults.length) }
      this.#attempts.set(name, counters)
    }
    const statusClass = Math.min(5, Math.floor(attempt.status / 100))
    counters.byClass[statusClass] = (counters.byClass[statusClass] ?? 0) + 1
  }

  connectionOpened(listenerId: string): void {
    this.#connections.set(listenerId, (this.#connections.get(listenerId) ?? 0) + 1)
  }

  connectionClosed(listenerId: string): void {
    const left = (this.#connections.get(listenerId) ?? 0) - 1
    if (left > 0) this.#connections.set(listenerId, left)
    else this.#connections.delete(listenerId)
  }

  connectionRefused({ reason }: RefusedConnection): void {
    increment(this.#refusals, reason)
  }

  /** Every value as it stands now. */
  collect(): MetricSample[] {
    const samples: MetricSample[] = [
      ...this.#threadMetrics.collect(),
      ...this.#models.collect(),
      gauge('sluice_active_requests', {}, this.#activeRequests),
      counter('sluice_access_log_lost_lines_total', {}, this.#options.lostLogLines?.() ?? 0),
      ...collectLimits(this.#options.limits),
    ]
    for (const byBackend of this.#routes.values()) {
      for (const counters of byBackend.values()) collectRoute(counters, samples)
    }
    collectRoute(this.#overflow, samples)
    for (const [backend, { byClass }] of this.#attempts) {
      for (const [index, result] of attemptResults.entries()) {
        const total = byClass[index] ?? 0
        if (total > 0) {
          samples.push(counter('sluice_upstream_attempts_total', { backend, result }, total))
        }
      }
    }
    for (const [code, total] of this.#errors) {
      samples.push(counter('sluice_errors_total', { code }, total))
    }
    for (const [reason, total] of this.#refusals) {
      samples.push(counter('sluice_connections_refused_total', { reason }, total))
    }
    for (const [listener, open] of this.#connections) {
      samples.push(gauge('sluice_active_connections', { listener }, open))
    }
    return samples
  }

  /** Stops what measures; the thread may end. */
  close(): void {
    this.#threadMetrics.close()
  }

  #addRoute(record: RequestRecord): RouteCounters {
    if (this.#routeCount >= this.#mostRoutes) return this.#overflow
    const route = record.routeName ?? record.routeId ?? ''
    const counters = newRouteCounters(route, record.backendName ?? '')
    const byBackend = this.#routes.get(record.routeId)
    if (byBackend !== undefined) byBackend.set(record.backendName, counters)
    else this.#routes.set(record.routeId, new Map([[record.backendName, counters]]))
    this.#routeCount++
    return counters
  }
}

function newRouteCounters(route: string, backend: string): RouteCounters {
  return {
    route,
    backend,
    byStatus: new Map(),
    buckets: new Float64Array(boundsMs.length + 1),
    seconds: 0,
    requestBytes: 0,
    responseBytes: 0,
    retries: 0,
    maskedCredentials: 0,
  }
}

function bucketOf(durationMs: number): number {
  let bucket = 0
  while (bucket < boundsMs.length && durationMs > (boundsMs[bucket] ?? 0)) bucket++
  return bucket
}

/** Counts a reason; what comes after the first few dozen is counted together. */
function increment(counts: Map<string, number>, reason: string): void {
  const known = counts.has(reason) || counts.size < mostReasons
  const name = known ? reason : other
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function collectRoute(counters: RouteCounters, samples: MetricSample[]): void {
  const { route, backend, byStatus, buckets, seconds } = counters
  if (byStatus.size === 0) return
  const labels = { route, backend }
  for (const [status, total] of byStatus) {
    samples.push(counter('sluice_requests_total', { ...labels, status: String(status) }, total))
  }
  samples.push(
    {
      name: 'sluice_request_duration_seconds',
      labels,
      value: { type: 'histogram', counts: [...buckets], sum: seconds },
    },
    counter('sluice_request_bytes_total', labels, counters.requestBytes),
    counter('sluice_response_bytes_total', labels, counters.responseBytes),
    counter('sluice_upstream_retries_total', labels, counters.retries),
  )
  const { maskedCredentials } = counters
  if (maskedCredentials > 0) {
    samples.push(counter('sluice_masked_credentials_total', labels, maskedCredentials))
  }
}

function counter(name: MetricName, labels: Record<string, string>, total: number): MetricSample {
  return { name, labels, value: { type: 'counter', total } }
}

function gauge(name: MetricName, labels: Record<string, string>, current: number): MetricSample {
  return { name, labels, value: { type: 'gauge', current } }
}

function collectLimits(limits: LimitStoreState | undefined): MetricSample[] {
  if (limits === undefined) return []
  return [
    counter('sluice_limit_uncounted_hits_total', {}, limits.uncountedHits),
    counter('sluice_limit_shared_hits_total', {}, limits.sharedHits),
    gauge('sluice_limit_store_connected', {}, Number(limits.connected)),
  ]
}
