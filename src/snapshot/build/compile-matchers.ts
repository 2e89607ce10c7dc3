import type { Route } from '../../ir/route.ts'
import { type CompiledMatcher, compileMatcher } from '../matching/compile-matcher.ts'

/** The matchers of a route that can be used, and what is wrong with the others. */
export interface MatchersResult {
  readonly matchers: readonly CompiledMatcher[]
  readonly problems: readonly string[]
}

/** Compiles every matcher of a route. */
export function compileMatchers(matchers: Route['matchers']): MatchersResult {
  const compiled: CompiledMatcher[] = []
  const problems: string[] = []
  for (const matcher of matchers) {
    const result = compileMatcher(matcher)
    if ('type' in result) problems.push(result.message)
    else compiled.push(result)
  }
  return { matchers: compiled, problems }
}
