import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { KubeObject } from '../kube/kube-object.ts'
import type { ObjectSource } from '../kube/object-source.ts'
import { createServer } from '../lib/http/node-http.ts'
import { formatSocketAddress, type SocketAddress } from '../lib/http/socket-address.ts'
import { messageOf } from '../lib/message-of.ts'
import { metricsAppProtocol } from '../lib/metrics/metrics-protocol.ts'
import { metricsContentType } from '../telemetry/metrics-registry.ts'

export interface MetricsPortsOptions {
  readonly source: ObjectSource
  /** Serves every gateway on this address instead of its own. */
  readonly bindAddress: string | undefined
  /** The metrics of the gateways, each `namespace/name`. */
  readonly writeMetrics: (gateways: ReadonlySet<string>) => Promise<string>
  readonly onError: (message: string, error: unknown) => void
}

interface ServiceParts {
  readonly spec?: {
    readonly ports?: readonly { readonly port: number; readonly appProtocol?: string }[]
  }
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] }
  }
}

/** One address where metrics are served. */
interface Endpoint {
  readonly address: SocketAddress
  readonly gateways: Set<string>
  readonly services: Set<KubeObject>
}

interface OpenPort {
  gateways: ReadonlySet<string>
  readonly server: Server
}

const serviceKind = { group: '', kind: 'Service' } as const
const gatewayGroups = ['gateway.networking.k8s.io/', 'gateway.solo.io/']

/** Serves `/metrics` of each gateway at the address and port that its Service names for it. */
export class MetricsPorts {
  readonly #options: MetricsPortsOptions
  readonly #open = new Map<string, OpenPort>()
  #work: Promise<void> = Promise.resolve()
  #unsubscribe: (() => void) | undefined

  constructor(options: MetricsPortsOptions) {
    this.#options = options
  }

  /** Resolves when the ports of the Services that stand are open. */
  start(): Promise<void> {
    this.#unsubscribe = this.#options.source.subscribe(({ kind }) => {
      if (kind.group === '' && kind.kind === 'Service') void this.#update()
    })
    return this.#update()
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    await this.#work
    await Promise.all([...this.#open.values()].map(({ server }) => close(server)))
  }

  /** One after the other, so that a port is free before it is opened anew. */
  #update(): Promise<void> {
    this.#work = this.#work
      .then(() => this.#reconcile())
      .catch((error: unknown) => this.#options.onError('Ports for metrics failed:', error))
    return this.#work
  }

  async #reconcile(): Promise<void> {
    const wanted = this.#findEndpoints()
    for (const [key, { server }] of this.#open) {
      if (wanted.has(key)) continue
      this.#open.delete(key)
      await close(server)
    }
    for (const [key, endpoint] of wanted) {
      const known = this.#open.get(key)
      if (known === undefined) await this.#listen(key, endpoint)
      else known.gateways = endpoint.gateways
    }
  }

  #findEndpoints(): Map<string, Endpoint> {
    const found = new Map<string, Endpoint>()
    for (const service of this.#options.source.list(serviceKind)) {
      const gateway = gatewayOf(service)
      const { spec, status } = service as ServiceParts
      const host = this.#options.bindAddress ?? status?.loadBalancer?.ingress?.[0]?.ip
      if (gateway === undefined || host === undefined) continue
      for (const { port, appProtocol } of spec?.ports ?? []) {
        if (appProtocol !== metricsAppProtocol) continue
        const key = formatSocketAddress({ host, port })
        const endpoint = found.get(key) ?? {
          ...{ address: { host, port }, gateways: new Set<string>() },
          services: new Set<KubeObject>(),
        }
        found.set(key, endpoint)
        endpoint.gateways.add(gateway)
        endpoint.services.add(service)
      }
    }
    return found
  }

  async #listen(key: string, { address, gateways, services }: Endpoint): Promise<void> {
    const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000 })
    const port: OpenPort = { server, gateways }
    server.on('request', (request, response) => {
      this.#answer(request, response, port).catch((error: unknown) => {
        this.#options.onError('Metrics could not be written:', error)
        response.destroy()
      })
    })
    try {
      server.listen(address.port, address.host)
      await once(server, 'listening')
      this.#open.set(key, port)
    } catch (error) {
      for (const service of services) this.#report(service, key, error)
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { gateways }: OpenPort,
  ): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0]
    if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end()
      return
    }
    const body = await this.#options.writeMetrics(gateways)
    response.writeHead(200, { 'content-type': metricsContentType })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  #report(service: KubeObject, key: string, error: unknown): void {
    const { namespace = '', name } = service.metadata
    const reason = messageOf(error)
    this.#options.source.recordEvent(
      { ...serviceKind, namespace, name },
      {
        type: 'Warning',
        reason: 'MetricsPortUnavailable',
        message: `Metrics cannot be served at ${key}: ${reason}`,
        reportingComponent: 'sluice',
      },
    )
  }
}

/** `namespace/name` of the gateway that a Service was made for. */
function gatewayOf({ metadata }: KubeObject): string | undefined {
  const owner = metadata.ownerReferences?.find(
    ({ kind, apiVersion }) =>
      kind === 'Gateway' && gatewayGroups.some((group) => apiVersion.startsWith(group)),
  )
  return owner === undefined ? undefined : `${metadata.namespace}/${owner.name}`
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
