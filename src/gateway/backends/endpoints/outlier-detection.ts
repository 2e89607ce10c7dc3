import type { OutlierDetection } from '../../../ir/backend.ts'
import type { EndpointRuntime } from './endpoint-runtime.ts'

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
