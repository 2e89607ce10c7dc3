import type { Backend } from '../../ir/backend.ts'
import type { Listener } from '../../ir/listener.ts'
import type { Origin } from '../../ir/origin.ts'
import type { ForwardAction, Route, RouteAction } from '../../ir/route.ts'
import type { VirtualHost } from '../../ir/virtual-host.ts'

const origin = (name: string): Origin => ({
  kind: 'Test',
  namespace: 'tests',
  name,
  fieldPath: 'spec',
})

/** A clear-text listener for tests. */
export function listenerNode(id: string, virtualHostIds: readonly string[]): Listener {
  return {
    id,
    origin: origin(id),
    bindings: [],
    virtualHostIds,
    tls: undefined,
    http: {
      idleTimeoutMs: 0,
      streamIdleTimeoutMs: 0,
      requestHeadersTimeoutMs: 60_000,
      maxRequestHeadersBytes: 60_000,
      serverName: 'sluice',
      useRemoteAddress: true,
      xffTrustedHops: 0,
      normalizePath: true,
      mergeSlashes: false,
      mostSpecificHeaderMutationsWin: false,
    },
  }
}

/** A virtual host for tests. */
export function virtualHostNode(
  id: string,
  domains: readonly string[],
  routeIds: readonly string[],
): VirtualHost {
  return { id, name: id, origin: origin(id), domains, routeIds }
}

/** A route for tests that matches a prefix. */
export function routeNode(id: string, prefix: string, action: RouteAction): Route {
  const path = { type: 'prefix', value: prefix, caseSensitive: true } as const
  const matchers = [{ path, headers: [], queryParameters: [], methods: [] }]
  return { id, name: id, origin: origin(id), matchers, action, policyIds: [] }
}

/** An action for tests that sends everything to one backend. */
export function forwardTo(backendId: string): ForwardAction {
  return {
    type: 'forward',
    destinations: [{ backendId, weight: 1, policyIds: [] }],
    pathRewrite: undefined,
    hostRewrite: undefined,
    appendForwardedHost: false,
    timeoutMs: 15_000,
    idleTimeoutMs: undefined,
    retry: undefined,
    mirrors: [],
    websocket: false,
    hashPolicies: [],
  }
}

/** A clear-text backend for tests. */
export function backendNode(id: string): Backend {
  return {
    id,
    name: id,
    origin: origin(id),
    endpoints: [],
    protocol: 'http1',
    followClientProtocol: false,
    tls: undefined,
    loadBalancer: { type: 'round-robin' },
    connection: {
      connectTimeoutMs: 5000,
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
    panicThresholdPercent: 50,
  }
}
