import type { KubeObject } from '../../../kube/kube-object.ts'
import { applyDefaults } from '../../../kube/schema/defaults.ts'
import type { ObjectView } from '../../dialect.ts'
import { createGatewayApi } from '../index.ts'

const groupOf = ({ apiVersion }: KubeObject) =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''

const { kinds } = createGatewayApi([])

/** The object as the API server would store it. */
function storedForm(object: KubeObject): KubeObject {
  const kind = kinds.find((each) => each.kind === object.kind && each.group === groupOf(object))
  const metadata = {
    uid: `${object.kind}-${object.metadata.name}`,
    generation: 1,
    resourceVersion: '1',
    ...object.metadata,
  }
  const stored = { ...object, metadata }
  const version = kind?.versions[0]
  const defaulted = version === undefined ? stored : applyDefaults(version.schema, stored)
  return { ...defaulted, status: object['status'] }
}

const ageOf = ({ metadata }: KubeObject) =>
  `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''} ${metadata.name}`

/** A view of the given objects; a later one takes the place of an earlier one of the same name. */
export function createObjectView(objects: readonly KubeObject[]): ObjectView {
  const keyOf = (group: string, kind: string, namespace = '', name = '') =>
    `${group}/${kind}/${namespace}/${name}`
  const byName = new Map(
    objects.map((object) => {
      const { namespace, name } = object.metadata
      return [keyOf(groupOf(object), object.kind, namespace, name), storedForm(object)] as const
    }),
  )
  const sorted = [...byName.values()].sort((left, right) => (ageOf(left) < ageOf(right) ? -1 : 1))
  return {
    list: ({ group, kind }) =>
      sorted.filter((object) => object.kind === kind && groupOf(object) === group),
    get: ({ group, kind }, namespace, name) => byName.get(keyOf(group, kind, namespace, name)),
  }
}
