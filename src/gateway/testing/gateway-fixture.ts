import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import type { Backend, Endpoint } from '../../ir/backend.ts'
import type { Listener } from '../../ir/listener.ts'
import type { ForwardAction, Route } from '../../ir/route.ts'
import { createAddressGuard } from '../../lib/upstream-address/address-guard.ts'
import { AddressResolver } from '../../lib/upstream-address/address-resolver.ts'
import { EndpointTable } from '../../link/endpoint-table.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import type {
  CompiledAction,
  CompiledBackend,
  CompiledForward,
  PolicyChain,
  RouteMatch,
} from '../../snapshot/snapshot.ts'
import type { AttemptRecord, RequestRecord } from '../../telemetry/request-record.ts'
import { createRequestHandler } from '../handle-request.ts'
import { ReplayBudget } from '../request/replay-budget.ts'
import type { RequestServices, Timers } from '../request/request-services.ts'
import type { Ingress } from '../request-handler.ts'
import { BackendDirectory } from '../upstream/backend-directory.ts'
import { Connector } from '../upstream/connector.ts'

const origin = { kind: 'Test', namespace: 'default', name: 'fixture', fieldPath: 'spec' }

export const emptyChain: PolicyChain = {
  onRequestHead: [],
  onRequestBody: [],
  requestBodyLimitBytes: undefined,
  strictReader: undefined,
  strictTextReader: undefined,
  onModelRequest: [],
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
  return {
    config: {
      id: `backend ${endpoints.map((endpoint) => endpoint.port).join()}`,
      name: 'upstream',
      origin,
      endpoints,
      protocol: 'http1',
      followClientProtocol: false,
      tls: undefined,
      loadBalancer: { type: 'round-robin' },
      connection: {
        connectTimeoutMs: 2_000,
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
  const config: ForwardAction = {
    type: 'forward',
    destinations: [{ backendId: backend.config.id, weight: 1, policyIds: [] }],
    pathRewrite: undefined,
    hostRewrite: undefined,
    appendForwardedHost: false,
    timeoutMs: 15_000,
    idleTimeoutMs: undefined,
    retry: undefined,
    mirrors: [],
    websocket: false,
    hashPolicies: [],
    ...changes,
  }
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

export interface FixtureOptions {
  readonly timers?: Timers
  readonly random?: () => number
  readonly now?: () => number
  readonly forbiddenAddresses?: readonly string[]
  readonly allowLoopback?: boolean
  readonly retryBufferBytes?: number
  readonly replayBudget?: ReplayBudget
  readonly countTokens?: RequestServices['countTokens']
}

/** A gateway on a loopback port over hand-made routes, and everything it said about requests. */
export class GatewayFixture {
  readonly records: RequestRecord[] = []
  readonly attempts: AttemptRecord[] = []
  readonly logLines: string[] = []
  readonly services: RequestServices
  readonly table = EndpointTable.create({ rows: 64, workers: 1 }, Date.now())
  readonly resolver: AddressResolver
  ingress: Ingress
  readonly #server: Server
  readonly #closers: (() => void)[] = []
  #recordListeners: (() => void)[] = []

  constructor(ingress: Ingress, options: FixtureOptions = {}) {
    this.ingress = ingress
    const now = options.now ?? (() => performance.timeOrigin + performance.now())
    const random = options.random ?? Math.random
    this.resolver = new AddressResolver((_host, callback) => callback(null, ['127.0.0.1']), now)
    const guard = createAddressGuard({
      allowLoopback: options.allowLoopback ?? true,
      forbiddenAddresses: options.forbiddenAddresses ?? [],
      localAddresses: [],
    })
    let requestIds = 0
    this.services = {
      backends: new BackendDirectory({
        table: this.table,
        workerIndex: 0,
        connector: new Connector(this.resolver, guard),
        extraAuthorities: [],
        now,
        random,
        endpointEvent: () => undefined,
      }),
      observer: {
        requestStarted: () => undefined,
        requestEnded: (record) => {
          this.records.push(record)
          for (const listener of this.#recordListeners.splice(0)) listener()
        },
        attemptEnded: (attempt) => this.attempts.push(attempt),
        connectionOpened: () => undefined,
        connectionClosed: () => undefined,
        connectionRefused: () => undefined,
      },
      timers: options.timers ?? {
        setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
        clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
      },
      now,
      random,
      createRequestId: () => `request-${++requestIds}`,
      writeLogLine: (_, line) => this.logLines.push(line),
      countTokens: options.countTokens ?? ((texts) => texts.join(' ').match(/[^ ]+/g)?.length ?? 0),
      retryBufferBytes: options.retryBufferBytes ?? 1024 * 1024,
      replayBudget: options.replayBudget ?? new ReplayBudget(64 * 1024 * 1024),
    }
    const handler = createRequestHandler(this.services)
    this.#server = createServer((request, response) =>
      handler.handleRequest(request, response, this.ingress),
    )
    this.#server.on('checkContinue', (request: IncomingMessage, response) =>
      handler.handleRequest(request, response, this.ingress),
    )
    this.#server.on('upgrade', (request: IncomingMessage, socket, head) =>
      handler.handleUpgrade(request, socket, head, this.ingress),
    )
  }

  get port(): number {
    return portOf(this.#server)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async listen(): Promise<this> {
    await listening(this.#server)
    return this
  }

  /** Starts an HTTP upstream that lives as long as the fixture. */
  async upstream(listener: RequestListener): Promise<Server> {
    const server = createServer(listener)
    await listening(server)
    this.#closers.push(() => closeServer(server))
    return server
  }

  /** The record of the `count`-th request. */
  async record(count = 1): Promise<RequestRecord> {
    while (this.records.length < count) {
      await new Promise<void>((resolve) => this.#recordListeners.push(resolve))
    }
    const record = this.records[count - 1]
    if (record === undefined) throw new Error('no record')
    return record
  }

  close(): void {
    this.services.backends.close()
    closeServer(this.#server)
    for (const closer of this.#closers) closer()
  }
}

/** A TCP server that treats each connection as `onConnection` says. */
export async function createRawServer(
  onConnection: (socket: Socket) => void,
): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** Sends bytes and returns all that comes until the connection is closed. */
export function exchangeBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
  })
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
}

function closeServer(server: Server): void {
  server.close()
  server.closeAllConnections()
}

/** A gateway whose only route leads to `ports` of this machine. */
export async function startGateway(
  ports: readonly number[],
  changes: Partial<ForwardAction> = {},
  options: FixtureOptions & { backend?: Partial<Backend>; policies?: PolicyChain } = {},
): Promise<GatewayFixture> {
  const endpoints = ports.map((port) => createEndpoint(port))
  const backend = createBackend(endpoints, options.backend)
  const forward = createForward(backend, changes, options.policies)
  return new GatewayFixture(createIngress(forward, options.policies), options).listen()
}
