import type {
  GroupKind,
  KubeObject,
  ObjectReference,
  OwnerReference,
} from '../../kube/kube-object.ts'

export const deploymentKind = { group: 'apps', kind: 'Deployment' } as const
export const replicaSetKind = { group: 'apps', kind: 'ReplicaSet' } as const
export const podKind = { group: '', kind: 'Pod' } as const
export const serviceKind = { group: '', kind: 'Service' } as const
export const secretKind = { group: '', kind: 'Secret' } as const
export const configMapKind = { group: '', kind: 'ConfigMap' } as const
export const endpointSliceKind = { group: 'discovery.k8s.io', kind: 'EndpointSlice' } as const

export interface ContainerPort {
  readonly containerPort: number
  readonly name?: string
  readonly protocol?: string
}

export interface Container {
  readonly name: string
  readonly image?: string
  readonly ports?: readonly ContainerPort[]
  readonly env?: readonly EnvironmentVariable[]
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
}

export interface EnvironmentVariable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } }
}

/** A Secret or ConfigMap as files; without `items`, every key of it. */
export interface Volume {
  readonly name: string
  readonly secret?: { readonly secretName?: string; readonly items?: readonly VolumeItem[] }
  readonly configMap?: { readonly name?: string; readonly items?: readonly VolumeItem[] }
}

export interface VolumeItem {
  readonly key: string
  readonly path: string
}

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec?: {
    readonly containers?: readonly Container[]
    readonly volumes?: readonly Volume[]
  }
}

/** A selector of labels, as workloads have it. */
export interface PodSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly string[]
  }[]
}

/** The part of a Deployment's or ReplicaSet's spec that is acted on; the schema of the kind has checked it. */
export interface WorkloadSpec {
  readonly replicas?: number
  readonly paused?: boolean
  readonly progressDeadlineSeconds?: number
  readonly revisionHistoryLimit?: number
  readonly strategy?: { readonly type?: string }
  readonly selector?: PodSelector
  readonly template?: PodTemplate
}

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
  readonly lastUpdateTime?: string
}

export interface PodStatus {
  readonly phase?: string
  readonly podIP?: string
  readonly startTime?: string
  readonly conditions?: readonly Condition[]
  readonly containerStatuses?: readonly { readonly restartCount?: number }[]
}

export const specOf = (object: KubeObject) => (object['spec'] ?? {}) as WorkloadSpec

export const volumesOf = (pod: KubeObject) => (pod as PodTemplate).spec?.volumes ?? []

export const containersOf = (pod: KubeObject) => (pod as PodTemplate).spec?.containers ?? []

export const podStatusOf = (pod: KubeObject) => (pod['status'] ?? {}) as PodStatus

export const isPodReady = (pod: KubeObject) =>
  podStatusOf(pod).conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
  false

export const isOwnedBy = (object: KubeObject, owner: KubeObject) =>
  object.metadata.ownerReferences?.some(
    ({ uid, controller }) => uid === owner.metadata.uid && controller === true,
  ) ?? false

export function ownerReferenceTo(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner
  return {
    ...{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' },
    ...{ controller: true, blockOwnerDeletion: true },
  }
}

export function referenceTo(object: KubeObject, kind: GroupKind): ObjectReference {
  const { namespace = '', name } = object.metadata
  return { ...kind, namespace, name }
}

/** Whether the labels of a pod are among those that a workload wants. */
export function matchesSelector(
  selector: PodSelector,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'In') return value !== undefined && values.includes(value)
      if (operator === 'NotIn') return value === undefined || !values.includes(value)
      return operator === 'Exists' ? value !== undefined : value === undefined
    })
  )
}

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export const timestampOf = (timeMs: number) =>
  new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z')

/** Conditions with the time of the last change of each: that of `previous` where the status is the same. */
export function withTransitionTimes(
  conditions: readonly Omit<Condition, 'lastTransitionTime'>[],
  previous: readonly Condition[] | undefined,
  now: string,
): Condition[] {
  return conditions.map((condition) => {
    const same = previous?.find(
      ({ type, status }) => type === condition.type && status === condition.status,
    )
    return { ...condition, lastTransitionTime: same?.lastTransitionTime ?? now }
  })
}
