/**
 * Finds bodies of which some field is one of `names` but for upper and lower case, which some providers do not tell apart: a guard
 * would look past what such a provider reads.
 */
export class MiscasedKeys {
  readonly #names: ReadonlySet<string>
  readonly #folded: ReadonlySet<string>

  constructor(names: readonly string[]) {
    this.#names = new Set(names)
    this.#folded = new Set(names.map(fold))
  }

  standIn(json: Record<string, unknown>): boolean {
    for (const key of Object.keys(json)) {
      if (!this.#names.has(key) && this.#folded.has(fold(key))) return true
    }
    return false
  }
}

/** By way of upper case, as Go compares keys: `\u017f` is an s and `\u212a` a k. */
const fold = (text: string) => text.toUpperCase().toLowerCase()
