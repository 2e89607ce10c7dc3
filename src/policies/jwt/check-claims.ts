import type { GatewayError } from '../../errors/gateway-error.ts'
import type { JwtProvider } from '../../ir/policies/jwt.ts'
import type { Claims } from '../verified-claims.ts'
import { refusals } from './refusals.ts'

/** Whether a provider takes a token with these claims at `nowMs`; the signature is another matter. */
export function checkClaims(
  claims: Claims,
  provider: JwtProvider,
  nowMs: number,
): GatewayError | undefined {
  return (
    checkIssuer(claims['iss'], provider.issuer) ??
    checkTimes(claims, nowMs / 1000, provider.clockSkewSeconds) ??
    checkAudience(claims['aud'], provider.audiences)
  )
}

function checkIssuer(issuer: unknown, expected: string | undefined): GatewayError | undefined {
  if (issuer !== undefined && typeof issuer !== 'string') return refusals.issuerType
  return expected === undefined || issuer === expected ? undefined : refusals.issuer
}

function checkTimes(
  { nbf: notBefore, exp: expiry }: Claims,
  now: number,
  skew: number,
): GatewayError | undefined {
  if (notBefore !== undefined && !isTime(notBefore)) return refusals.notBeforeType
  if (expiry !== undefined && !isTime(expiry)) return refusals.expiryType
  if (notBefore !== undefined && now + skew < notBefore) return refusals.notYetValid
  return expiry !== undefined && now > expiry + skew ? refusals.expired : undefined
}

function checkAudience(audience: unknown, allowed: readonly string[]): GatewayError | undefined {
  const given: readonly unknown[] =
    audience === undefined ? [] : Array.isArray(audience) ? audience : [audience]
  if (!given.every((each) => typeof each === 'string')) return refusals.audienceType
  const isAllowed = allowed.length === 0 || given.some((each) => allowed.includes(each))
  return isAllowed ? undefined : refusals.audience
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
