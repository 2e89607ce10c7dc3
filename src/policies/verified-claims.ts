import type { RequestContext } from './policy.ts'

/** The payload of a verified token. */
export type Claims = Readonly<Record<string, unknown>>

/** What is known of the bearer of a request. Frozen: requests with the same token share it. */
export interface VerifiedClaims {
  /** Of the token that was verified last. */
  readonly principal: Claims
  /** Payloads by the provider that verified them. */
  readonly providers: Readonly<Record<string, Claims>>
}

/** Where verified claims stand in the metadata of a request. */
const key = 'jwt'

/** The claims of verified tokens; undefined when there was none. */
export const verifiedClaimsOf = ({ metadata }: RequestContext): VerifiedClaims | undefined =>
  metadata.get(key) as VerifiedClaims | undefined

/** Lets other policies and templates read `claims`, under `namespace` too. */
export function publishClaims(
  { metadata }: RequestContext,
  claims: VerifiedClaims,
  namespace: string | undefined,
): void {
  metadata.set(key, claims)
  if (namespace !== undefined) metadata.set(namespace, claims)
}
