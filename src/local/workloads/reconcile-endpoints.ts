import type { KubeObject } from '../../kube/kube-object.ts'
import type { ControllerContext } from './controller-context.ts'
import {
  containersOf,
  endpointSliceKind,
  isPodReady,
  matchesSelector,
  ownerReferenceTo,
  podKind,
  podStatusOf,
} from './objects.ts'

const managedBy = { 'endpointslice.kubernetes.io/managed-by': 'sluice.dev' }

interface ServiceSpec {
  readonly type?: string
  readonly selector?: Readonly<Record<string, string>>
  readonly ports?: readonly {
    readonly name?: string
    readonly port: number
    readonly protocol?: string
    readonly targetPort?: number | string
    readonly appProtocol?: string
  }[]
}

type ServedPorts = (pod: KubeObject) => ReadonlyMap<number, number> | undefined

/**
 * Keeps the EndpointSlices of a Service with a selector: one for the pods that serve its ports at the same numbers, and
 * one more for each other set of numbers.
 */
export function reconcileEndpoints(
  service: KubeObject,
  servedPorts: ServedPorts,
  context: ControllerContext,
): void {
  const wanted = slicesOf(service, servedPorts, context)
  const names = new Set(wanted.map(({ metadata }) => metadata.name))
  for (const slice of ownSlices(service, context)) {
    if (!names.has(slice.metadata.name)) context.api.delete(slice)
  }
  for (const slice of wanted) context.source.ensureOwned(slice)
}

function ownSlices(service: KubeObject, { source }: ControllerContext): KubeObject[] {
  const { uid } = service.metadata
  return source
    .list(endpointSliceKind)
    .filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === uid)
    .filter(
      ({ metadata }) =>
        metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === 'sluice.dev',
    )
}

function slicesOf(
  service: KubeObject,
  servedPorts: ServedPorts,
  { source }: ControllerContext,
): KubeObject[] {
  const { selector, type } = (service['spec'] ?? {}) as ServiceSpec
  if (selector === undefined || Object.keys(selector).length === 0) return []
  if (type === 'ExternalName') return []
  const pods = source
    .list(podKind)
    .filter(({ metadata }) => metadata.namespace === service.metadata.namespace)
    .filter(({ metadata }) => matchesSelector({ matchLabels: selector }, metadata.labels))
    .filter((pod) => podStatusOf(pod).podIP !== undefined)
  const byPorts = Map.groupBy(pods, (pod) =>
    JSON.stringify(portsOf(service, pod, servedPorts(pod) ?? new Map())),
  )
  return [...byPorts].map(([ports, alike], index) =>
    createSlice(service, { index, ports: JSON.parse(ports) as object[], pods: alike }),
  )
}

/** The Service's ports at the numbers where the pod serves them; a named port that the pod lacks is left out. */
function portsOf(
  service: KubeObject,
  pod: KubeObject,
  served: ReadonlyMap<number, number>,
): object[] {
  const { ports = [] } = (service['spec'] ?? {}) as ServiceSpec
  const declared = containersOf(pod).flatMap((container) => container.ports ?? [])
  return ports.flatMap(({ name = '', port, protocol = 'TCP', targetPort = port, appProtocol }) => {
    const number =
      typeof targetPort === 'number'
        ? targetPort
        : declared.find((each) => each.name === targetPort)?.containerPort
    if (number === undefined) return []
    const own = served.get(number) ?? number
    return [{ name, port: own, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
}

function createSlice(
  service: KubeObject,
  { index, ports, pods }: { index: number; ports: object[]; pods: readonly KubeObject[] },
): KubeObject {
  const { name, namespace = '', labels } = service.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...{ name: `${name}-local-${index}`, namespace },
      labels: { ...labels, 'kubernetes.io/service-name': name, ...managedBy },
      ownerReferences: [ownerReferenceTo(service)],
    },
    addressType: 'IPv4',
    ports,
    endpoints: pods.map((pod) => {
      const ready = isPodReady(pod)
      return {
        addresses: [podStatusOf(pod).podIP],
        conditions: { ready, serving: ready, terminating: false },
        targetRef: {
          kind: 'Pod',
          name: pod.metadata.name,
          namespace,
          uid: pod.metadata.uid,
        },
      }
    }),
  }
}
