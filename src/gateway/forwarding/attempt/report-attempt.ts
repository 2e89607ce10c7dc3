import type { AttemptRecord } from '../../../telemetry/request-record.ts'
import type { EndpointRuntime } from '../../backends/endpoints/endpoint-runtime.ts'
import { attemptResultOf } from '../../backends/endpoints/outlier-detection.ts'
import type { Exchange } from '../../request/exchange.ts'

/** What speaks against an endpoint; everything else is the client's or the gateway's doing. */
const endpointFailures: ReadonlySet<string> = new Set([
  'upstream-connect-failure',
  'upstream-without-endpoints',
  'upstream-reset',
  'upstream-protocol-error',
  'upstream-timeout',
])

/** Tells metrics and outlier detection how a try ended. */
export function reportAttempt(
  exchange: Exchange,
  endpoint: EndpointRuntime,
  record: AttemptRecord,
): void {
  const { services } = exchange
  services.observer.attemptEnded(record)
  const runtime = exchange.destination?.backend
  if (runtime?.config.outlierDetection === undefined) return
  const { status, errorCode } = record
  if (errorCode !== undefined && !endpointFailures.has(errorCode)) return
  if (errorCode === undefined && status === 0) return
  const result = errorCode === undefined ? attemptResultOf(status) : 'gateway-failure'
  services.backends.get(runtime).report(endpoint, result)
}
