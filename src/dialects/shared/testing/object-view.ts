import type { KubeObject } from '../../../kube/kube-object.ts'
import { groupOf, kindKeyOf } from '../../../kube/object-key.ts'
import type { ObjectView } from '../../dialect.ts'

const ageOf = ({ metadata }: KubeObject) =>
  `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''} ${metadata.name}`

const keyOf = (group: string, kind: string, namespace = '', name = '') =>
  `${group}/${kind}/${namespace}/${name}`

/** A view of the given objects, oldest first; a later one takes the place of an earlier one of the same name. */
export function createObjectView(objects: readonly KubeObject[]): ObjectView {
  const byName = new Map(
    objects.map((object) => {
      const { apiVersion, kind, metadata } = object
      return [keyOf(groupOf(apiVersion), kind, metadata.namespace, metadata.name), object] as const
    }),
  )
  const sorted = [...byName.values()].sort((left, right) => (ageOf(left) < ageOf(right) ? -1 : 1))
  const byKind = Map.groupBy(sorted, ({ apiVersion, kind }) =>
    kindKeyOf({ group: groupOf(apiVersion), kind }),
  )
  return {
    list: (kind) => byKind.get(kindKeyOf(kind)) ?? [],
    get: ({ group, kind }, namespace, name) => byName.get(keyOf(group, kind, namespace, name)),
  }
}
