import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ObjectView } from '../../dialect.ts'

/** A view of the given objects, in their order. */
export function createObjectView(objects: readonly KubeObject[]): ObjectView {
  const groupOf = ({ apiVersion }: KubeObject) =>
    apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  const list: ObjectView['list'] = ({ group, kind }) =>
    objects.filter((object) => object.kind === kind && groupOf(object) === group)
  return {
    list,
    get: (kind, namespace, name) =>
      list(kind).find(
        ({ metadata }) => (metadata.namespace ?? '') === namespace && metadata.name === name,
      ),
  }
}
