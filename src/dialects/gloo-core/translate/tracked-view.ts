import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ObjectView } from '../../dialect.ts'

/** Answers whether every look-up recorded would find the same objects in another view. */
export type Dependencies = (objects: ObjectView, findSlices: FindSlices) => boolean

export type FindSlices = (service: KubeObject) => readonly KubeObject[]

/** A view that remembers what was looked up in it. */
export function trackView(
  objects: ObjectView,
  findSlices: FindSlices,
): { readonly objects: ObjectView; readonly findSlices: FindSlices; dependencies(): Dependencies } {
  const checks: Dependencies[] = []
  return {
    objects: {
      list: (kind) => {
        const found = objects.list(kind)
        checks.push((later) => isSameList(later.list(kind), found))
        return found
      },
      get: (kind, namespace, name) => {
        const found = objects.get(kind, namespace, name)
        checks.push((later) => later.get(kind, namespace, name) === found)
        return found
      },
    },
    findSlices: (service) => {
      const found = findSlices(service)
      checks.push((_, findLater) => isSameList(findLater(service), found))
      return found
    },
    dependencies: () => (later, findLater) => checks.every((check) => check(later, findLater)),
  }
}

const isSameList = (left: readonly KubeObject[], right: readonly KubeObject[]) =>
  left === right ||
  (left.length === right.length && left.every((object, index) => object === right[index]))
