import type { KubeObject } from '../../kube/kube-object.ts'
import type { ObjectChange, ObjectSource } from '../../kube/object-source.ts'

/** Makes what stands before anybody applies anything: at start, and again with a namespace that is made again. */
export class Seeder {
  readonly #source: ObjectSource
  readonly #seeds: readonly KubeObject[]
  /** Namespaces that were made since the last time. */
  readonly #fresh = new Set<string>()

  constructor(source: ObjectSource, seeds: readonly KubeObject[]) {
    this.#source = source
    this.#seeds = seeds
  }

  /** Makes every seed that is missing. */
  seedAll(): void {
    for (const seed of this.#seeds) this.#source.createIfMissing(seed)
  }

  /** Remembers a namespace that was made; to be called with each change. */
  notice({ type, kind, object }: ObjectChange): void {
    if (type !== 'added' || kind.group !== '' || kind.kind !== 'Namespace') return
    this.#fresh.add(object.metadata.name)
  }

  /** Makes the missing seeds of the namespaces that were made, where those still stand. */
  seedFresh(): void {
    for (const name of this.#fresh) {
      if (this.#stands(name)) {
        for (const seed of this.#seeds) {
          if (seed.metadata.namespace === name) this.#source.createIfMissing(seed)
        }
      }
      // Only now: what could not be stored is tried again.
      this.#fresh.delete(name)
    }
  }

  #stands(name: string): boolean {
    const found = this.#source.get({ group: '', kind: 'Namespace', namespace: '', name })
    return found !== undefined && found.metadata.deletionTimestamp === undefined
  }
}
