interface Reading<Source> {
  readonly read: (source: Source) => unknown
  readonly value: unknown
}

interface Entry<Source> {
  readonly inputs: readonly unknown[]
  readonly value: unknown
  readonly readings: ReadonlyMap<string, Reading<Source>>
  readonly inner: ReadonlyMap<string, Entry<Source>>
}

/** Equal by identity; lists are equal when their items are. */
function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
  return left.every((item, index) => item === right[index])
}

/** What is read from the source during one translation; each thing is looked up once. */
class Lookups<Source> {
  readonly source: Source
  readonly #values = new Map<string, unknown>()

  constructor(source: Source) {
    this.source = source
  }

  get(key: string, read: (source: Source) => unknown): unknown {
    if (this.#values.has(key)) return this.#values.get(key)
    const value = read(this.source)
    this.#values.set(key, value)
    return value
  }
}

/**
 * One computation and what it remembers. A computation states its inputs and reads everything else
 * through its scope; its last result stands as long as inputs and readings are the same. Inner
 * computations are remembered with the outer one and are dropped when it no longer asks for them.
 */
export class Computation<Source> {
  readonly #lookups: Lookups<Source>
  readonly #before: ReadonlyMap<string, Entry<Source>> | undefined
  readonly #readings = new Map<string, Reading<Source>>()
  readonly #inner = new Map<string, Entry<Source>>()

  private constructor(
    lookups: Lookups<Source>,
    before: ReadonlyMap<string, Entry<Source>> | undefined,
  ) {
    this.#lookups = lookups
    this.#before = before
  }

  /** The outermost scope of a translation; `previous` is that of the one before. */
  static root<Source>(
    source: Source,
    previous: Computation<Source> | undefined,
  ): Computation<Source> {
    const before = previous === undefined ? undefined : previous.#inner
    return new Computation(new Lookups(source), before)
  }

  /** Where things are read; what is read past {@link read} must follow from what was read with it. */
  get source(): Source {
    return this.#lookups.source
  }

  /** Looks something up. `key` names it among everything that is ever read. */
  read<T>(key: string, read: (source: Source) => T): T {
    const value = this.#lookups.get(key, read) as T
    this.#readings.set(key, { read, value })
    return value
  }

  /** The result of `compute`, or the one before when nothing it depends on changed. */
  remember<T>(
    key: string,
    inputs: readonly unknown[],
    compute: (scope: Computation<Source>) => T,
  ): T {
    const same = this.#inner.get(key)
    if (same !== undefined && isSame(same.inputs, inputs)) return same.value as T
    const known = this.#before?.get(key)
    if (known !== undefined && this.#isCurrent(known, inputs)) {
      this.#keep(key, known)
      return known.value as T
    }
    const scope = new Computation(this.#lookups, known?.inner)
    const value = compute(scope)
    this.#keep(key, { inputs, value, readings: scope.#readings, inner: scope.#inner })
    return value
  }

  #isCurrent(entry: Entry<Source>, inputs: readonly unknown[]): boolean {
    if (!isSame(entry.inputs, inputs)) return false
    for (const [key, { read, value }] of entry.readings) {
      if (!isSame(this.#lookups.get(key, read), value)) return false
    }
    return true
  }

  #keep(key: string, entry: Entry<Source>): void {
    this.#inner.set(key, entry)
    for (const [name, reading] of entry.readings) {
      if (!this.#readings.has(name)) this.#readings.set(name, reading)
    }
  }
}
