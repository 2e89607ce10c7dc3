import type { Origin } from '../../../../ir/origin.ts'
import type { ClaimHeader, JwtKeys, JwtProvider, TokenHeader } from '../../../../ir/policies/jwt.ts'
import { isFramingHeader } from '../../../../lib/http/framing-headers.ts'
import { parseKeySet } from '../../../../lib/jwk/parse-key-set.ts'
import type { Provider } from '../../kinds/options/jwt.ts'
import type { Scope } from '../source.ts'
import { translateRemoteKeys } from './remote-keys.ts'

/** What is made of a part of a provider, or why nothing can be made of it. */
export type Translated<Value> = Value | { readonly error: string }

export const isWrong = <Value>(part: Translated<Value>): part is { readonly error: string } =>
  typeof part === 'object' && part !== null && 'error' in part

const namePattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Headers that say how a request is framed and where it goes carry nothing else. */
const isUsableHeader = (name: string) =>
  namePattern.test(name) && !isFramingHeader(name) && !/^(?:host|te)$/i.test(name)

const defaultHeaders: readonly TokenHeader[] = [{ name: 'authorization', prefix: 'Bearer ' }]
const defaultQueryParameters = ['access_token']
const defaultClockSkewSeconds = 60

/** Translates the provider `name` of the `jwt` options at `origin`. */
export function translateProvider(
  scope: Scope,
  name: string,
  config: Provider,
  origin: Origin,
): Translated<JwtProvider> {
  const keys = translateKeys(scope, config.jwks, origin)
  if (isWrong(keys)) return keys
  const tokenHeaders = translateTokenHeaders(config.tokenSource?.headers ?? [])
  if (isWrong(tokenHeaders)) return tokenHeaders
  const claimsToHeaders = translateClaimHeaders(config.claimsToHeaders ?? [])
  if (isWrong(claimsToHeaders)) return claimsToHeaders
  const queryParameters = config.tokenSource?.queryParams ?? []
  const usual = tokenHeaders.length + queryParameters.length === 0
  return {
    name,
    issuer: config.issuer || undefined,
    audiences: config.audiences ?? [],
    keys,
    tokenHeaders: usual ? defaultHeaders : tokenHeaders,
    tokenQueryParameters: usual ? defaultQueryParameters : queryParameters,
    keepToken: config.keepToken ?? false,
    claimsToHeaders,
    clockSkewSeconds: config.clockSkewSeconds ?? defaultClockSkewSeconds,
  }
}

function translateKeys(scope: Scope, jwks: Provider['jwks'], origin: Origin): Translated<JwtKeys> {
  const { local, remote } = jwks ?? {}
  if (local !== undefined && remote !== undefined) {
    return { error: 'jwks has local and remote; keep one of them' }
  }
  if (remote !== undefined) return translateRemoteKeys(scope, remote, origin)
  if (local === undefined) return { error: 'jwks has neither local nor remote' }
  const keys = parseKeySet(local.key ?? '', { symmetric: false })
  if ('type' in keys) return { error: `jwks.local.key cannot be used: ${keys.message}` }
  return { type: 'public', keys }
}

type HeaderSource = NonNullable<NonNullable<Provider['tokenSource']>['headers']>[number]

function translateTokenHeaders(
  headers: readonly HeaderSource[],
): Translated<readonly TokenHeader[]> {
  const wrong = headers.find(({ header = '' }) => !isUsableHeader(header))
  if (wrong !== undefined) {
    return { error: `'${wrong.header ?? ''}' is not a header that can carry a token` }
  }
  return headers.map(({ header = '', prefix = '' }) => ({ name: header.toLowerCase(), prefix }))
}

type ClaimOption = NonNullable<Provider['claimsToHeaders']>[number]

function translateClaimHeaders(
  options: readonly ClaimOption[],
): Translated<readonly ClaimHeader[]> {
  const wrong = options.find(({ claim, header = '' }) => !claim || !isUsableHeader(header))
  if (wrong !== undefined) {
    const { claim = '', header = '' } = wrong
    return { error: `claimsToHeaders cannot write the claim '${claim}' to the header '${header}'` }
  }
  return options.map(({ claim = '', header = '', append = false }) => ({
    claim,
    header: header.toLowerCase(),
    append,
  }))
}
