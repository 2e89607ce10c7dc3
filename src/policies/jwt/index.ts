import type { GatewayError } from '../../errors/gateway-error.ts'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { Jwt, JwtProvider } from '../../ir/policies/jwt.ts'
import { noteKeptTokens } from '../kept-tokens.ts'
import type { CompiledPolicy, PolicyModule, PolicyServices, RequestContext } from '../policy.ts'
import { publishClaims, type VerifiedClaims, verifiedClaimsOf } from '../verified-claims.ts'
import { createKeySource } from './key-source.ts'
import { moreTelling, refusals } from './refusals.ts'
import { TokenSources } from './token-sources.ts'
import { TokenVerifier } from './token-verifier.ts'
import type { VerifiedToken } from './verified-token.ts'

interface Provider {
  readonly config: JwtProvider
  readonly sources: TokenSources
  readonly verifier: TokenVerifier
}

function compileProvider(config: JwtProvider, services: PolicyServices): Provider | GatewayError {
  const keys = createKeySource(config.keys, services)
  if (typeof keys !== 'function') return keys
  return {
    config,
    sources: new TokenSources(config.tokenHeaders, config.tokenQueryParameters),
    verifier: new TokenVerifier(config, keys),
  }
}

/** Authenticates the requests of one policy. */
class Authenticator {
  readonly #config: Jwt
  readonly #providers: readonly Provider[]
  /** Headers that only this policy may set. */
  readonly #ownHeaders: readonly string[]
  /** Requests that passed already: looked at again after their route changed, they have no token any more. */
  readonly #passed = new WeakSet<VerifiedClaims>()

  constructor(config: Jwt, providers: readonly Provider[]) {
    this.#config = config
    this.#providers = providers
    this.#ownHeaders = config.providers.flatMap(({ claimsToHeaders }) =>
      claimsToHeaders.filter(({ append }) => !append).map(({ header }) => header),
    )
  }

  authenticate(context: RequestContext): GatewayError | undefined {
    const outcome = this.#verify(context)
    if (outcome === undefined) {
      const known = verifiedClaimsOf(context)
      if (known !== undefined && this.#passed.has(known)) return undefined
    }
    for (const header of this.#ownHeaders) context.headers.remove(header)
    for (const { config, sources } of this.#providers) {
      if (!config.keepToken) sources.remove(context)
      else if (context.modelCall) noteKeptTokens(context, (...where) => sources.remove(...where))
    }
    if (outcome?.type === 'verified') {
      this.#accept(context, outcome)
      return undefined
    }
    const { otherwise } = this.#config
    if (outcome === undefined) return otherwise === 'refuse' ? refusals.missing : undefined
    return otherwise === 'allow-missing-or-failed' ? undefined : outcome
  }

  /** Undefined: there is no token. */
  #verify(context: RequestContext): VerifiedToken | GatewayError | undefined {
    let refusal: GatewayError | undefined
    for (const { sources, verifier } of this.#providers) {
      for (const token of sources.find(context)) {
        const result = verifier.verify(token, context.startTimeMs)
        if (result.type === 'verified') return result
        refusal = moreTelling(refusal, result)
      }
    }
    return refusal
  }

  #accept(context: RequestContext, { claims, headers }: VerifiedToken): void {
    for (const { name, value } of headers) context.headers.append(name, value)
    const before = verifiedClaimsOf(context)
    const all =
      before === undefined
        ? claims
        : { ...claims, providers: { ...before.providers, ...claims.providers } }
    this.#passed.add(all)
    publishClaims(context, all, this.#config.metadataNamespace)
  }
}

/** Refuses requests without a token that one of its providers accepts. */
export const jwt: PolicyModule<Jwt> = {
  type: 'jwt',
  compile(config, services): CompiledPolicy | GatewayError {
    const providers: Provider[] = []
    for (const provider of config.providers) {
      const compiled = compileProvider(provider, services)
      if ('code' in compiled) {
        const message = `JWT provider "${provider.name}": ${compiled.message}`
        return gatewayError(compiled.code, message)
      }
      providers.push(compiled)
    }
    const authenticator = new Authenticator(config, providers)
    return {
      type: 'jwt',
      phase: config.stage === 'early' ? 'early-jwt' : 'jwt',
      onRequestHead: (context) => authenticator.authenticate(context),
    }
  },
}
