import type { FieldError } from '../../../../kube/kind-definition.ts'

/** A list, empty where it is left out. */
export const listOf = <Item>(value: readonly Item[] | undefined): readonly Item[] => value ?? []

/** Collects violations of rules, in the form in which Kubernetes reports rules written in CEL. */
export class Checks {
  readonly errors: FieldError[] = []

  /** Reports `detail` about `field` unless `holds`. */
  expect(holds: boolean, field: string, detail: string, value: unknown = 'object'): void {
    if (!holds) this.errors.push({ type: 'invalid', field, value, detail })
  }
}

/** Whether no two of the keys are equal. */
export const areDistinct = (keys: readonly string[]) => new Set(keys).size === keys.length
