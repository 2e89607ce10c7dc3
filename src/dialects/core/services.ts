import type { KubeObject } from '../../kube/kube-object.ts'
import { isRecord } from '../../lib/json/is-record.ts'
import type { ObjectView } from '../dialect.ts'
import { recordsIn } from '../record.ts'
import { specOf } from '../shared/spec-of.ts'

/** The kind `Service` of the core group. */
export const serviceKind = { group: '', kind: 'Service' } as const

/** The kind `EndpointSlice`. */
export const endpointSliceKind = { group: 'discovery.k8s.io', kind: 'EndpointSlice' } as const

/** A port of a Service. */
export interface ServicePort {
  readonly name: string
  readonly port: number
  readonly targetPort: number | string
  readonly protocol: string
  readonly appProtocol: string | undefined
}

/** An address that serves a Service's port. */
export interface ServiceEndpoint {
  readonly address: string
  readonly port: number
}

export function findService(
  objects: ObjectView,
  namespace: string,
  name: string,
): KubeObject | undefined {
  return objects.get(serviceKind, namespace, name)
}

/** The ports of a Service, with Kubernetes' defaults filled in. */
export function servicePortsOf(service: KubeObject): readonly ServicePort[] {
  return recordsIn(specOf(service)['ports']).flatMap((entry) => {
    const { name = '', port, targetPort, protocol = 'TCP', appProtocol } = entry
    if (typeof port !== 'number' || typeof name !== 'string' || typeof protocol !== 'string') {
      return []
    }
    const target =
      typeof targetPort === 'string' || typeof targetPort === 'number' ? targetPort : port
    return [
      {
        name,
        port,
        protocol,
        targetPort: target,
        appProtocol: typeof appProtocol === 'string' ? appProtocol : undefined,
      },
    ]
  })
}

/** Finds the EndpointSlices of a Service (label `kubernetes.io/service-name`) among all slices. */
export function groupSlices(
  slices: readonly KubeObject[],
): (service: KubeObject) => readonly KubeObject[] {
  const byService = new Map<string, KubeObject[]>()
  for (const slice of slices) {
    const name = slice.metadata.labels?.['kubernetes.io/service-name']
    const key = `${slice.metadata.namespace}/${name}`
    const known = byService.get(key)
    if (known === undefined) byService.set(key, [slice])
    else known.push(slice)
  }
  return ({ metadata }) => byService.get(`${metadata.namespace}/${metadata.name}`) ?? []
}

/** The ready addresses of a Service's port, each once, in the order of the slices. */
export function serviceEndpointsOf(
  slices: readonly KubeObject[],
  port: ServicePort,
): ServiceEndpoint[] {
  const found = new Map<string, ServiceEndpoint>()
  for (const slice of slices) {
    const portNumber = slicePortOf(slice, port)
    if (portNumber === undefined) continue
    for (const endpoint of recordsIn(slice['endpoints'])) {
      // An unknown readiness counts as ready, as the EndpointSlice API says.
      if (isRecord(endpoint['conditions']) && endpoint['conditions']['ready'] === false) continue
      const [address] = Array.isArray(endpoint['addresses']) ? endpoint['addresses'] : []
      if (typeof address !== 'string') continue
      found.set(`${address} ${portNumber}`, { address, port: portNumber })
    }
  }
  return [...found.values()]
}

function slicePortOf(slice: KubeObject, port: ServicePort): number | undefined {
  for (const entry of recordsIn(slice['ports'])) {
    const name = entry['name'] ?? ''
    if (name === port.name && typeof entry['port'] === 'number') return entry['port']
  }
  return undefined
}

/** The Service that a cluster DNS name stands for. */
export function parseClusterDnsName(
  host: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const match = /^([^.]+)\.([^.]+)\.svc(?:\.cluster\.local)?\.?$/.exec(host.toLowerCase())
  const [, name, namespace] = match ?? []
  return name === undefined || namespace === undefined ? undefined : { namespace, name }
}

/** Says that nothing is behind a Service's port, in words for clients. */
export const withoutReadyEndpoints = (namespace: string, name: string, port: number): string =>
  `Service ${name} in namespace ${namespace} has no ready endpoints for port ${port}`

/** The address that a balancer gave the Service. */
export function loadBalancerAddressOf(service: KubeObject): string | undefined {
  const status = isRecord(service['status']) ? service['status'] : {}
  const balancer = isRecord(status['loadBalancer']) ? status['loadBalancer'] : {}
  for (const { ip, hostname } of recordsIn(balancer['ingress'])) {
    if (typeof ip === 'string' && ip !== '') return ip
    if (typeof hostname === 'string' && hostname !== '') return hostname
  }
  return undefined
}
