import type { KubeObject, ObjectReference } from '../../kube/kube-object.ts'
import type { ObjectChange, ObjectSource } from '../../kube/object-source.ts'

/** The kind of the tests' own objects. */
export const widgetKind = { group: 'test.dev', kind: 'Widget' }

const groupOf = (kind: string) => (['Secret', 'Namespace'].includes(kind) ? '' : widgetKind.group)

/** Objects in memory, all of them as if in namespace `default`; every write is told at once, as the store does. */
export class MemorySource implements ObjectSource {
  readonly #objects = new Map<string, KubeObject>()
  readonly #listeners = new Set<(change: ObjectChange) => void>()

  put(kind: string, name: string, fields: object): void {
    const key = `${kind}/default/${name}`
    const previous = this.#objects.get(key)
    const version = Number(previous?.metadata.resourceVersion ?? 0) + 1
    const generation = (previous?.metadata.generation ?? 0) + 1
    this.#store(key, {
      ...{ apiVersion: groupOf(kind) === '' ? 'v1' : 'test.dev/v1', kind, ...fields },
      metadata: { namespace: 'default', name, generation, resourceVersion: String(version) },
    })
  }

  remove(kind: string, name: string): void {
    const key = `${kind}/default/${name}`
    const object = this.#objects.get(key)
    if (object === undefined) return
    this.#objects.delete(key)
    this.#tell({ type: 'deleted', kind: { group: groupOf(kind), kind }, object, previous: object })
  }

  list = ({ kind }: { kind: string }) =>
    [...this.#objects.values()].filter((object) => object.kind === kind)

  get = ({ kind, namespace, name }: ObjectReference) =>
    this.#objects.get(`${kind}/${namespace || 'default'}/${name}`)

  subscribe = (listener: (change: ObjectChange) => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  createIfMissing = (object: KubeObject) => {
    if (this.get({ ...widgetKind, namespace: 'default', name: object.metadata.name })) return
    this.put(object.kind, object.metadata.name, object)
  }

  ensureOwned = ({ metadata: { name } }: KubeObject) => {
    if (this.get({ ...widgetKind, namespace: 'default', name }) === undefined) {
      this.put('Widget', name, { spec: {} })
    }
  }

  writeStatus = (reference: ObjectReference, status: unknown) => {
    const object = this.get(reference)
    if (object === undefined) return
    this.#store(`${reference.kind}/default/${reference.name}`, { ...object, status })
  }

  recordEvent = () => undefined

  #store(key: string, object: KubeObject): void {
    const previous = this.#objects.get(key)
    this.#objects.set(key, object)
    const kind = { group: groupOf(object.kind), kind: object.kind }
    const type = previous === undefined ? 'added' : 'modified'
    this.#tell({ type, kind, object, previous })
  }

  #tell(change: ObjectChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}
