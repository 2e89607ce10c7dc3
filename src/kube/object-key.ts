import type { GroupKind, KubeObject, ObjectReference } from './kube-object.ts'

/** Names a kind as a string: `apps/Deployment`, `/Secret`. */
export function kindKeyOf(kind: GroupKind): string {
  return `${kind.group}/${kind.kind}`
}

/** Names an object within its kind; ordered as Kubernetes orders lists. */
export function objectKeyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

/** The kind an object says it is of. */
export function groupKindOf(object: KubeObject): GroupKind {
  return { group: groupOf(object.apiVersion), kind: object.kind }
}

/** Names an object by what it says of itself. */
export function objectReferenceOf(object: KubeObject): ObjectReference {
  const { namespace = '', name } = object.metadata
  return { ...groupKindOf(object), namespace, name }
}

/** `gateway.solo.io` of `gateway.solo.io/v1`; empty for the core group's `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
