import type { KubeObject } from '../../kube/kube-object.ts'
import { isRecord } from '../../lib/json/is-record.ts'
import { shareStructure } from './share-structure.ts'

/** The `spec` of an object, empty where it has none; of the type that its kind's schema has found it to be. */
export const specOf = <Spec = Record<string, unknown>>(object: KubeObject): Spec =>
  (isRecord(object['spec']) ? object['spec'] : {}) as Spec

const keyOf = ({ kind, metadata }: KubeObject) =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name}`

/**
 * Gives the specs of objects, with the parts that did not change since the object's last version being the
 * same references.
 */
export class SpecCache {
  readonly #known = new Map<string, { object: KubeObject; spec: unknown }>()

  get<Spec>(object: KubeObject): Spec {
    const key = keyOf(object)
    const before = this.#known.get(key)
    if (before?.object === object) return before.spec as Spec
    const spec = shareStructure(before?.spec, specOf<Spec>(object))
    this.#known.set(key, { object, spec })
    return spec
  }

  /** Forgets every object that is not among `objects`. */
  keepOnly(objects: readonly KubeObject[]): void {
    if (this.#known.size <= objects.length) return
    const kept = new Set(objects.map(keyOf))
    for (const key of this.#known.keys()) {
      if (!kept.has(key)) this.#known.delete(key)
    }
  }
}
