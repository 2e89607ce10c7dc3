interface Entry<Output> {
  readonly inputs: readonly unknown[]
  readonly output: Output
  build: number
}

/** What was compiled, by id; used again while everything it was made of is the same. */
export class CompileCache<Output> {
  readonly #entries = new Map<string, Entry<Output>>()
  #build = 0

  startBuild(): void {
    this.#build += 1
  }

  /** What this build already has of `id`. */
  ofThisBuild(id: string): Output | undefined {
    const entry = this.#entries.get(id)
    return entry?.build === this.#build ? entry.output : undefined
  }

  /** What an earlier build made of the same `inputs`. */
  reuse(id: string, inputs: readonly unknown[]): Output | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined || !areSame(entry.inputs, inputs)) return undefined
    entry.build = this.#build
    return entry.output
  }

  /** Keeps what an earlier build has of `id`, unseen. */
  keep(id: string): void {
    const entry = this.#entries.get(id)
    if (entry !== undefined) entry.build = this.#build
  }

  store(id: string, inputs: readonly unknown[], output: Output): Output {
    this.#entries.set(id, { inputs, output, build: this.#build })
    return output
  }

  /** Forgets what this build did not ask for. */
  endBuild(): void {
    for (const [id, entry] of this.#entries) {
      if (entry.build !== this.#build) this.#entries.delete(id)
    }
  }
}

function areSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false
  }
  return true
}
