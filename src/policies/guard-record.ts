import type { RequestContext } from './policy.ts'

/** What the prompt guards of a request have done to it. */
export interface GuardRecord {
  /** Stretches of text that were masked, in the request and the answer. */
  masked: number
  /** How often a stream held back more than it may. */
  overflows: number
}

const key = 'prompt-guard'

/** Undefined where no guard has found anything. */
export const guardRecordOf = ({
  metadata,
}: Pick<RequestContext, 'metadata'>): GuardRecord | undefined =>
  metadata.get(key) as GuardRecord | undefined

/** Adds what a guard has done. */
export function recordGuard(
  context: Pick<RequestContext, 'metadata'>,
  { masked, overflows }: GuardRecord,
): undefined {
  if (masked === 0 && overflows === 0) return
  const record = guardRecordOf(context) ?? { masked: 0, overflows: 0 }
  record.masked += masked
  record.overflows += overflows
  context.metadata.set(key, record)
}
