import { isRecord } from '../lib/json/is-record.ts'
/** The objects of a list; whatever else stands there is left out. */
export const recordsIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : []
