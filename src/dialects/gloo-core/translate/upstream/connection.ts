import type { CircuitBreaker, ConnectionOptions } from '../../../../ir/backend.ts'
import type { UpstreamSpec } from '../../kinds/upstream/upstream.ts'
import { type Findings, readDuration } from '../findings.ts'

/** Envoy's default for clusters. */
const defaultConnectTimeoutMs = 5_000
/** Below the idle time-outs of common balancers, so that a pooled connection is rarely dead when it is taken. */
const defaultIdleTimeoutMs = 60_000

/** How connections to the upstream are made and kept. */
export function translateConnection(spec: UpstreamSpec, findings: Findings): ConnectionOptions {
  const config = spec.connectionConfig ?? {}
  const { idleTimeout, maxHeadersCount = 0 } = config.commonHttpProtocolOptions ?? {}
  const keepaliveTime = config.tcpKeepalive?.keepaliveTime
  const keepaliveMs = readDuration(
    { field: 'connectionConfig.tcpKeepalive.keepaliveTime', value: keepaliveTime, fallbackMs: 0 },
    findings,
  )
  const connectTimeoutMs = readDuration(
    {
      field: 'connectionConfig.connectTimeout',
      value: config.connectTimeout,
      fallbackMs: defaultConnectTimeoutMs,
    },
    findings,
  )
  if (connectTimeoutMs <= 0) {
    findings.errors.push('connectionConfig.connectTimeout must be longer than 0s')
  }
  return {
    connectTimeoutMs,
    maxRequestsPerConnection: config.maxRequestsPerConnection ?? 0,
    idleTimeoutMs: readDuration(
      {
        field: 'connectionConfig.commonHttpProtocolOptions.idleTimeout',
        value: idleTimeout,
        fallbackMs: defaultIdleTimeoutMs,
      },
      findings,
    ),
    maxHeadersCount: maxHeadersCount > 0 ? maxHeadersCount : undefined,
    tcpKeepaliveMs: keepaliveMs > 0 ? Math.ceil(keepaliveMs / 1_000) * 1_000 : undefined,
    maxConcurrentStreams: spec.maxConcurrentStreams,
  }
}

/**
 * The limits, with Envoy's defaults (api/envoy/config/cluster/v3/circuit_breaker.proto). Three retries at once are too few for
 * models: calls last for seconds, and all of them go to the next pool when the first one is full.
 */
export function translateCircuitBreaker({
  circuitBreakers = {},
  ai,
}: UpstreamSpec): CircuitBreaker {
  return {
    maxConnections: circuitBreakers.maxConnections ?? 1024,
    maxPendingRequests: circuitBreakers.maxPendingRequests ?? 1024,
    maxRequests: circuitBreakers.maxRequests ?? 1024,
    maxRetries: circuitBreakers.maxRetries ?? (ai === undefined ? 3 : 1024),
  }
}
