import { parseDuration } from '../../../lib/time/duration.ts'

/** What is wrong with an object, collected while it is translated. */
export interface Findings {
  readonly errors: string[]
  readonly warnings: string[]
  /** Something that the object relies on was taken away, so its last good state must not go on either. */
  withdrawn: boolean
}

export const createFindings = (): Findings => ({ errors: [], warnings: [], withdrawn: false })

interface DurationField {
  readonly field: string
  readonly value: string | undefined
  /** Used where nothing, or nothing valid, is set. */
  readonly fallbackMs: number
}

/** Reads a duration in milliseconds; one that is none is an error. */
export function readDuration({ field, value, fallbackMs }: DurationField, findings: Findings) {
  if (value === undefined) return fallbackMs
  const milliseconds = parseDuration(value)
  if (milliseconds !== undefined && milliseconds >= 0) return milliseconds
  findings.errors.push(`${field}: ${JSON.stringify(value)} is not a duration such as 15s or 1m30s`)
  return fallbackMs
}
