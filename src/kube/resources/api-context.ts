import type { Clock } from '../../lib/time/clock.ts'
import type { KubeObject, ObjectReference } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { KindTable } from './kind-table.ts'
import type { ObjectTarget } from './resource-api.ts'

/** What the verbs work with. */
export interface ApiContext {
  readonly store: ObjectStore
  readonly kinds: KindTable
  readonly clock: Clock
  readonly createUid: () => string
  /** A number from 0 up to but not 1. */
  readonly random: () => number
}

/** RFC 3339 in whole seconds, as all times of metadata. */
export function timestampOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z')
}

export function referenceOf({
  kind,
  namespace,
  name,
}: Pick<ObjectTarget, 'kind' | 'namespace' | 'name'>): ObjectReference {
  return { group: kind.definition.group, kind: kind.definition.kind, namespace, name }
}

export function referenceTo(object: KubeObject, group: string): ObjectReference {
  const { namespace = '', name } = object.metadata
  return { group, kind: object.kind, namespace, name }
}
