/**
 * Header fields in order, as a flat list `[name, value, name, value, …]` with lower-case names: the form
 * that Node's `rawHeaders` has and that undici sends, so that a request copies them once.
 */
export class HeaderList {
  readonly flat: string[]

  /** `flat` is taken as it is and changed in place; its names must be lower-case. */
  constructor(flat: string[] = []) {
    this.flat = flat
  }

  /** The first value of `name`. */
  get(name: string): string | undefined {
    const { flat } = this
    for (let index = 0; index < flat.length; index += 2) {
      if (flat[index] === name) return flat[index + 1]
    }
    return undefined
  }

  /** Every value of `name`, in order. */
  getAll(name: string): string[] {
    const values: string[] = []
    const { flat } = this
    for (let index = 0; index < flat.length; index += 2) {
      if (flat[index] === name) values.push(flat[index + 1] as string)
    }
    return values
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  append(name: string, value: string): void {
    this.flat.push(name, value)
  }

  /** Replaces every value of `name` by one, in the first one's place. */
  set(name: string, value: string): void {
    const { flat } = this
    let found = false
    for (let index = 0; index < flat.length; index += 2) {
      if (flat[index] !== name) continue
      if (found) {
        flat.splice(index, 2)
        index -= 2
      } else {
        flat[index + 1] = value
        found = true
      }
    }
    if (!found) flat.push(name, value)
  }

  /** Removes every value of `name`. */
  remove(name: string): void {
    const { flat } = this
    for (let index = flat.length - 2; index >= 0; index -= 2) {
      if (flat[index] === name) flat.splice(index, 2)
    }
  }
}
