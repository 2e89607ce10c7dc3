import type { KubeObject } from '../kube-object.ts'

/** The objects of one kind in the order of their keys. */
export class SortedObjects {
  readonly #keys: string[] = []
  readonly #objects = new Map<string, KubeObject>()
  #all: readonly KubeObject[] | undefined

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key)
  }

  set(key: string, object: KubeObject): void {
    if (!this.#objects.has(key)) this.#keys.splice(this.#positionOf(key), 0, key)
    this.#objects.set(key, object)
    this.#all = undefined
  }

  delete(key: string): void {
    if (!this.#objects.delete(key)) return
    this.#keys.splice(this.#positionOf(key), 1)
    this.#all = undefined
  }

  /** The same array until something changes. */
  all(): readonly KubeObject[] {
    this.#all ??= this.#between(0, this.#keys.length)
    return this.#all
  }

  inNamespace(namespace: string): readonly KubeObject[] {
    // '0' is the character after '/'.
    return this.#between(this.#positionOf(`${namespace}/`), this.#positionOf(`${namespace}0`))
  }

  #between(start: number, end: number): readonly KubeObject[] {
    const objects: KubeObject[] = []
    for (let index = start; index < end; index++) {
      const object = this.#objects.get(this.#keys[index] ?? '')
      if (object !== undefined) objects.push(object)
    }
    return Object.freeze(objects)
  }

  /** Where the key is, or belongs. */
  #positionOf(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#keys[middle] ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
