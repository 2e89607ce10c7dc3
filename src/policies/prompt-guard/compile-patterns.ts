import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { Origin } from '../../ir/origin.ts'
import type { GuardPatterns } from '../../ir/policies/prompt-guard.ts'
import { compileSearches, type Searches } from './redaction/compile-searches.ts'

/** The searches for `patterns`; undefined where there is nothing to look for. */
export function compilePatterns(
  patterns: GuardPatterns,
  { kind, namespace, name }: Origin,
): Searches | GatewayError | undefined {
  if (patterns.custom.length + patterns.detectors.length === 0) return undefined
  const searches = compileSearches(patterns)
  if (!('type' in searches)) return searches
  return gatewayError(
    'configuration-error',
    `The prompt guard of ${kind} ${namespace}/${name} has a regular expression that cannot be used.`,
    { cause: searches.message },
  )
}
