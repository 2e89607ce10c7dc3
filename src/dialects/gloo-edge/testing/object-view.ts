import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ObjectView } from '../../dialect.ts'
import { glooCore } from '../../gloo-core/index.ts'
import { glooEdge } from '../index.ts'

const keyOf = (group: string, kind: string, namespace: string, name: string) =>
  `${group}/${kind}/${namespace}/${name}`

const groupOf = ({ apiVersion }: KubeObject) =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''

/** The objects as the API server would store them. */
export const normalizeAll = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  objects.map((object) => {
    const kind = [...glooEdge.kinds, ...glooCore.kinds].find(
      (definition) => definition.kind === object.kind && definition.group === groupOf(object),
    )
    return kind?.normalize?.(object).object ?? object
  })

const ageOf = ({ metadata }: KubeObject) =>
  `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''} ${metadata.name}`

/** A view of the given objects; a later one takes the place of an earlier one of the same name. */
export function createObjectView(objects: readonly KubeObject[]): ObjectView {
  const byName = new Map<string, KubeObject>()
  for (const object of objects) {
    const { kind, metadata } = object
    byName.set(keyOf(groupOf(object), kind, metadata.namespace ?? '', metadata.name), object)
  }
  const sorted = [...byName.values()].sort((left, right) => (ageOf(left) < ageOf(right) ? -1 : 1))
  const byKind = new Map<string, KubeObject[]>()
  for (const object of sorted) {
    const key = `${groupOf(object)}/${object.kind}`
    byKind.set(key, [...(byKind.get(key) ?? []), object])
  }
  return {
    list: ({ group, kind }) => byKind.get(`${group}/${kind}`) ?? [],
    get: ({ group, kind }, namespace, name) => byName.get(keyOf(group, kind, namespace, name)),
  }
}
