import type { ClaimCondition, RbacPrincipal } from '../../ir/policies/rbac.ts'
import { compileRegex, type RegexError } from '../../lib/regex/regex.ts'
import type { Claims, VerifiedClaims } from '../verified-claims.ts'

type Matches<Value> = (value: Value) => boolean

/** Tells whether the bearer of these claims is the principal. */
export function compilePrincipal(principal: RbacPrincipal): Matches<VerifiedClaims> | RegexError {
  const conditions: Matches<Claims>[] = []
  for (const condition of principal.claims) {
    const compiled = compileCondition(condition)
    if (typeof compiled !== 'function') return compiled
    conditions.push(compiled)
  }
  const { provider } = principal
  return ({ principal: last, providers }) => {
    if (provider === undefined) return conditions.every((matches) => matches(last))
    const claims = Object.hasOwn(providers, provider) ? providers[provider] : undefined
    return claims !== undefined && conditions.every((matches) => matches(claims))
  }
}

function compileCondition({ path, match, value }: ClaimCondition): Matches<Claims> | RegexError {
  const matches = compileMatch(match, value)
  if (typeof matches !== 'function') return matches
  return (claims) => matches(valueAt(claims, path))
}

function compileMatch(
  match: ClaimCondition['match'],
  wanted: string,
): Matches<unknown> | RegexError {
  switch (match) {
    case 'exact':
      return (value) => value === wanted
    case 'boolean':
      return (value) => typeof value === 'boolean' && String(value) === wanted
    case 'list-contains':
      return (value) => Array.isArray(value) && value.includes(wanted)
    case 'regex': {
      const regex = compileRegex(wanted)
      if ('type' in regex) return regex
      return (value) => typeof value === 'string' && regex.matches(value)
    }
  }
}

function valueAt(claims: Claims, path: readonly string[]): unknown {
  let value: unknown = claims
  for (const name of path) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isObject || !Object.hasOwn(value as object, name)) return undefined
    value = (value as Claims)[name]
  }
  return value
}
