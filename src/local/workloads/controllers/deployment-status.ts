import type { KubeObject } from '../../../kube/kube-object.ts'
import { type Condition, specOf, timestampOf, withTransitionTimes } from '../objects.ts'

interface Counts {
  readonly replicas?: number
  readonly readyReplicas?: number
}

interface DeploymentStatus {
  readonly conditions?: readonly Condition[]
  readonly observedGeneration?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
}

const countsOf = (set: KubeObject | undefined) => (set?.['status'] ?? {}) as Counts

/** The status of a Deployment as `kubectl rollout status` reads it, and when it would change by time alone. */
export function deploymentStatus(
  deployment: KubeObject,
  current: KubeObject | undefined,
  owned: readonly KubeObject[],
  nowMs: number,
): { readonly status: object; readonly checkAfterMs: number | undefined } {
  const { replicas: wanted = 1 } = specOf(deployment)
  const previous = (deployment['status'] ?? {}) as DeploymentStatus
  const sum = (field: keyof Counts) =>
    owned.reduce((total, set) => total + (countsOf(set)[field] ?? 0), 0)
  const ready = sum('readyReplicas')
  const updated = countsOf(current).replicas ?? 0
  const counts = {
    replicas: sum('replicas'),
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, wanted - ready),
  }
  const generation = deployment.metadata.generation ?? 0
  const isDone =
    current !== undefined &&
    (countsOf(current).readyReplicas ?? 0) >= wanted &&
    counts.replicas === updated
  const progress = progressOf(deployment, previous, {
    isDone,
    isNew: previous.observedGeneration !== generation,
    hasMoved: previous.updatedReplicas !== updated || previous.readyReplicas !== ready,
    name: current?.metadata.name ?? '',
    nowMs,
  })
  const available = {
    type: 'Available',
    ...(ready >= wanted
      ? {
          status: 'True' as const,
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          status: 'False' as const,
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        }),
  }
  const now = timestampOf(nowMs)
  const conditions = withTransitionTimes([available, progress.condition], previous.conditions, now)
  const status = { observedGeneration: generation, ...counts, conditions }
  return { status, checkAfterMs: progress.checkAfterMs }
}

interface Progress {
  readonly isDone: boolean
  readonly isNew: boolean
  readonly hasMoved: boolean
  /** Of the newest ReplicaSet. */
  readonly name: string
  readonly nowMs: number
}

/** Time that passes without any movement fails a rollout; the last movement is the condition's update time. */
function progressOf(
  deployment: KubeObject,
  previous: DeploymentStatus,
  { isDone, isNew, hasMoved, name, nowMs }: Progress,
) {
  const { progressDeadlineSeconds = 600 } = specOf(deployment)
  const before = previous.conditions?.find(({ type }) => type === 'Progressing')
  const kept = isNew || hasMoved ? undefined : before?.lastUpdateTime
  const movedMs = kept === undefined ? nowMs : Date.parse(kept)
  const leftMs = movedMs + progressDeadlineSeconds * 1000 - nowMs
  const lastUpdateTime = kept ?? timestampOf(nowMs)
  const type = 'Progressing'
  if (isDone) {
    const message = `ReplicaSet "${name}" has successfully progressed.`
    const reason = 'NewReplicaSetAvailable'
    const condition = { type, status: 'True' as const, reason, message, lastUpdateTime }
    return { condition, checkAfterMs: undefined }
  }
  if (leftMs <= 0) {
    const message = `ReplicaSet "${name}" has timed out progressing.`
    const reason = 'ProgressDeadlineExceeded'
    const condition = { type, status: 'False' as const, reason, message, lastUpdateTime }
    return { condition, checkAfterMs: undefined }
  }
  const message = `ReplicaSet "${name}" is progressing.`
  const reason = 'ReplicaSetUpdated'
  const condition = { type, status: 'True' as const, reason, message, lastUpdateTime }
  return { condition, checkAfterMs: leftMs }
}
