import type { Backend, Endpoint, HealthCheck } from '../../ir/backend.ts'

/** A check by HTTP every second. */
export function createCheck(settings: Partial<HealthCheck> = {}): HealthCheck {
  return {
    type: 'http',
    path: '/healthz',
    method: 'GET',
    host: undefined,
    timeoutMs: 500,
    intervalMs: 1000,
    initialJitterMs: 0,
    intervalJitterMs: 0,
    intervalJitterPercent: 0,
    unhealthyThreshold: 1,
    healthyThreshold: 1,
    expectedStatuses: [{ start: 200, end: 201 }],
    ...settings,
  }
}

export function createEndpoint(id: string, settings: Partial<Endpoint> = {}): Endpoint {
  return {
    ...{ id, host: '127.0.0.1', port: 80, weight: 1, priority: 0 },
    ...{ serverName: undefined, healthCheckPath: undefined, healthCheckMethod: undefined },
    ...settings,
  }
}

export function createBackend(
  id: string,
  endpoints: readonly Endpoint[],
  healthChecks: readonly HealthCheck[],
  tls?: Backend['tls'],
): Backend {
  return {
    ...{ id, name: id, endpoints, healthChecks, tls },
    origin: { kind: 'Upstream', namespace: 'default', name: id, fieldPath: 'spec' },
    protocol: 'http1',
    followClientProtocol: false,
    loadBalancer: { type: 'round-robin' },
    connection: {
      connectTimeoutMs: 1000,
      maxRequestsPerConnection: 0,
      idleTimeoutMs: 1000,
      maxHeadersCount: undefined,
      tcpKeepaliveMs: undefined,
      maxConcurrentStreams: undefined,
    },
    circuitBreaker: { maxConnections: 1, maxPendingRequests: 1, maxRequests: 1, maxRetries: 1 },
    outlierDetection: undefined,
    panicThresholdPercent: 0,
  }
}
