import type { KubeObject } from '../../../kube/kube-object.ts'
import {
  isOwnedBy,
  isPodReady,
  ownerReferenceTo,
  podKind,
  referenceTo,
  replicaSetKind,
  specOf,
} from '../objects.ts'
import type { ControllerContext } from './controller-context.ts'

/** Pods on this machine; a slip in a number of replicas must not fill it. */
const maxPods = 250

/** Creates the pods that a ReplicaSet lacks and deletes those that it has too many of. */
export function reconcileReplicaSet(set: KubeObject, context: ControllerContext): void {
  const { replicas = 1 } = specOf(set)
  const before = podsOf(set, context)
  for (let count = before.length; count < replicas; count++) {
    const isFull = context.source.list(podKind).length >= maxPods
    const problem = isFull
      ? `This machine runs ${maxPods} pods already, and no more; scale something down.`
      : context.api.create(createPod(set, context))
    if (problem === undefined) continue
    reportProblem(set, problem, context)
    break
  }
  for (const pod of surplusOf(before, replicas)) context.api.delete(pod)
  const pods = podsOf(set, context)
  const ready = pods.filter(isPodReady).length
  context.source.writeStatus(referenceTo(set, replicaSetKind), {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
  })
}

const podsOf = (set: KubeObject, { source }: ControllerContext) =>
  source
    .list(podKind)
    .filter(({ metadata }) => metadata.namespace === set.metadata.namespace)
    .filter((pod) => isOwnedBy(pod, set) && pod.metadata.deletionTimestamp === undefined)

/** Those that are not ready go first, then the youngest. */
function surplusOf(pods: readonly KubeObject[], replicas: number): readonly KubeObject[] {
  const age = ({ metadata }: KubeObject) => Date.parse(metadata.creationTimestamp ?? '') || 0
  return [...pods]
    .sort((a, b) => Number(isPodReady(b)) - Number(isPodReady(a)) || age(a) - age(b))
    .slice(replicas)
}

function createPod(set: KubeObject, { createSuffix }: ControllerContext): KubeObject {
  const { template = {} } = specOf(set)
  const { name, namespace = '' } = set.metadata
  const { labels, annotations } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name: `${name}-${createSuffix()}`, namespace },
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ownerReferences: [ownerReferenceTo(set)],
    },
    spec: template.spec,
  }
}

function reportProblem(set: KubeObject, message: string, { source }: ControllerContext): void {
  source.recordEvent(referenceTo(set, replicaSetKind), {
    type: 'Warning',
    reason: 'FailedCreate',
    message,
    reportingComponent: 'sluice',
  })
}
