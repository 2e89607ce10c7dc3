import type { RetryCondition, RetryConfig } from '../../../../ir/route.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { RetryPolicy } from '../../kinds/options/retries.ts'
import { texts } from '../texts.ts'

/** Envoy's names of conditions; those of gRPC never hold for plain HTTP answers. */
const conditions: Readonly<Record<string, readonly RetryCondition[]>> = {
  '5xx': ['5xx'],
  'gateway-error': ['gateway-error'],
  'connect-failure': ['connect-failure'],
  reset: ['reset'],
  'reset-before-request': ['reset'],
  'refused-stream': ['refused-stream'],
  'retriable-4xx': ['retriable-4xx'],
  'retriable-status-codes': ['status-codes'],
}

const defaultBaseMs = 25
const defaultRateLimitMaxMs = 300_000

/** What a retry policy becomes, or what is wrong with it. */
export interface RetryResult {
  readonly retry: RetryConfig | undefined
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

class RetryReader {
  readonly errors: string[] = []
  readonly warnings: string[] = []

  durationOf(field: string, text: string | undefined): number | undefined {
    if (text === undefined) return undefined
    const durationMs = parseDuration(text)
    if (durationMs === undefined || durationMs < 0) {
      this.errors.push(`${field} '${text}' is not a duration such as 15s or 0.5s`)
      return undefined
    }
    return durationMs
  }

  conditionsOf(retryOn: string): readonly RetryCondition[] {
    const names = retryOn.split(',').map((name) => name.trim())
    const found = names.filter((name) => name !== '').flatMap((name) => this.#conditionOf(name))
    return [...new Set(found)]
  }

  backOffOf(backOff: RetryPolicy['retryBackOff']): { baseMs: number; maxMs: number } {
    const baseMs = this.durationOf('retryBackOff.baseInterval', backOff?.baseInterval)
    const maxMs = this.durationOf('retryBackOff.maxInterval', backOff?.maxInterval)
    if (maxMs !== undefined && backOff?.baseInterval === undefined) {
      this.errors.push(texts.backOffNoBase)
    }
    if (baseMs !== undefined && baseMs < 1) {
      this.errors.push(texts.backOffNotPositive('base', Math.floor(baseMs)))
    }
    if (maxMs !== undefined && maxMs < 1) {
      this.errors.push(texts.backOffNotPositive('max', Math.floor(maxMs)))
    }
    if (baseMs !== undefined && maxMs !== undefined && baseMs > maxMs) {
      this.errors.push(texts.backOffOrder(Math.floor(baseMs), Math.floor(maxMs)))
    }
    const base = baseMs ?? defaultBaseMs
    return { baseMs: base, maxMs: maxMs ?? base * 10 }
  }

  #conditionOf(name: string): readonly RetryCondition[] {
    const known = conditions[name]
    if (known === undefined) this.warnings.push(`retry condition '${name}' never holds here`)
    return known ?? []
  }
}

/** Translates `retries`. */
export function translateRetries(policy: RetryPolicy): RetryResult {
  const reader = new RetryReader()
  const on = reader.conditionsOf(policy.retryOn ?? '')
  const { baseMs, maxMs } = reader.backOffOf(policy.retryBackOff)
  const perTryTimeoutMs = reader.durationOf('perTryTimeout', policy.perTryTimeout)
  const rateLimited = policy.rateLimitedRetryBackOff
  const rateLimitMaxMs = reader.durationOf(
    'rateLimitedRetryBackOff.maxInterval',
    rateLimited?.maxInterval,
  )
  const { errors, warnings } = reader
  // Gloo’s default is 2, and it reads 0 as unset.
  const frequency = policy.previousPriorities && (policy.previousPriorities.updateFrequency || 2)
  if (errors.length > 0) return { retry: undefined, errors, warnings }
  return {
    errors,
    warnings,
    retry: {
      on,
      statusCodes: policy.retriableStatusCodes ?? [],
      // Gloo reads 0 as unset.
      maxRetries: policy.numRetries || 1,
      perTryTimeoutMs: perTryTimeoutMs === 0 ? undefined : perTryTimeoutMs,
      backOffMinimumMs: 0,
      backOffBaseMs: baseMs,
      backOffMaxMs: maxMs,
      rateLimitHeaders: (rateLimited?.resetHeaders ?? []).map(({ name = '', format }) => ({
        name: name.toLowerCase(),
        format: format === 'UNIX_TIMESTAMP' ? 'unix-timestamp' : 'seconds',
      })),
      rateLimitMaxMs: rateLimitMaxMs ?? defaultRateLimitMaxMs,
      ...(frequency === undefined ? {} : { previousPrioritiesUpdateFrequency: frequency }),
    },
  }
}
