import type { GatewayError } from '../../errors/gateway-error.ts'
import type { HeaderList } from '../../lib/http/header-list.ts'
import type { ProviderParts, SentRequest } from '../provider.ts'
import { removeClientCredentials } from './client-credentials.ts'
import { createServiceAccount } from './google-service-account.ts'
import { createTokenCredential, type TokenHeader } from './token-credential.ts'

/** The part of a provider of Google's that deals with credentials. */
export interface GoogleCredential {
  withholdCredentials(headers: HeaderList): void
  authorize(request: SentRequest): GatewayError | undefined | Promise<GatewayError | undefined>
  credentialsIn(headers: HeaderList): readonly string[]
}

const prefix = 'Bearer '

const withoutPrefix = (value: string) => value.slice(prefix.length)

/** A token in the provider's header, or access tokens of a service account. */
export function createGoogleCredential(
  { credential, services }: ProviderParts,
  header: TokenHeader,
): GoogleCredential | GatewayError {
  if (credential.type !== 'gcp-service-account') return createTokenCredential(credential, header)
  const account = createServiceAccount(credential.keyFile, services)
  if ('code' in account) return account
  const show = ({ headers }: SentRequest, token: string | GatewayError) => {
    if (typeof token !== 'string') return token
    headers.set('authorization', prefix + token)
    return undefined
  }
  return {
    withholdCredentials: removeClientCredentials,
    authorize(request) {
      const token = account.accessToken()
      if (!(token instanceof Promise)) return show(request, token)
      return token.then((settled) => show(request, settled))
    },
    // Tokens are renewed while requests still use the one before.
    credentialsIn: (headers) => headers.getAll('authorization').map(withoutPrefix),
  }
}
