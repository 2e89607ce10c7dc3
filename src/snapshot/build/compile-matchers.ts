import type { ConfigurationError } from '../../ir/configuration.ts'
import type { Route } from '../../ir/route.ts'
import { type CompiledMatcher, compileMatcher } from '../matching/compile-matcher.ts'

/** The matchers of a route that can be used, and what is wrong with the others. */
export interface MatchersResult {
  readonly matchers: readonly CompiledMatcher[]
  readonly errors: readonly ConfigurationError[]
}

/** Compiles every matcher of a route. */
export function compileMatchers({ matchers, origin }: Route): MatchersResult {
  const compiled: CompiledMatcher[] = []
  const errors: ConfigurationError[] = []
  for (const matcher of matchers) {
    const result = compileMatcher(matcher)
    if ('type' in result) errors.push({ origin, message: result.message })
    else compiled.push(result)
  }
  return { matchers: compiled, errors }
}
