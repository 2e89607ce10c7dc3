import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Backend } from '../../ir/backend.ts'
import type { ForwardAction } from '../../ir/route.ts'
import type { Timers } from '../../lib/time/timers.ts'
import { createAddressGuard } from '../../lib/upstream-address/address-guard.ts'
import { AddressResolver } from '../../lib/upstream-address/address-resolver.ts'
import { EndpointTable } from '../../link/endpoint-table.ts'
import type { PolicyChain } from '../../snapshot/snapshot.ts'
import type { AttemptRecord, RequestRecord } from '../../telemetry/request-record.ts'
import { BackendDirectory } from '../backends/backend-directory.ts'
import { createRequestHandler } from '../handle-request.ts'
import { ReplayBudget } from '../request/replay-budget.ts'
import type { RequestServices } from '../request/request-services.ts'
import type { Ingress } from '../request-handler.ts'
import { Connector } from '../upstream/connector.ts'
import { createBackend, createEndpoint, createForward, createIngress } from './compiled-parts.ts'

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

/** A gateway whose only route leads to `ports` of this machine; it ends with the test that starts it. */
export async function startGateway(
  ports: readonly number[],
  changes: Partial<ForwardAction> = {},
  options: FixtureOptions & { backend?: Partial<Backend>; policies?: PolicyChain } = {},
): Promise<GatewayFixture> {
  const endpoints = ports.map((port) => createEndpoint(port))
  const backend = createBackend(endpoints, options.backend)
  const forward = createForward(backend, changes, options.policies)
  const ingress = createIngress(forward, options.policies)
  const gateway = await new GatewayFixture(ingress, options).listen()
  onTestFinished(() => gateway.close())
  return gateway
}
