import type { ServerResponse } from 'node:http'
import { parse, stringify } from 'yaml'
import { callHttp, type HttpAnswer, type HttpCall } from '../../harness/http-call.ts'
import { KubeClient } from '../../harness/kube-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from '../../harness/recording-upstream.ts'
import { type SluiceProcess, startSluice } from '../../harness/sluice-process.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import {
  type Condition,
  observes,
  type StoredObject,
  waitForRouteConditions,
} from './route-conditions.ts'

const apiVersion = 'gateway.networking.k8s.io/v1'

export interface GatewayStatus {
  readonly addresses?: readonly { readonly value: string }[]
  readonly conditions: readonly Condition[]
  readonly listeners: readonly {
    readonly name: string
    readonly attachedRoutes: number
    readonly conditions: readonly Condition[]
  }[]
}

/** A condition as `Status/Reason`. */
export const conditionOf = (conditions: readonly Condition[], type: string) => {
  const found = conditions.find((each) => each.type === type)
  return found && `${found.status}/${found.reason}`
}

/** A Sluice with one gateway, and upstreams that are Services to it. */
export class GatewayBench {
  readonly sluice: SluiceProcess
  readonly kube: KubeClient
  address = ''
  readonly #upstreams: RecordingUpstream[] = []

  private constructor(sluice: SluiceProcess) {
    this.sluice = sluice
    this.kube = new KubeClient(sluice)
  }

  /** `listeners`: YAML of the gateway `gw`. */
  static async start(
    listeners = '[{ name: http, port: 8080, protocol: HTTP }]',
    prepare: (bench: GatewayBench) => Promise<void> = async () => undefined,
  ): Promise<GatewayBench> {
    const sluice = await startSluice({ flags: ['--allow-loopback-upstreams'] })
    const bench = new GatewayBench(sluice)
    await prepare(bench)
    await bench.gateway('gw', `listeners: ${listeners}`)
    bench.address = (await bench.programmed('gw')).addresses?.[0]?.value ?? ''
    return bench
  }

  async stop(): Promise<void> {
    await this.sluice.stop()
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()))
  }

  /** Applies a Gateway and waits until it has been looked at. */
  async gateway(name: string, spec: string): Promise<GatewayStatus> {
    await this.#applyKind('Gateway', name, `gatewayClassName: sluice\n${spec}`)
    return this.gatewayStatus(name)
  }

  gatewayStatus(name: string): Promise<GatewayStatus> {
    return waitUntil(`the status of Gateway ${name}`, async () => {
      const stored = await this.#get('gateways', name)
      const status = stored.status as GatewayStatus | undefined
      return observes(status?.conditions ?? [], stored) ? status : undefined
    })
  }

  programmed(name: string): Promise<GatewayStatus> {
    return waitUntil(`Gateway ${name} to be programmed`, async () => {
      const status = await this.gatewayStatus(name)
      return conditionOf(status.conditions, 'Programmed') === 'True/Programmed' && status
    })
  }

  /** Applies a route of the gateway `gw` and waits until it is in force; its conditions as `Status/Reason`. */
  async route(
    name: string,
    spec: string,
    { kind = 'HTTPRoute', namespace = 'default' } = {},
  ): Promise<Record<string, string>> {
    const parents = { parentRefs: [{ name: 'gw', namespace: 'default' }] }
    await this.#applyKind(kind, name, stringify({ ...parents, ...parse(spec) }), namespace)
    return this.routeConditions(name, { kind, namespace })
  }

  routeConditions(
    name: string,
    { kind = 'HTTPRoute', namespace = 'default' } = {},
  ): Promise<Record<string, string>> {
    return waitForRouteConditions(this.kube, { kind, namespace, name })
  }

  /** Starts an upstream that is the Service `name` on port 80. */
  async service(
    name: string,
    answer: (response: ServerResponse) => void = (response) => response.end(name),
    options: { readonly namespace?: string; readonly addresses?: readonly string[] } = {},
  ): Promise<RecordingUpstream> {
    const upstream = await startRecordingUpstream({ answer: (_, response) => answer(response) })
    this.#upstreams.push(upstream)
    await this.endpoints(name, upstream.port, options)
    return upstream
  }

  /** Makes the Service `name`, whose port 80 leads to `port`. */
  endpoints(
    name: string,
    port: number,
    {
      namespace = 'default',
      addresses = ['127.0.0.1'],
      appProtocol,
    }: {
      readonly namespace?: string
      readonly addresses?: readonly string[]
      readonly appProtocol?: string
    } = {},
  ): Promise<void> {
    const metadata = { name, namespace }
    const service = {
      ...{ apiVersion: 'v1', kind: 'Service', metadata },
      spec: { ports: [{ port: 80, ...(appProtocol === undefined ? {} : { appProtocol }) }] },
    }
    const slice = {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      ports: [{ port }],
      endpoints: addresses.map((address) => ({ addresses: [address] })),
    }
    return this.kube.apply([service, slice].map((each) => stringify(each)).join('---\n'))
  }

  call(path: string, call: Partial<HttpCall> = {}): Promise<HttpAnswer> {
    return callHttp({ address: this.address, port: 8080, path, ...call })
  }

  /** The body of a 200, the status of another answer. */
  async ask(path: string, call: Partial<HttpCall> = {}): Promise<string> {
    const answer = await this.call(path, call)
    return answer.status === 200 ? answer.body : String(answer.status)
  }

  #applyKind(kind: string, name: string, spec: string, namespace = 'default'): Promise<void> {
    return this.kube.apply(
      stringify({ apiVersion, kind, metadata: { name, namespace }, spec: parse(spec) }),
    )
  }

  #get(plural: string, name: string, namespace = 'default'): Promise<StoredObject> {
    const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}/${name}`
    return this.kube.get(path) as unknown as Promise<StoredObject>
  }
}
