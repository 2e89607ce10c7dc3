import { isRecord } from '../../lib/json/is-record.ts'
/** The value if it is a JSON object. */
export function asRecord(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? value : undefined
}

/** The members of a JSON array; none of anything else. */
function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The JSON objects among the members of a JSON array. */
export function recordsOf(value: unknown): Record<string, unknown>[] {
  return asList(value)
    .map(asRecord)
    .filter((member) => member !== undefined)
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A number of tokens as an API reports or limits it. */
export function asCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}
