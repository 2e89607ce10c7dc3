import type { KubeClient } from '../../harness/kube-client.ts'
import { waitUntil } from '../../harness/wait-until.ts'

/** A condition of a status. */
export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
  readonly lastTransitionTime: string
}

/** What an object shows of what became of it. */
export interface StoredObject {
  readonly metadata: { readonly generation: number }
  readonly status?: unknown
}

interface RouteReference {
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
}

interface RouteStatus {
  readonly parents?: readonly { readonly conditions: readonly Condition[] }[]
}

/** Whether conditions were written for the object as it is. */
export const observes = (conditions: readonly Condition[], { metadata }: StoredObject) =>
  conditions.length > 0 &&
  conditions.every(({ observedGeneration }) => observedGeneration === metadata.generation)

/** Waits until a route was looked at; its conditions as `Status/Reason`. */
export function waitForRouteConditions(
  kube: KubeClient,
  { kind = 'HTTPRoute', namespace = 'default', name }: RouteReference,
): Promise<Record<string, string>> {
  const plural = `${kind.toLowerCase()}s`
  const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/${plural}/${name}`
  return waitUntil(`the status of ${kind} ${name}`, async () => {
    const stored = (await kube.get(path)) as unknown as StoredObject
    const { parents = [] } = (stored.status ?? {}) as RouteStatus
    const conditions = parents.flatMap((parent) => parent.conditions)
    return (
      observes(conditions, stored) &&
      Object.fromEntries(
        conditions.map(({ type, status, reason }) => [type, `${status}/${reason}`]),
      )
    )
  })
}
