import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../record.ts'

/** The `spec` of an object that its schema has found right. */
export const specOf = <Spec>(object: KubeObject): Spec =>
  (isRecord(object['spec']) ? object['spec'] : {}) as Spec

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
