import type { RetryCause } from '../retry/retry-policy.ts'

/** Whatever another model may do better: full, broken, unreachable or silent. */
export function isModelFailure(cause: RetryCause): boolean {
  if ('status' in cause) return cause.status === 429 || cause.status >= 500
  const { code } = cause.failure.error
  return code.startsWith('upstream-') && code !== 'upstream-forbidden'
}
