import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { HeaderList } from '../../lib/http/header-list.ts'
import type { CredentialValue } from '../provider.ts'
import { removeClientCredentials } from './client-credentials.ts'

/** How a provider is shown a token. */
export interface TokenHeader {
  readonly name: string
  /** `Bearer ` or nothing. */
  readonly prefix: '' | 'Bearer '
}

/** The part of a provider that deals with credentials. */
export interface Credential {
  withholdCredentials(headers: HeaderList): void
  authorize(request: { readonly headers: HeaderList }): undefined
  credentialsIn(headers: HeaderList): readonly string[]
}

const none: readonly string[] = []

const bearer = /^bearer(?: +|$)/i

/** Shows the configured token, or what the client sent where that is asked for. */
export function createTokenCredential(
  credential: CredentialValue,
  header: TokenHeader,
): Credential | GatewayError {
  switch (credential.type) {
    case 'none':
      return {
        withholdCredentials: removeClientCredentials,
        authorize: () => undefined,
        credentialsIn: () => none,
      }
    case 'passthrough':
      return createPassthrough(header)
    case 'token':
      return createToken(credential.token, header)
    default:
      return gatewayError(
        'configuration-error',
        `This provider takes tokens; it has no use for a credential of the type ${credential.type}.`,
      )
  }
}

function createToken(text: string, { name, prefix }: TokenHeader): Credential | GatewayError {
  const token = text.trim().replace(bearer, '')
  // What no header may hold would fail every request; its text must not be told.
  if (token === '' || !/^[\t\x20-\x7e\x80-\xff]+$/.test(token)) {
    return gatewayError('configuration-error', 'The token is empty or no text for a header.')
  }
  const value = prefix + token
  const held = [token]
  return {
    withholdCredentials: removeClientCredentials,
    authorize({ headers }) {
      headers.set(name, value)
      return undefined
    },
    credentialsIn: () => held,
  }
}

/** A client may use the provider's own header or `authorization`; the former wins. */
function createPassthrough({ name, prefix }: TokenHeader): Credential {
  return {
    withholdCredentials(headers) {
      const token = headers.get(name) ?? headers.get('authorization')?.replace(bearer, '')
      removeClientCredentials(headers)
      if (token === undefined) return
      headers.set(name, name === 'authorization' ? prefix + token.replace(bearer, '') : token)
    },
    authorize: () => undefined,
    credentialsIn: () => none,
  }
}
