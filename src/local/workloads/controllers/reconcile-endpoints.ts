import type { KubeObject } from '../../../kube/kube-object.ts'
import {
  containersOf,
  endpointSliceKind,
  isPodReady,
  matchesSelector,
  ownerReferenceTo,
  podKind,
  podStatusOf,
  serviceKind,
} from '../objects.ts'
import type { ControllerContext } from './controller-context.ts'

const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const managedBy = { [managedByLabel]: 'sluice.dev' }

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
 * Keeps the EndpointSlices of Services with a selector: one for the pods that serve its ports at the same numbers, and
 * one more for each other set of numbers.
 */
export function reconcileEndpoints(servedPorts: ServedPorts, context: ControllerContext): void {
  const { source, api } = context
  const pods = Map.groupBy(source.list(podKind), ({ metadata }) => metadata.namespace)
  const slices = Map.groupBy(
    source.list(endpointSliceKind).filter(isOwn),
    ({ metadata }) => metadata.ownerReferences?.[0]?.uid,
  )
  if (pods.size === 0 && slices.size === 0) return
  for (const service of source.list(serviceKind)) {
    const { namespace, uid } = service.metadata
    const wanted = slicesOf(service, pods.get(namespace) ?? [], servedPorts)
    const names = new Set(wanted.map(({ metadata }) => metadata.name))
    for (const slice of slices.get(uid) ?? []) {
      if (!names.has(slice.metadata.name)) api.delete(slice)
    }
    for (const slice of wanted) source.ensureOwned(slice)
  }
}

const isOwn = ({ metadata }: KubeObject) =>
  metadata.labels?.[managedByLabel] === managedBy[managedByLabel]

function slicesOf(
  service: KubeObject,
  pods: readonly KubeObject[],
  servedPorts: ServedPorts,
): KubeObject[] {
  const { selector, type } = (service['spec'] ?? {}) as ServiceSpec
  if (selector === undefined || Object.keys(selector).length === 0) return []
  if (type === 'ExternalName') return []
  const selected = pods
    .filter(({ metadata }) => matchesSelector({ matchLabels: selector }, metadata.labels))
    .filter((pod) => podStatusOf(pod).podIP !== undefined)
  const byPorts = Map.groupBy(selected, (pod) =>
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
