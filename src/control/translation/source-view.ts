import type { ObjectView } from '../../dialects/dialect.ts'
import type { GroupKind, KubeObject } from '../../kube/kube-object.ts'
import type { ObjectSource } from '../../kube/object-source.ts'

const keyOf = ({ group, kind }: GroupKind) => `${group}/${kind}`

function compareAge(left: KubeObject, right: KubeObject): number {
  const order = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0)
  return (
    order(left.metadata.creationTimestamp, right.metadata.creationTimestamp) ||
    order(left.metadata.namespace, right.metadata.namespace) ||
    order(left.metadata.name, right.metadata.name)
  )
}

/** The source's objects in the order that translators need; lists are kept until a kind changes. */
export class SourceView implements ObjectView {
  readonly #source: ObjectSource
  readonly #lists = new Map<string, readonly KubeObject[]>()

  constructor(source: ObjectSource) {
    this.#source = source
  }

  list(kind: GroupKind): readonly KubeObject[] {
    const key = keyOf(kind)
    let list = this.#lists.get(key)
    if (list === undefined) {
      list = [...this.#source.list(kind)].sort(compareAge)
      this.#lists.set(key, list)
    }
    return list
  }

  get(kind: GroupKind, namespace: string, name: string): KubeObject | undefined {
    return this.#source.get({ ...kind, namespace, name })
  }

  /** Forgets what it knew of a kind. */
  invalidate(kind: GroupKind): void {
    this.#lists.delete(keyOf(kind))
  }
}
