import type { Jwt, JwtProvider } from '../../../ir/policies/jwt.ts'
import { HeaderList } from '../../../lib/http/header-list.ts'
import type { PolicyServices, RequestContext } from '../../policy.ts'
import { policyServices, requestContext, testOrigin } from '../../testing/context.ts'
import { jwt } from '../index.ts'
import { createTestKey, jwtProvider, signToken } from './test-tokens.ts'

/** A key of the provider. */
export const rsa = createTestKey('rsa')
/** A key of somebody else. */
export const other = createTestKey('rsa')
/** The public key of the provider. */
export const keys = { type: 'public', keys: [rsa.jwk] } as const
/** When requests begin, in seconds since the Unix epoch. */
export const nowSeconds = Date.UTC(2026, 10, 20, 9, 5, 7) / 1000
/** What the valid token says. */
export const claims = { iss: 'solo.io', sub: 'alice' }
/** A token that the provider signed. */
export const valid = signToken(rsa.privateKey, { alg: 'RS256' }, claims)

/** The policy as a function from a request to its answer: `passed`, or what is wrong. */
export function compile(
  parts: Partial<Jwt> & { readonly providers: readonly JwtProvider[] },
  services: Partial<PolicyServices> = {},
) {
  const config: Jwt = {
    ...{ type: 'jwt', id: 'jwt', origin: testOrigin, otherwise: 'refuse' },
    ...{ metadataNamespace: undefined, ...parts },
  }
  const policy = jwt.compile(config, policyServices(services))
  if ('code' in policy) throw new Error(policy.message)
  return (context: RequestContext) => {
    const result = policy.onRequestHead?.(context)
    if (result === undefined) return 'passed'
    return typeof result === 'object' && 'message' in result ? result.message : 'unexpected'
  }
}

/** A request that bears a token. */
export const bearing = (token: string, parts: Partial<RequestContext> = {}) =>
  requestContext({
    headers: new HeaderList(['authorization', `Bearer ${token}`]),
    query: '',
    startTimeMs: nowSeconds * 1000,
    ...parts,
  })

/** What is answered to a token by a policy with one provider. */
export const answerTo = (token: string, provider: Partial<JwtProvider> = {}) =>
  compile({ providers: [jwtProvider({ keys, ...provider })] })(bearing(token))
