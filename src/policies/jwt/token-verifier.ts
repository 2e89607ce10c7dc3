import { hash } from 'node:crypto'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { JwtProvider } from '../../ir/policies/jwt.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { VerificationKey } from '../../lib/jwk/verification-key.ts'
import { checkClaims } from './check-claims.ts'
import { headersOfClaims } from './claim-headers.ts'
import { type DecodedToken, decodeToken } from './decode-token.ts'
import type { KeySource } from './key-source.ts'
import { refusals } from './refusals.ts'
import { TokenCache } from './token-cache.ts'
import type { VerifiedToken } from './verified-token.ts'

/** Verifies the tokens of one provider and remembers those that it accepted. */
export class TokenVerifier {
  readonly #provider: JwtProvider
  readonly #keys: KeySource
  readonly #cache = new TokenCache()

  constructor(provider: JwtProvider, keys: KeySource) {
    this.#provider = provider
    this.#keys = keys
  }

  verify(token: string, nowMs: number): VerifiedToken | GatewayError {
    const keys = this.#keys()
    if (keys === undefined) return this.#verifyWithoutKeys(token, nowMs)
    const digest = hash('sha256', token, 'base64url')
    const known = this.#cache.get(digest, keys, nowMs)
    if (known !== undefined) return known
    const decoded = decodeToken(token)
    if (decoded.type === 'gateway-error') return decoded
    const refusal =
      checkClaims(decoded.claims, this.#provider, nowMs) ?? checkSignature(decoded, keys)
    if (refusal !== undefined) return refusal
    const verified = this.#accept(decoded)
    this.#cache.set(digest, keys, verified, nowMs)
    return verified
  }

  /** What can be said of a token before the keys are there. */
  #verifyWithoutKeys(token: string, nowMs: number): GatewayError {
    const decoded = decodeToken(token)
    if (decoded.type === 'gateway-error') return decoded
    return checkClaims(decoded.claims, this.#provider, nowMs) ?? refusals.noRemoteKeys
  }

  #accept({ claims }: DecodedToken): VerifiedToken {
    const { name, claimsToHeaders } = this.#provider
    return {
      type: 'verified',
      claims: deepFreeze({ principal: claims, providers: { [name]: claims } }),
      headers: headersOfClaims(claims, claimsToHeaders),
    }
  }
}

function checkSignature(
  { algorithm, keyId, signed, signature }: DecodedToken,
  keys: readonly VerificationKey[],
): GatewayError | undefined {
  const fitting = keys.filter((key) => key.fits(algorithm, keyId))
  if (fitting.length === 0) return refusals.noKey
  const isSigned = fitting.some((key) => key.verify(algorithm, signed, signature))
  return isSigned ? undefined : refusals.signature
}
