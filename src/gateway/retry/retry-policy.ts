import type { RetryCondition, RetryConfig } from '../../ir/route.ts'
import type { UpstreamFailure } from '../upstream/upstream-client.ts'

/** How a try ended that may be followed by another. */
export type RetryCause = { readonly status: number } | { readonly failure: UpstreamFailure }

const statusConditions: Partial<Record<RetryCondition, (status: number) => boolean>> = {
  '5xx': (status) => status >= 500,
  'gateway-error': (status) => status >= 502 && status <= 504,
  'retriable-4xx': (status) => status === 409,
}

/** Which failures each condition takes
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on). */
const failureConditions: Partial<Record<RetryCondition, (failure: UpstreamFailure) => boolean>> = {
  '5xx': isUpstreamFailure,
  'gateway-error': isUpstreamFailure,
  'connect-failure': isNotReached,
  reset: (failure) =>
    isNotReached(failure) ||
    failure.error.code === 'upstream-reset' ||
    failure.error.code === 'upstream-protocol-error' ||
    failure.error.code === 'upstream-timeout',
  'refused-stream': ({ error, beforeSending }) => error.code === 'upstream-reset' && beforeSending,
}

/** True: the route wants another try after this. */
export function isRetryable(retry: RetryConfig, cause: RetryCause): boolean {
  for (const condition of retry.on) {
    if ('failure' in cause) {
      if (failureConditions[condition]?.(cause.failure) === true) return true
    } else if (condition === 'status-codes') {
      if (retry.statusCodes.includes(cause.status)) return true
    } else if (statusConditions[condition]?.(cause.status) === true) {
      return true
    }
  }
  return false
}

/** Wait before retry number `retries` (0 for the first): full jitter up to a doubling bound, but the minimum at least. */
export function backOffMs(retry: RetryConfig, retries: number, random: () => number): number {
  const bound = Math.min(retry.backOffBaseMs * 2 ** Math.min(retries, 30), retry.backOffMaxMs)
  return Math.max(retry.backOffMinimumMs, Math.floor(random() * bound))
}

/** When a rate-limited answer says to come back; undefined when it does not, or later than allowed. */
export function rateLimitDelayMs(
  retry: RetryConfig,
  headers: readonly string[],
  nowMs: number,
): number | undefined {
  for (const { name, format } of retry.rateLimitHeaders) {
    const value = onlyValueOf(headers, name)
    const seconds = value === undefined ? Number.NaN : Number(value)
    if (!Number.isFinite(seconds)) continue
    const delayMs = format === 'seconds' ? seconds * 1000 : seconds * 1000 - nowMs
    if (delayMs >= 0 && delayMs <= retry.rateLimitMaxMs) return delayMs
  }
  return undefined
}

/** Of flat headers; undefined when `name` stands in them several times. */
function onlyValueOf(headers: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== name) continue
    if (value !== undefined) return undefined
    value = headers[index + 1]
  }
  return value
}

/** A name with nothing behind it now is as good as a host that does not answer. */
function isNotReached({ error }: UpstreamFailure): boolean {
  return error.code === 'upstream-connect-failure' || error.code === 'upstream-without-endpoints'
}

/** Not what the gateway refused itself: a full circuit breaker is not emptied by trying again. */
function isUpstreamFailure({ error }: UpstreamFailure): boolean {
  const own = error.code === 'upstream-forbidden' || error.code === 'upstream-overloaded'
  return error.code.startsWith('upstream-') && !own
}
