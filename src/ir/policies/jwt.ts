import type { Origin } from '../origin.ts'
import type { SecretReference } from '../secret-reference.ts'

/** Demands a signed JSON Web Token (RFC 7519) of its clients. */
export interface Jwt {
  readonly type: 'jwt'
  readonly id: string
  readonly origin: Origin
  /** Set: it stands before the limits that are checked early, so that they know the claims. */
  readonly stage?: 'early'
  /** Any of them may accept a token; never empty. */
  readonly providers: readonly JwtProvider[]
  /** What becomes of a request without a token that a provider accepts. */
  readonly otherwise: 'refuse' | 'allow-missing' | 'allow-missing-or-failed'
  /** A further namespace of the request's metadata under which verified claims can be read. */
  readonly metadataNamespace: string | undefined
}

/** Who signs tokens, and where requests carry them. */
export interface JwtProvider {
  /** Unique in the policy. */
  readonly name: string
  /** Must equal `iss`; undefined: any. */
  readonly issuer: string | undefined
  /** One of them must be in `aud`; empty: any. */
  readonly audiences: readonly string[]
  readonly keys: JwtKeys
  /** Looked at in this order. */
  readonly tokenHeaders: readonly TokenHeader[]
  readonly tokenQueryParameters: readonly string[]
  /** True: the upstream sees the token. */
  readonly keepToken: boolean
  readonly claimsToHeaders: readonly ClaimHeader[]
  readonly clockSkewSeconds: number
}

export interface TokenHeader {
  /** Lower-case. */
  readonly name: string
  /** What stands before the token; other values of the header are none. A trailing space makes it a scheme of any case. */
  readonly prefix: string
}

export interface ClaimHeader {
  /** A top-level claim. */
  readonly claim: string
  /** Lower-case. */
  readonly header: string
  /** False: the client's own values of the header are removed, whether or not the claim is there. */
  readonly append: boolean
}

/** The keys that verify a provider's tokens. */
export type JwtKeys =
  /** Public JSON Web Keys (RFC 7517). */
  | { readonly type: 'public'; readonly keys: readonly Readonly<Record<string, string>>[] }
  /** A PEM key, a JWK or a JWKS that a Secret holds; the only place of symmetric keys. */
  | { readonly type: 'secret'; readonly secret: SecretReference }
  | RemoteKeys

/** A JWKS that control fetches for all threads and keeps fresh. */
export interface RemoteKeys {
  readonly type: 'remote'
  /** Providers with the same id share one fetched set. */
  readonly keySetId: string
  /** Where it is: host and path; the backend says where to dial and how. */
  readonly url: string
  readonly backendId: string
  /** Age in milliseconds at which the set is fetched again. */
  readonly refreshMs: number
}
