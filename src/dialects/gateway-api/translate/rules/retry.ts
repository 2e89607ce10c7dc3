import type { RetryCondition, RetryConfig } from '../../../../ir/route.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { HttpRouteRule } from '../../kinds/specs/http-route-spec.ts'

const defaultAttempts = 2
const defaultBackOffMs = 25
const largestBackOffFactor = 10

/**
 * Retries of a rule. Without a retry stanza there is none, but a limit of one try still needs a policy
 * that never tries again.
 */
export function translateRetry({ retry, timeouts }: HttpRouteRule): RetryConfig | undefined {
  const backendRequestMs = parseDuration(timeouts?.backendRequest ?? '0s') ?? 0
  const perTryTimeoutMs = backendRequestMs === 0 ? undefined : backendRequestMs
  if (retry === undefined && perTryTimeoutMs === undefined) return undefined
  const minimumMs = parseDuration(retry?.backoff ?? '0s') ?? 0
  const baseMs = Math.max(minimumMs, defaultBackOffMs)
  return {
    on: retry === undefined ? [] : conditionsOf(retry.codes ?? []),
    statusCodes: retry?.codes ?? [],
    maxRetries: retry === undefined ? 0 : (retry.attempts ?? defaultAttempts),
    perTryTimeoutMs,
    backOffMinimumMs: minimumMs,
    backOffBaseMs: baseMs,
    backOffMaxMs: baseMs * largestBackOffFactor,
    rateLimitHeaders: [],
    rateLimitMaxMs: 0,
  }
}

/** Failures of the connection, time-outs of a try among them, are tried again whatever the codes say. */
const conditionsOf = (codes: readonly number[]): readonly RetryCondition[] =>
  codes.length === 0 ? ['reset'] : ['reset', 'status-codes']
