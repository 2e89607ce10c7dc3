import { parse, stringify } from 'yaml'
import { callHttp, type HttpAnswer, type HttpCall } from '../../harness/http-call.ts'
import { KubeClient } from '../../harness/kube-client.ts'
import {
  type RecordingUpstream,
  type RecordingUpstreamOptions,
  startRecordingUpstream,
} from '../../harness/recording-upstream.ts'
import { type SluiceProcess, startSluice } from '../../harness/sluice-process.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { type Condition, waitForRouteConditions } from '../gateway-api/route-conditions.ts'

/** What Gloo's controller says of an object. */
export interface GlooStatus {
  readonly state: string
  readonly reason?: string
}

interface GatewayStatus {
  readonly addresses?: readonly { readonly value: string }[]
  readonly conditions: readonly Condition[]
}

const plurals: Readonly<Record<string, string>> = {
  RouteOption: 'routeoptions',
  VirtualHostOption: 'virtualhostoptions',
  ListenerOption: 'listeneroptions',
  HttpListenerOption: 'httplisteneroptions',
}

/** A target of options: an HTTPRoute, or a Gateway. */
export const onRoute = (name: string) => ({
  ...{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name },
})
export const onGateway = (name = 'ai', sectionName?: string) => ({
  ...{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name },
  ...(sectionName === undefined ? {} : { sectionName }),
})

/** A Sluice with one Gateway of the class `gloo-gateway`, and upstreams that record. */
export class GlooBench {
  readonly sluice: SluiceProcess
  readonly kube: KubeClient
  address = ''
  readonly #upstreams: RecordingUpstream[] = []

  private constructor(sluice: SluiceProcess) {
    this.sluice = sluice
    this.kube = new KubeClient(sluice)
  }

  static async start(
    listeners = '[{ name: http, port: 8080, protocol: HTTP }]',
    flags: readonly string[] = [],
  ): Promise<GlooBench> {
    const sluice = await startSluice({ flags: ['--allow-loopback-upstreams', ...flags] })
    const bench = new GlooBench(sluice)
    bench.address = await bench.gateway('ai', listeners)
    return bench
  }

  async stop(): Promise<void> {
    await this.sluice.stop()
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()))
  }

  /** Makes the Gateway `default/name` and resolves with its address as soon as it listens. */
  async gateway(name: string, listeners: string, annotations: object = {}): Promise<string> {
    await this.apply({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name, namespace: 'default', annotations },
      spec: { gatewayClassName: 'gloo-gateway', listeners: parse(listeners) },
    })
    const path = `/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/${name}`
    return waitUntil(`Gateway ${name} to be programmed`, async () => {
      const { status } = (await this.kube.get(path)) as { status?: GatewayStatus }
      const programmed = status?.conditions.find(({ type }) => type === 'Programmed')
      return programmed?.status === 'True' && status?.addresses?.[0]?.value
    })
  }

  /** Starts a server and makes an Upstream `name` that leads to it. */
  async upstream(
    name: string,
    answer?: RecordingUpstreamOptions['answer'],
    namespace = 'default',
  ): Promise<RecordingUpstream> {
    const upstream = await startRecordingUpstream(answer === undefined ? {} : { answer })
    this.#upstreams.push(upstream)
    await this.apply({
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Upstream',
      metadata: { name, namespace },
      spec: { static: { hosts: [{ addr: '127.0.0.1', port: upstream.port }] } },
    })
    return upstream
  }

  /**
   * Makes the HTTPRoute `default/name` of the Gateway `ai` whose one rule takes `/name` and leads to the Upstream `a`;
   * `rule` is what differs. Resolves with its conditions as `Status/Reason` as soon as it was looked at.
   */
  route(name: string, rule: object = {}, spec: object = {}): Promise<Record<string, string>> {
    const own = {
      matches: [{ path: { value: `/${name}` } }],
      backendRefs: [{ group: 'gloo.solo.io', kind: 'Upstream', name: 'a' }],
      ...rule,
    }
    return this.routeOf(name, { rules: [own], ...spec })
  }

  async routeOf(name: string, spec: object): Promise<Record<string, string>> {
    await this.apply({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name, namespace: 'default' },
      spec: { parentRefs: [{ name: 'ai' }], ...spec },
    })
    return waitForRouteConditions(this.kube, { name })
  }

  /** Makes an object of options and resolves with its status. `yaml`: its options. */
  async option(
    kind: string,
    name: string,
    targetRefs: readonly object[],
    yaml: string,
  ): Promise<GlooStatus> {
    await this.apply({
      apiVersion: 'gateway.solo.io/v1',
      kind,
      metadata: { name, namespace: 'default' },
      spec: { targetRefs, options: parse(yaml) },
    })
    return this.statusOf(kind, name)
  }

  async remove(kind: string, name: string): Promise<void> {
    await this.kube.delete(this.#pathOf(kind, name))
  }

  statusOf(kind: string, name: string): Promise<GlooStatus> {
    return waitUntil(`a status of ${kind} ${name}`, async () => {
      const object = await this.kube.get(this.#pathOf(kind, name))
      const status = object['status'] as { statuses?: Record<string, GlooStatus> } | undefined
      return status?.statuses?.['gloo-system']
    })
  }

  async apply(...objects: readonly object[]): Promise<void> {
    for (const object of objects) await this.kube.apply(stringify(object))
  }

  call(path: string, call: Partial<HttpCall> = {}): Promise<HttpAnswer> {
    return callHttp({ address: this.address, port: 8080, path, ...call })
  }

  /** `status body` of an answer. */
  async ask(path: string, call: Partial<HttpCall> = {}): Promise<string> {
    const { status, body } = await this.call(path, call)
    return `${status} ${body}`.trim()
  }

  /** Waits until an answer is `expected`. */
  async becomes(path: string, expected: string, call: Partial<HttpCall> = {}): Promise<void> {
    await waitUntil(`${path} to answer ${expected}`, async () =>
      (await this.ask(path, call)).startsWith(expected),
    )
  }

  #pathOf(kind: string, name: string): string {
    return `/apis/gateway.solo.io/v1/namespaces/default/${plurals[kind]}/${name}`
  }
}
