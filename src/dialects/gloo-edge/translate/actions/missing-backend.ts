import type { Backend } from '../../../../ir/backend.ts'
import type { Origin } from '../../../../ir/origin.ts'

/**
 * Stands in for a weighted destination that does not exist: it has no endpoint, so its share of the requests
 * is answered 503 while the other destinations work.
 */
export const createMissingBackend = (name: string, origin: Origin): Backend => ({
  id: `gloo-edge/missing/${name}`,
  name,
  origin,
  endpoints: [],
  protocol: 'http1',
  followClientProtocol: false,
  tls: undefined,
  loadBalancer: { type: 'round-robin' },
  connection: {
    connectTimeoutMs: 5_000,
    maxRequestsPerConnection: 0,
    idleTimeoutMs: 60_000,
    maxHeadersCount: undefined,
    tcpKeepaliveMs: undefined,
    maxConcurrentStreams: undefined,
  },
  circuitBreaker: {
    maxConnections: 1024,
    maxPendingRequests: 1024,
    maxRequests: 1024,
    maxRetries: 3,
  },
  outlierDetection: undefined,
  healthChecks: [],
  panicThresholdPercent: 0,
})
