import type { KubeObject } from '../../kube/kube-object.ts'
import { isRecord } from '../record.ts'

/** The `spec` of an object, empty when it has none. */
export const specOf = (object: KubeObject): Record<string, unknown> =>
  isRecord(object['spec']) ? object['spec'] : {}

/** The objects of a list; whatever else stands there is left out. */
export const recordsIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : []
