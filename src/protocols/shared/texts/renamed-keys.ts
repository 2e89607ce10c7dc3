/** Keys of objects that have been given other names, for whoever knows them by their first. */
export class RenamedKeys {
  /** Made when a key is renamed: most messages rename none, and the collector takes long over weak maps. */
  #names: WeakMap<object, Map<string, string>> | undefined

  /** What `key` is called now. */
  nowOf(holder: object, key: string): string {
    return this.#names?.get(holder)?.get(key) ?? key
  }

  /** Keys that have become alike are one. */
  rename(holder: Record<string, unknown>, key: string, name: string): void {
    const before = this.nowOf(holder, key)
    if (before === name) return
    const value = holder[before]
    delete holder[before]
    Object.defineProperty(holder, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
    this.#names ??= new WeakMap()
    const names = this.#names.get(holder) ?? new Map<string, string>()
    this.#names.set(holder, names.set(key, name))
  }
}
