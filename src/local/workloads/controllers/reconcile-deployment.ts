import { createHash } from 'node:crypto'
import type { KubeObject } from '../../../kube/kube-object.ts'
import {
  deploymentKind,
  isOwnedBy,
  ownerReferenceTo,
  referenceTo,
  replicaSetKind,
  specOf,
  type WorkloadSpec,
} from '../objects.ts'
import type { ControllerContext } from './controller-context.ts'
import { deploymentStatus } from './deployment-status.ts'

const revisionAnnotation = 'deployment.kubernetes.io/revision'
const hashLabel = 'pod-template-hash'

/**
 * Brings a Deployment one step closer: a ReplicaSet for its template, all new pods at once, and none of the old ones as
 * soon as the new ones are ready. Returns after how many milliseconds it has to be looked at again, if at all.
 */
export function reconcileDeployment(
  deployment: KubeObject,
  context: ControllerContext,
): number | undefined {
  const owned = ownedSets(deployment, context)
  const current = owned.find((set) => set.metadata.labels?.[hashLabel] === hashOf(deployment))
  if (specOf(deployment).paused !== true || current !== undefined) {
    rollOut(deployment, current, owned, context)
  }
  const { status, checkAfterMs } = deploymentStatus(deployment, current, owned, context.clock.now())
  context.source.writeStatus(referenceTo(deployment, deploymentKind), status)
  return checkAfterMs
}

function ownedSets(deployment: KubeObject, { source }: ControllerContext): KubeObject[] {
  const { namespace } = deployment.metadata
  return source
    .list(replicaSetKind)
    .filter((set) => set.metadata.namespace === namespace && isOwnedBy(set, deployment))
}

function rollOut(
  deployment: KubeObject,
  current: KubeObject | undefined,
  owned: readonly KubeObject[],
  context: ControllerContext,
): void {
  const { replicas = 1, strategy } = specOf(deployment)
  const recreates = strategy?.type === 'Recreate'
  const old = owned.filter((set) => set !== current)
  const wanted = recreates && old.some((set) => podCount(set) > 0) ? 0 : replicas
  const newest = Math.max(0, ...owned.map(revisionOf))
  const isNewest = current !== undefined && revisionOf(current) === newest
  const revision = isNewest ? newest : newest + 1
  if (current === undefined) {
    const problem = context.api.create(createSet(deployment, wanted, revision))
    if (problem !== undefined) reportProblem(deployment, problem, context)
  } else {
    markRevision(current, revision, context)
    scale(current, wanted, context)
  }
  markRevision(deployment, revision, context)
  const isReady = current !== undefined && readyCount(current) >= replicas
  if (isReady || recreates) for (const set of old) scale(set, 0, context)
  forgetOldest(deployment, old, context)
}

function createSet(deployment: KubeObject, replicas: number, revision: number): KubeObject {
  const { name, namespace = '' } = deployment.metadata
  const { selector = {}, template = {} } = specOf(deployment)
  const hash = hashOf(deployment)
  const labels = { ...template.metadata?.labels, [hashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...{ name: `${name}-${hash}`, namespace, labels },
      annotations: { [revisionAnnotation]: String(revision) },
      ownerReferences: [ownerReferenceTo(deployment)],
    },
    spec: {
      replicas,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

/**
 * The same for equal templates, whatever order their fields stand in, and whether empty ones are written: `kubectl
 * rollout undo` writes them.
 */
function hashOf(deployment: KubeObject): string {
  const text = JSON.stringify(canonical(specOf(deployment).template))
  return createHash('sha256').update(text).digest('hex').slice(0, 10)
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .map(([name, inner]) => [name, canonical(inner)] as const)
    .filter(([, inner]) => inner !== null && !isEmptyObject(inner))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries)
}

const isEmptyObject = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

function scale(set: KubeObject, replicas: number, { api }: ControllerContext): void {
  if (specOf(set).replicas !== replicas) api.merge(set, { spec: { replicas } })
}

function markRevision(object: KubeObject, revision: number, { api }: ControllerContext): void {
  if (revisionOf(object) === revision) return
  api.merge(object, { metadata: { annotations: { [revisionAnnotation]: String(revision) } } })
}

function forgetOldest(
  deployment: KubeObject,
  old: readonly KubeObject[],
  { api }: ControllerContext,
): void {
  const { revisionHistoryLimit = 10 }: WorkloadSpec = specOf(deployment)
  const empty = old
    .filter((set) => podCount(set) === 0 && specOf(set).replicas === 0)
    .sort((a, b) => revisionOf(b) - revisionOf(a))
  for (const set of empty.slice(revisionHistoryLimit)) api.delete(set)
}

function reportProblem(
  deployment: KubeObject,
  message: string,
  { source }: ControllerContext,
): void {
  source.recordEvent(referenceTo(deployment, deploymentKind), {
    type: 'Warning',
    reason: 'ReplicaSetCreateError',
    message,
    reportingComponent: 'sluice',
  })
}

const revisionOf = (object: KubeObject) =>
  Number(object.metadata.annotations?.[revisionAnnotation] ?? 0)

const statusOf = (set: KubeObject) =>
  (set['status'] ?? {}) as { readonly replicas?: number; readonly readyReplicas?: number }

const podCount = (set: KubeObject) => statusOf(set).replicas ?? 0

const readyCount = (set: KubeObject) => statusOf(set).readyReplicas ?? 0
