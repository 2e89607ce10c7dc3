import type { Origin } from '../../../../ir/origin.ts'
import type {
  ClaimCondition,
  Rbac,
  RbacPolicy,
  RbacPrincipal,
} from '../../../../ir/policies/rbac.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import {
  type RbacPolicy as EdgePolicy,
  type JwtPrincipal,
  RbacSettings,
} from '../../kinds/options/rbac.ts'
import type { PolicyResult } from '../failure.ts'
import { idOf, placeOf } from '../place.ts'
import { findRegexError } from '../regular-expression.ts'
import { findUnknownField } from './unknown-field.ts'

const matches = {
  EXACT_STRING: 'exact',
  BOOLEAN: 'boolean',
  LIST_CONTAINS: 'list-contains',
  REGEX_MATCH: 'regex',
} as const satisfies Record<string, ClaimCondition['match']>

/** Something in a policy without which it would mean another thing. */
class RbacError extends Error {}

/** Translates the `rbac` that stands at `origin` and is not turned off. */
export function translateRbac(settings: RbacSettings, origin: Origin): PolicyResult<Rbac> {
  const { policies = {} } = settings
  try {
    const unknown = findUnknownField(settings, RbacSettings)
    if (unknown !== undefined) throw new RbacError(`the field ${unknown} is not known`)
    const translated = Object.entries(policies).map(([name, policy]) =>
      translatePolicy(name, policy),
    )
    const policy: Rbac = { type: 'rbac', id: `rbac/${idOf(origin)}`, origin, policies: translated }
    return { failures: [], policy }
  } catch (error) {
    if (!(error instanceof RbacError)) throw error
    const advice = `rbac (${placeOf(origin)}) is wrong: ${error.message}. Correct it.`
    return { policy: undefined, failures: [{ reason: `*rbac.plugin: ${error.message}`, advice }] }
  }
}

function translatePolicy(name: string, policy: EdgePolicy): RbacPolicy {
  // Without its principals a policy would let everybody pass.
  if (!isRecord(policy)) throw new RbacError(`policy '${name}' is not an object`)
  const { principals = [], permissions, nestedClaimDelimiter } = policy
  return {
    name,
    principals: principals.map(({ jwtPrincipal }) => {
      if (jwtPrincipal === undefined) {
        throw new RbacError(`a principal of policy '${name}' has no jwtPrincipal`)
      }
      return translatePrincipal(jwtPrincipal, nestedClaimDelimiter ?? '')
    }),
    pathPrefix: permissions?.pathPrefix || undefined,
    methods: (permissions?.methods ?? []).map((method) => method.toUpperCase()),
  }
}

function translatePrincipal(
  { claims = {}, provider, matcher = 'EXACT_STRING' }: JwtPrincipal,
  delimiter: string,
): RbacPrincipal {
  return {
    provider: provider || undefined,
    claims: Object.entries(claims).map(([claim, value]) => {
      const path = delimiter === '' ? [claim] : claim.split(delimiter)
      const condition = { path, match: matches[matcher], value: textOf(claim, value) }
      checkCondition(claim, condition)
      return condition
    }),
  }
}

/** YAML makes booleans and numbers of what is meant as text. */
function textOf(claim: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  throw new RbacError(`the value of claim '${claim}' is not a text`)
}

function checkCondition(claim: string, { match, value }: ClaimCondition): void {
  if (match === 'boolean' && value !== 'true' && value !== 'false') {
    throw new RbacError(`the value '${value}' of claim '${claim}' is neither true nor false`)
  }
  const error = match === 'regex' ? findRegexError(value) : undefined
  if (error !== undefined) throw new RbacError(`invalid regex of claim '${claim}': ${error}`)
}
