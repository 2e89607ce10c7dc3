import { isIP } from 'node:net'
import type { Endpoint, OutlierDetection } from '../../ir/backend.ts'
import type { CompiledProvider } from '../../providers/provider.ts'
import type { TableRow } from './backend-directory.ts'
import type { UpstreamClient } from './upstream-client.ts'

/** What an endpoint needs of its backend. */
export interface EndpointParts {
  readonly row: TableRow
  readonly workerIndex: number
  readonly provider: CompiledProvider | undefined
  createClient(http2: boolean): UpstreamClient
}

/** One endpoint as requests use it. */
export class EndpointRuntime {
  readonly config: Endpoint
  /** `host:port`. */
  readonly hostPort: string
  /** True: `config.host` is a DNS name. */
  readonly hasName: boolean
  readonly row: TableRow
  /** Set: it is a provider of language models. */
  readonly provider: CompiledProvider | undefined
  readonly #parts: EndpointParts
  readonly #clients: [UpstreamClient | undefined, UpstreamClient | undefined] = [
    undefined,
    undefined,
  ]

  constructor(config: Endpoint, parts: EndpointParts) {
    this.config = config
    this.hostPort = `${config.host}:${config.port}`
    this.hasName = isIP(config.host) === 0
    this.row = parts.row
    this.provider = parts.provider
    this.#parts = parts
  }

  client(http2: boolean): UpstreamClient {
    const index = http2 ? 1 : 0
    const known = this.#clients[index]
    if (known !== undefined) return known
    const client = this.#parts.createClient(http2)
    this.#clients[index] = client
    return client
  }

  /** Counts a try that begins (1) or ends (-1). */
  countRequest(by: 1 | -1): void {
    const { table, row } = this.row
    table.count(row, 'activeRequests', { worker: this.#parts.workerIndex, by })
  }

  activeRequests(): number {
    return this.row.table.total(this.row.row, 'activeRequests')
  }

  isAvailable(nowMs: number): boolean {
    const { table, row } = this.row
    return table.isHealthy(row) && table.ejectedUntilMs(row) <= nowMs
  }
}

/** How a try ended, as outlier detection sees it. */
export type AttemptResult = 'success' | '5xx' | 'gateway-failure'

/** What a response status means for outlier detection: Envoy counts 502, 503 and 504 as gateway failures. */
export function attemptResultOf(status: number): AttemptResult {
  if (status < 500) return 'success'
  return status >= 502 && status <= 504 ? 'gateway-failure' : '5xx'
}

/**
 * Counts a result and says whether the endpoint has reached a threshold (Envoy's consecutive detectors,
 * source/common/upstream/outlier_detection_impl.cc). A threshold of 0 is off.
 */
export function countResult(
  { row: { table, row } }: EndpointRuntime,
  result: AttemptResult,
  config: OutlierDetection,
): boolean {
  if (result === 'success') {
    if (table.get(row, 'consecutive5xx') !== 0) table.set(row, 'consecutive5xx', 0)
    if (table.get(row, 'consecutiveGatewayFailures') !== 0) {
      table.set(row, 'consecutiveGatewayFailures', 0)
    }
    return false
  }
  const failures = table.add(row, 'consecutive5xx', 1)
  if (result === '5xx') table.set(row, 'consecutiveGatewayFailures', 0)
  const gatewayFailures =
    result === 'gateway-failure' ? table.add(row, 'consecutiveGatewayFailures', 1) : 0
  return (
    reached(failures, config.consecutive5xx) ||
    reached(gatewayFailures, config.consecutiveGatewayFailure)
  )
}

function reached(count: number, threshold: number): boolean {
  return threshold > 0 && count >= threshold
}

/** Takes the endpoint out, longer each time; every interval without ejection makes it one step shorter. */
export function eject(
  { row: { table, row } }: EndpointRuntime,
  nowMs: number,
  config: OutlierDetection,
): void {
  const idleMs = Math.max(0, nowMs - table.ejectedUntilMs(row))
  const forgiven = Math.floor(idleMs / Math.max(1, config.intervalMs))
  const count = Math.max(0, table.get(row, 'ejectionCount') - forgiven) + 1
  const longest = Math.max(config.baseEjectionTimeMs, config.maxEjectionTimeMs)
  table.set(row, 'ejectionCount', count)
  table.set(row, 'consecutive5xx', 0)
  table.set(row, 'consecutiveGatewayFailures', 0)
  table.setEjectedUntilMs(row, nowMs + Math.min(config.baseEjectionTimeMs * count, longest))
}
