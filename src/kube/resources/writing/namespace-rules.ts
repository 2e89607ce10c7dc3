import type { KubeObject } from '../../kube-object.ts'
import { isJsonObject } from '../../schema/json-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import type { ResourceTarget } from '../resource-api.ts'
import { forbiddenError, namespaceNotFoundError } from '../status-error.ts'

/** Namespaces that are there from the beginning. */
export const initialNamespaces = ['default', 'kube-system', 'kube-public', 'gloo-system'] as const

/** Whether a kind is the core group's Namespace, to which rules of its own apply. */
export function isNamespaceKind({ group, kind }: { group: string; kind: string }): boolean {
  return group === '' && kind === 'Namespace'
}

/** A new object needs a namespace that exists and is not being deleted. */
export function checkNamespace(store: ObjectStore, target: ResourceTarget, name: string): void {
  const { namespace, kind } = target
  if (kind.definition.scope === 'Cluster') return
  const found = store.get({ group: '', kind: 'Namespace', namespace: '', name: namespace })
  if (found === undefined) throw namespaceNotFoundError(namespace)
  if (found.metadata.deletionTimestamp === undefined) return
  throw forbiddenError(
    kind.definition,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
}

/** What the server adds to every Namespace. */
export function completeNamespace(object: KubeObject): KubeObject {
  const { metadata } = object
  const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name }
  const phase = metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating'
  const status = { ...(isJsonObject(object['status']) && object['status']), phase }
  return {
    ...object,
    metadata: { ...metadata, labels },
    spec: { finalizers: ['kubernetes'] },
    status,
  }
}
