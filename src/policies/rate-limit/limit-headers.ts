import type { HeaderList } from '../../lib/http/header-list.ts'
import { type CounterTotal, windowSeconds, windowStart } from '../../limits/counter-store.ts'
import type { LimitedHit } from './compile-rules.ts'

/** Says in headers what is left of a limit. */
export type LimitHeaders = (headers: HeaderList) => void

/**
 * The headers of version 03 of the IETF's RateLimit draft under the names that Envoy gives them
 * (https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/ratelimit/v3/rate_limit.proto): the limit of which
 * the least is left, followed by all of them. Undefined when nothing was counted.
 */
export function createLimitHeaders(
  hits: readonly LimitedHit[],
  totals: readonly CounterTotal[],
  nowMs: number,
): LimitHeaders | undefined {
  let closest: { readonly hit: LimitedHit; readonly remaining: number } | undefined
  let policies = ''
  hits.forEach((hit, index) => {
    const total = totals[index]
    if (total === undefined) return
    policies += `, ${hit.limit.requests};w=${windowSeconds[hit.window]}`
    const remaining = Math.max(0, hit.limit.requests - total)
    if (closest === undefined || remaining < closest.remaining) closest = { hit, remaining }
  })
  if (closest === undefined) return undefined
  const { hit, remaining } = closest
  const end = windowStart(hit.window, nowMs) + windowSeconds[hit.window]
  return (headers) => {
    headers.set('x-ratelimit-limit', `${hit.limit.requests}${policies}`)
    headers.set('x-ratelimit-remaining', String(remaining))
    headers.set('x-ratelimit-reset', String(end - Math.floor(nowMs / 1000)))
  }
}
