import type { VerifiedClaims } from '../verified-claims.ts'
import type { HeaderOfClaim } from './claim-headers.ts'

/** A token that a provider accepts, and what follows from it. Shared by all requests that carry it. */
export interface VerifiedToken {
  readonly type: 'verified'
  readonly claims: VerifiedClaims
  readonly headers: readonly HeaderOfClaim[]
}
