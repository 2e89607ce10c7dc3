import { parse } from 'yaml'
import { callHttp, type HttpAnswer } from '../../harness/http-call.ts'
import { KubeClient } from '../../harness/kube-client.ts'
import {
  type RecordingUpstream,
  type RecordingUpstreamOptions,
  startRecordingUpstream,
} from '../../harness/recording-upstream.ts'
import { type SluiceProcess, startSluice } from '../../harness/sluice-process.ts'
import { waitUntil } from '../../harness/wait-until.ts'

/** What a status of Gloo says. */
export interface GlooStatus {
  readonly state: string
  readonly reason: string
}

/** What differs from a GET of `/`. */
export interface Call {
  readonly host?: string
  readonly port?: number
  readonly address?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Uint8Array
  readonly encoding?: BufferEncoding
}

/** A running Sluice, upstreams that record, and objects of the classic API; each test makes its own. */
export class EdgeBench {
  readonly sluice: SluiceProcess
  readonly kube: KubeClient
  /** Of the Gateways that an installation brings. */
  readonly address: string
  readonly #upstreams: RecordingUpstream[] = []

  private constructor(sluice: SluiceProcess, kube: KubeClient, address: string) {
    this.sluice = sluice
    this.kube = kube
    this.address = address
  }

  /** The command `dev` brings simulated providers of language models. */
  static async start(
    flags: readonly string[] = [],
    command: 'serve' | 'dev' = 'serve',
    environment: Readonly<Record<string, string>> = {},
  ): Promise<EdgeBench> {
    const ownFlags = ['--allow-loopback-upstreams', ...flags]
    const sluice = await startSluice({ command, flags: ownFlags, environment })
    const kube = new KubeClient(sluice)
    return new EdgeBench(sluice, kube, await kube.serviceAddress('gloo-system', 'gateway-proxy'))
  }

  async stop(): Promise<void> {
    await this.sluice.stop()
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()))
  }

  /** Starts a server and makes an Upstream `default/name` that leads to it. */
  async upstream(
    name: string,
    answer?: RecordingUpstreamOptions['answer'],
  ): Promise<RecordingUpstream> {
    const upstream = await startRecordingUpstream(answer === undefined ? {} : { answer })
    this.#upstreams.push(upstream)
    await this.upstreamAt(name, [upstream.port])
    return upstream
  }

  /** Makes an Upstream `default/name` with an endpoint for each port of this machine. */
  async upstreamAt(name: string, ports: readonly number[], spec: object = {}): Promise<void> {
    const hosts = ports.map((port) => ({ addr: '127.0.0.1', port }))
    await this.apply({
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Upstream',
      metadata: { name, namespace: 'default' },
      spec: { ...spec, static: { hosts } },
    })
  }

  /** Makes the RouteTable `default/name` with the routes of `yaml`. */
  async routeTable(name: string, yaml: string, metadata: object = {}): Promise<void> {
    await this.apply({
      apiVersion: 'gateway.solo.io/v1',
      kind: 'RouteTable',
      metadata: { name, namespace: 'default', ...metadata },
      spec: parse(yaml),
    })
  }

  /** Makes a Secret of type `kubernetes.io/tls`; its data keys stand in `data` as text. */
  async tlsSecret(
    name: string,
    data: Readonly<Record<string, string>>,
    namespace = 'default',
  ): Promise<void> {
    await this.apply({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } },
      ...{ type: 'kubernetes.io/tls', stringData: data },
    })
  }

  /**
   * Makes the VirtualService `default/name` for the domain `name.test` with the virtual host of `yaml`, and
   * resolves with its status, which is written when the gateway serves it. `spec` holds what stands beside it.
   */
  async serve(name: string, yaml: string, spec: object = {}): Promise<GlooStatus> {
    await this.apply({
      apiVersion: 'gateway.solo.io/v1',
      kind: 'VirtualService',
      metadata: { name, namespace: 'default' },
      spec: { virtualHost: { domains: [`${name}.test`], ...parse(yaml) }, ...spec },
    })
    return this.statusOf('virtualservices', name)
  }

  /** Makes the Gateway `gloo-system/name` with the spec of `yaml` and waits until it is served. */
  async gateway(name: string, yaml: string): Promise<GlooStatus> {
    await this.apply({
      apiVersion: 'gateway.solo.io/v1',
      kind: 'Gateway',
      metadata: { name, namespace: 'gloo-system' },
      spec: parse(yaml),
    })
    return this.statusOf('gateways', name, 'gloo-system')
  }

  async apply(...objects: readonly object[]): Promise<void> {
    for (const object of objects) await this.kube.apply(JSON.stringify(object))
  }

  /** The status of an object of the classic API in `namespace`, as soon as it has one. */
  statusOf(plural: string, name: string, namespace = 'default'): Promise<GlooStatus> {
    const path = `/apis/gateway.solo.io/v1/namespaces/${namespace}/${plural}/${name}`
    return waitUntil(`a status of ${plural} ${name}`, async () => {
      const object = await this.kube.get(path)
      const status = object['status'] as { statuses?: Record<string, GlooStatus> } | undefined
      return status?.statuses?.['gloo-system']
    })
  }

  /** Sends a request to the domain `name.test`. */
  call(name: string, path: string, call: Call = {}): Promise<HttpAnswer> {
    const { host = `${name}.test`, headers, ...rest } = call
    return callHttp({ address: this.address, path, headers: { host, ...headers }, ...rest })
  }

  /** What the domain `name.test` answers: the body, or the status where there is none. */
  async ask(name: string, path: string, call: Call = {}): Promise<string> {
    const { status, body } = await this.call(name, path, call)
    return body === '' ? String(status) : body
  }
}
