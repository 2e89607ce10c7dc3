import type { Backend, Endpoint } from '../../ir/backend.ts'
import type { Listener } from '../../ir/listener.ts'
import type { ForwardAction, Route } from '../../ir/route.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import type {
  CompiledAction,
  CompiledBackend,
  CompiledForward,
  PolicyChain,
  RouteMatch,
} from '../../snapshot/snapshot.ts'
import { backendNode, forwardTo } from '../../snapshot/testing/nodes.ts'
import type { Ingress } from '../request-handler.ts'

const origin = { kind: 'Test', namespace: 'default', name: 'fixture', fieldPath: 'spec' }

export const emptyChain: PolicyChain = {
  onRequestHead: [],
  onRequestBody: [],
  requestBodyLimitBytes: undefined,
  strictReader: undefined,
  strictTextReader: undefined,
  onModelRequest: [],
  onFinalModelRequest: [],
  onModelRetry: [],
  onModelResponse: [],
  createStreamEditor: [],
  onAttempt: [],
  onResponseHead: [],
  createResponseTransform: [],
  onComplete: [],
}

/** The chain of some policies in this order. */
export function chainOf(...policies: readonly CompiledPolicy[]): PolicyChain {
  const limits = policies.flatMap((policy) => policy.requestBodyLimitBytes ?? [])
  return {
    onRequestHead: policies.filter((policy) => policy.onRequestHead !== undefined),
    onRequestBody: policies.filter((policy) => policy.onRequestBody !== undefined),
    requestBodyLimitBytes: limits.length === 0 ? undefined : Math.min(...limits),
    strictReader: policies.find(({ readsModelCall }) => readsModelCall === 'required'),
    strictTextReader: policies.find(
      ({ readsModelCall, readsTokenNumbers, onModelRequest }) =>
        readsModelCall === 'required' && !readsTokenNumbers && onModelRequest !== undefined,
    ),
    onModelRequest: policies.filter((policy) => policy.onModelRequest !== undefined),
    onFinalModelRequest: policies.filter((policy) => policy.onFinalModelRequest !== undefined),
    onModelRetry: policies.filter((policy) => policy.onModelRetry !== undefined),
    onModelResponse: policies.filter((policy) => policy.onModelResponse !== undefined).reverse(),
    createStreamEditor: policies
      .filter((policy) => policy.createStreamEditor !== undefined)
      .reverse(),
    onAttempt: policies.filter((policy) => policy.onAttempt !== undefined),
    onResponseHead: policies.filter((policy) => policy.onResponseHead !== undefined).reverse(),
    createResponseTransform: policies
      .filter((policy) => policy.createResponseTransform !== undefined)
      .reverse(),
    onComplete: policies.filter((policy) => policy.onComplete !== undefined),
  }
}

export function createEndpoint(port: number, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    id: `endpoint ${port}`,
    host: '127.0.0.1',
    port,
    weight: 1,
    priority: 0,
    serverName: undefined,
    healthCheckPath: undefined,
    healthCheckMethod: undefined,
    ...changes,
  }
}

export function createBackend(
  endpoints: readonly Endpoint[],
  changes: Partial<Backend> = {},
): CompiledBackend {
  const node = backendNode(`backend ${endpoints.map((endpoint) => endpoint.port).join()}`)
  return {
    config: {
      ...node,
      ...{ name: 'upstream', origin, endpoints },
      connection: { ...node.connection, connectTimeoutMs: 2_000 },
      ...changes,
    },
    tls: undefined,
    verifyPeer: true,
    providers: [],
  }
}

export function createForward(
  backend: CompiledBackend,
  changes: Partial<ForwardAction> = {},
  policies: PolicyChain = emptyChain,
): CompiledForward {
  const config: ForwardAction = { ...forwardTo(backend.config.id), ...changes }
  return {
    type: 'forward',
    config,
    destinations: [{ weight: 1, backend, attemptPolicies: policies, ownRules: undefined }],
    totalWeight: 1,
    rewritePath: (path) => path,
    rewriteHost: (request) => request.host,
    mirrors: [],
    leadsToModels: backend.providers.length > 0,
  }
}

/** Listener options as Gloo's dialect sets them. */
export function createListener(changes: Partial<Listener['http']> = {}): Listener {
  return {
    id: 'listener',
    origin,
    bindings: [],
    virtualHostIds: [],
    tls: undefined,
    http: {
      idleTimeoutMs: 75_000,
      streamIdleTimeoutMs: 300_000,
      requestHeadersTimeoutMs: 60_000,
      maxRequestHeadersBytes: 61_440,
      serverName: 'envoy',
      useRemoteAddress: true,
      xffTrustedHops: 0,
      normalizePath: true,
      mergeSlashes: false,
      mostSpecificHeaderMutationsWin: false,
      ...changes,
    },
  }
}

/** One route for every request. */
export function createIngress(
  action: CompiledAction,
  policies: PolicyChain = emptyChain,
  listener: Listener = createListener(),
): Ingress {
  const config: Route = {
    id: 'route',
    name: 'the route',
    origin,
    matchers: [],
    action: action.type === 'forward' || action.type === 'redirect' ? action.config : action,
    policyIds: [],
  }
  const match: RouteMatch = {
    route: { config, action, policies },
    path: { type: 'prefix', value: '/', caseSensitive: true },
  }
  const virtualHosts = {
    find: (host: string) =>
      host.startsWith('unknown')
        ? undefined
        : { id: 'host', name: 'the host', findRoute: () => match },
  }
  return {
    listener: { config: listener, virtualHosts, tlsChains: [], accessLogs: [] },
    virtualHosts,
    scheme: 'http',
    generation: 1,
  }
}
