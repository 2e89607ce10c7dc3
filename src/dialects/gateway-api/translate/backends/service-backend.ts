import type { Backend, BackendTls, LoadBalancer } from '../../../../ir/backend.ts'
import {
  findService,
  type ServicePort,
  serviceEndpointsOf,
  serviceKind,
  servicePortsOf,
  withoutReadyEndpoints,
} from '../../../core/services.ts'
import type { FoundBackend, UnresolvedReference } from '../../contribution.ts'
import { displayName, type Scope } from '../source.ts'
import { readBackendTls } from './backend-tls.ts'

/** How a rule speaks to its backends. */
export interface BackendUse {
  /** gRPC is spoken over HTTP/2 whatever the Service says. */
  readonly isGrpc: boolean
  /** Requests of one session go to one endpoint. */
  readonly isSticky: boolean
}

const http2Protocols = ['kubernetes.io/h2c', 'http2', 'HTTP2', 'grpc', 'h2c']
const httpProtocols = [
  'http',
  'HTTP',
  'https',
  'HTTPS',
  'kubernetes.io/ws',
  'kubernetes.io/wss',
  'ws',
  'wss',
]

const unresolved = (
  reason: UnresolvedReference['reason'],
  message: string,
): UnresolvedReference => ({ type: 'unresolved', reason, message })

/** The backend of a Service's port. */
export function findServiceBackend(
  scope: Scope,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  port: number | undefined,
  use: BackendUse,
): FoundBackend {
  const variant = `${use.isGrpc ? '/grpc' : ''}${use.isSticky ? '/sticky' : ''}`
  const id = `gateway-api/Service/${namespace}/${name}:${port ?? ''}${variant}`
  return scope.remember(id, [], (inner) =>
    readServiceBackend(inner, { id, namespace, name, port, use }),
  )
}

interface ServiceQuery {
  readonly id: string
  readonly namespace: string
  readonly name: string
  readonly port: number | undefined
  readonly use: BackendUse
}

function readServiceBackend(scope: Scope, query: ServiceQuery): FoundBackend {
  const { namespace, name, port } = query
  const label = displayName({ kind: 'Service', namespace, name })
  const spec = scope.read(`Service ${namespace}/${name}`, ({ objects, specs }) => {
    const service = findService(objects, namespace, name)
    return service && specs.get<Record<string, unknown>>(service)
  })
  const service = findService(scope.source.objects, namespace, name)
  if (spec === undefined || service === undefined) {
    return unresolved('BackendNotFound', `${label} does not exist`)
  }
  if (spec['type'] === 'ExternalName') {
    const message = `${label} is of type ExternalName, which could lead anywhere and is not served; use a Service with endpoints`
    return unresolved('InvalidKind', message)
  }
  const servicePort = servicePortsOf(service).find((each) => each.port === port)
  if (servicePort === undefined) {
    return unresolved('BackendNotFound', `${label} has no port ${port ?? '(none is given)'}`)
  }
  const { appProtocol } = servicePort
  if (appProtocol !== undefined && ![...http2Protocols, ...httpProtocols].includes(appProtocol)) {
    const message = `Port ${port} of ${label} has appProtocol ${appProtocol}, which is not spoken`
    return unresolved('UnsupportedProtocol', message)
  }
  const tls = readTls(scope, query, servicePort)
  return tls.type === 'unusable' ? tls : createBackend(scope, query, servicePort, tls)
}

type UnusableBackend = Extract<FoundBackend, { type: 'unusable' }>

type ServiceTls =
  | {
      readonly type: 'tls'
      readonly tls: BackendTls | undefined
      readonly serverName: string | undefined
    }
  | UnusableBackend

function readTls(scope: Scope, { namespace, name }: ServiceQuery, port: ServicePort): ServiceTls {
  const policySpec = scope.read(
    `BackendTLSPolicy for ${namespace}/${name} ${port.name}`,
    ({ tlsPolicies }) => {
      const policy = tlsPolicies.inForce(namespace, name, port.name)
      return policy === undefined ? [] : [policy.metadata.name, tlsPolicies.specOf(policy)]
    },
  )
  const policy = scope.source.tlsPolicies.inForce(namespace, name, port.name)
  if (policySpec.length === 0 || policy === undefined) {
    return { type: 'tls', tls: undefined, serverName: undefined }
  }
  const result = readBackendTls(scope, policy)
  if (result.type === 'tls') return result
  const label = displayName({ kind: 'BackendTLSPolicy', namespace, name: policy.metadata.name })
  return { type: 'unusable', message: `${label} is not in force: ${result.accepted.message}` }
}

const roundRobin: LoadBalancer = { type: 'round-robin' }
const sticky: LoadBalancer = {
  type: 'ring-hash',
  minimumRingSize: 1024,
  maximumRingSize: 8_388_608,
}

function createBackend(
  scope: Scope,
  { id, namespace, name, port, use }: ServiceQuery,
  servicePort: ServicePort,
  { tls, serverName }: Exclude<ServiceTls, UnusableBackend>,
): FoundBackend {
  const service = findService(scope.source.objects, namespace, name)
  const slices = scope.read(`EndpointSlices ${namespace}/${name}`, (source) =>
    service === undefined ? [] : source.findSlices(service),
  )
  const isHttp2 = use.isGrpc || http2Protocols.includes(servicePort.appProtocol ?? '')
  const endpoints = serviceEndpointsOf(slices, servicePort).map((endpoint) => ({
    id: `${id} ${endpoint.address}:${endpoint.port}`,
    host: endpoint.address,
    port: endpoint.port,
    weight: 1,
    priority: 0,
    serverName,
    healthCheckPath: undefined,
    healthCheckMethod: undefined,
  }))
  const emptyReason = withoutReadyEndpoints(namespace, name, servicePort.port)
  const backend: Backend = {
    id,
    name: `${namespace}.${name}:${port}`,
    origin: { kind: serviceKind.kind, namespace, name, fieldPath: 'spec' },
    endpoints,
    ...(endpoints.length === 0 && { emptyReason }),
    protocol: isHttp2 ? 'http2' : 'http1',
    followClientProtocol: false,
    tls: tls && { ...tls, alpnProtocols: isHttp2 ? ['h2'] : ['http/1.1'] },
    loadBalancer: use.isSticky ? sticky : roundRobin,
    ...defaultLimits,
  }
  return { type: 'found', backend, isAdded: true }
}

const defaultLimits = {
  connection: {
    connectTimeoutMs: 5_000,
    maxRequestsPerConnection: 0,
    idleTimeoutMs: 60_000,
    maxHeadersCount: undefined,
    tcpKeepaliveMs: undefined,
    maxConcurrentStreams: undefined,
  },
  circuitBreaker: {
    maxConnections: 10_000,
    maxPendingRequests: 10_000,
    maxRequests: 10_000,
    // Retries are bounded by what a route says.
    maxRetries: 1_000,
  },
  outlierDetection: undefined,
  healthChecks: [],
  panicThresholdPercent: 0,
} as const satisfies Partial<Backend>
