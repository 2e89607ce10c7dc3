import type { KindDefinition } from '../kube/kind-definition.ts'
import type { KubeObject } from '../kube/kube-object.ts'
import type { ObjectSource } from '../kube/object-source.ts'
import { findVerdicts } from '../kube/schema/verdicts.ts'

/**
 * Counts, by kind, the fields of stored objects that are ignored or only approximated: what people were warned
 * of when they applied them. An object is looked at once; reading again costs a look-up per object.
 */
export class WarningCounts {
  readonly #source: ObjectSource
  readonly #kinds: readonly KindDefinition[]
  readonly #known = new WeakMap<KubeObject, number>()

  constructor(source: ObjectSource, kinds: readonly KindDefinition[]) {
    this.#source = source
    this.#kinds = kinds.filter(({ unknownFields }) => unknownFields === 'keep')
  }

  read(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const definition of this.#kinds) {
      const objects = this.#source.list({ group: definition.group, kind: definition.kind })
      const sum = objects.reduce((total, object) => total + this.#countOf(object, definition), 0)
      if (sum > 0) counts.set(definition.kind, sum)
    }
    return counts
  }

  #countOf(object: KubeObject, definition: KindDefinition): number {
    let count = this.#known.get(object)
    if (count === undefined) {
      const stored = definition.versions.find((version) => version.storage)
      count = stored === undefined ? 0 : findVerdicts(stored.schema, object).length
      this.#known.set(object, count)
    }
    return count
  }
}
