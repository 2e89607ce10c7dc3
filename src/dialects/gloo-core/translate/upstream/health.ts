import type { HealthCheck, OutlierDetection } from '../../../../ir/backend.ts'
import type {
  HealthCheck as HealthCheckConfig,
  OutlierDetection as OutlierDetectionConfig,
} from '../../kinds/upstream/health.ts'
import { type Findings, readDuration } from '../findings.ts'

const defaultStatuses = [{ start: 200, end: 201 }]

type HealthCheckTime = 'timeout' | 'interval' | 'initialJitter' | 'intervalJitter'

/** The probes that can be sent; Gloo demands times and thresholds. */
export function translateHealthChecks(
  configs: readonly HealthCheckConfig[],
  http2: boolean,
  findings: Findings,
): HealthCheck[] {
  if (http2 && configs.some(({ httpHealthCheck }) => httpHealthCheck !== undefined)) {
    findings.warnings.push(
      'healthChecks: http probes use HTTP/1.1 although requests use HTTP/2; where the hosts take only HTTP/2, use tcpHealthCheck',
    )
  }
  return configs.flatMap((config, index) => translateHealthCheck(config, index, findings))
}

function translateHealthCheck(
  config: HealthCheckConfig,
  index: number,
  findings: Findings,
): HealthCheck[] {
  const field = `HealthCheck[${index}]`
  const { httpHealthCheck: http, tcpHealthCheck: tcp } = config
  const missing = findMissing(config)
  if (missing !== undefined) {
    findings.errors.push(`The field ${field}.${missing} cannot be nil`)
    return []
  }
  if (http === undefined && tcp === undefined) {
    findings.warnings.push(`${field} has no effect: only http and tcp probes are sent`)
    return []
  }
  const path = http?.path ?? ''
  if (http !== undefined && !path.startsWith('/')) {
    findings.errors.push(`${field}.httpHealthCheck.path must begin with /`)
  }
  const method = methodOf(http?.method)
  if (method === 'CONNECT') {
    findings.errors.push(`${field}.httpHealthCheck.method cannot be CONNECT`)
  }
  const read = (name: HealthCheckTime, fallbackMs: number) =>
    readDuration({ field: `${field}.${name}`, value: config[name], fallbackMs }, findings)
  return [
    {
      type: http === undefined ? 'tcp' : 'http',
      path,
      method,
      host: http?.host || undefined,
      timeoutMs: Math.max(1, read('timeout', 5_000)),
      intervalMs: Math.max(1, read('interval', 10_000)),
      initialJitterMs: read('initialJitter', 0),
      intervalJitterMs: read('intervalJitter', 0),
      intervalJitterPercent: config.intervalJitterPercent ?? 0,
      unhealthyThreshold: config.unhealthyThreshold ?? 5,
      healthyThreshold: config.healthyThreshold ?? 5,
      expectedStatuses: statusesOf(http?.expectedStatuses),
    },
  ]
}

function findMissing(config: HealthCheckConfig): string | undefined {
  if (config.timeout === undefined) return 'Timeout'
  if (config.interval === undefined) return 'Interval'
  if (config.healthyThreshold === undefined) return 'HealthyThreshold'
  if (config.unhealthyThreshold === undefined) return 'UnhealthyThreshold'
  const { httpHealthCheck, tcpHealthCheck, grpcHealthCheck, customHealthCheck } = config
  const checkers = [httpHealthCheck, tcpHealthCheck, grpcHealthCheck, customHealthCheck]
  return checkers.every((checker) => checker === undefined) ? 'HealthChecker' : undefined
}

const methodOf = (method: string | undefined) =>
  method === undefined || method === 'METHOD_UNSPECIFIED' ? 'GET' : method

function statusesOf(ranges: readonly { start?: number; end?: number }[] = []) {
  const statuses = ranges.map(({ start = 0, end = 0 }) => ({ start, end }))
  return statuses.length === 0 ? defaultStatuses : statuses
}

/** When a host is left out, with Envoy's defaults (api/envoy/config/cluster/v3/outlier_detection.proto). */
export function translateOutlierDetection(
  config: OutlierDetectionConfig | undefined,
  findings: Findings,
): OutlierDetection | undefined {
  if (config === undefined) return undefined
  const read = (name: 'interval' | 'baseEjectionTime', fallbackMs: number) =>
    readDuration({ field: `outlierDetection.${name}`, value: config[name], fallbackMs }, findings)
  const baseEjectionTimeMs = read('baseEjectionTime', 30_000)
  const counts5xx = (config.enforcingConsecutive5xx ?? 100) > 0
  const countsGateway = (config.enforcingConsecutiveGatewayFailure ?? 0) > 0
  return {
    consecutive5xx: counts5xx ? (config.consecutive5xx ?? 5) : 0,
    consecutiveGatewayFailure: countsGateway ? (config.consecutiveGatewayFailure ?? 5) : 0,
    intervalMs: Math.max(1, read('interval', 10_000)),
    baseEjectionTimeMs,
    maxEjectionTimeMs: Math.max(300_000, baseEjectionTimeMs),
    maxEjectionPercent: config.maxEjectionPercent ?? 10,
  }
}
