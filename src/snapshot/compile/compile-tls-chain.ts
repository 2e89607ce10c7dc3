import { constants } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import type { TlsChain } from '../../ir/listener.ts'
import { protocolOptions } from '../../lib/tls/protocol-options.ts'
import type { CompiledTlsChain } from '../snapshot.ts'
import { checked } from './compile-backend.ts'
import { type Failure, isFailure } from './failure.ts'
import { loadAuthority, loadKeyPair, type TlsServices } from './tls-material.ts'

/** A TLS chain without its virtual hosts. */
export interface TlsChainResult {
  readonly chain: Omit<CompiledTlsChain, 'virtualHosts'>
  readonly warnings: readonly string[]
}

/** Resolves the TLS material that a listener presents for some server names. */
export function compileTlsChain(config: TlsChain, services: TlsServices): TlsChainResult | Failure {
  const pair = loadKeyPair(config.certificateChain, config.privateKey, services)
  if (isFailure(pair)) return pair
  const options: SecureContextOptions = {
    ...protocolOptions(config),
    cert: pair.cert,
    key: pair.key,
    ...(config.sessionResumption ? {} : { secureOptions: constants.SSL_OP_NO_TICKET }),
  }
  const authority = authorityOf(config, services)
  if (authority !== undefined && typeof authority !== 'string') return authority
  if (authority !== undefined) options.ca = authority
  const secureContextOptions = checked(options)
  if (isFailure(secureContextOptions)) return secureContextOptions
  const { origin, serverNames, alpnProtocols } = config
  return {
    chain: {
      origin,
      serverNames,
      secureContextOptions: Object.freeze(secureContextOptions),
      clientCertificate: clientCertificateOf(config),
      alpnProtocols,
    },
    warnings: pair.warnings,
  }
}

function authorityOf(
  { clientCertificateAuthority: authority }: TlsChain,
  services: TlsServices,
): string | Failure | undefined {
  if (authority === undefined) return undefined
  return 'pem' in authority ? authority.pem : loadAuthority(authority, services)
}

function clientCertificateOf({
  clientCertificateAuthority,
  servesAnyClient,
}: TlsChain): CompiledTlsChain['clientCertificate'] {
  if (clientCertificateAuthority === undefined) return 'unasked'
  return servesAnyClient === true ? 'asked' : 'required'
}
