import { asCount } from '../json-value.ts'

/** Whether each of `fields` is a count or left out: some providers read `"n": "5"` too, and a limit would take it for one answer. */
export function hasReadableCounts(
  json: Record<string, unknown> | undefined,
  fields: readonly string[],
): boolean {
  return fields.every((field) => {
    const value = json?.[field]
    return value === undefined || value === null || asCount(value) !== undefined
  })
}
