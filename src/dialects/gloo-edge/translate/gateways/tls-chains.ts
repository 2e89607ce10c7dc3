import type { TlsChain } from '../../../../ir/listener.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { TlsVersion } from '../../../../ir/tls-version.ts'
import { createSecretReference, secretKeysOf } from '../../../core/secrets.ts'
import { glooSecretTypeOf } from '../../../gloo-core/header-secret.ts'
import { readSecret } from '../../../gloo-core/options/headers/read-header-secret.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { displayReference, resolveReference } from '../../../gloo-core/reference.ts'
import type { SslConfig } from '../../kinds/fields/ssl-config.ts'

/** A chain without its virtual hosts, or what is wrong. */
export type TlsResult =
  | { readonly type: 'chain'; readonly chain: Omit<TlsChain, 'virtualHostIds'> }
  | { readonly type: 'error'; readonly message: string }

const versions: Readonly<Record<string, TlsVersion>> = {
  TLSv1_0: 'TLSv1',
  TLSv1_1: 'TLSv1.1',
  TLSv1_2: 'TLSv1.2',
  TLSv1_3: 'TLSv1.3',
}

const versionOf = (name: string | undefined) => (name === undefined ? undefined : versions[name])

/** Envoy writes ciphers of equal preference as `[A|B]`. */
const cipherSuitesOf = (names: readonly string[]) =>
  names.flatMap((name) => name.replace(/^\[|\]$/g, '').split('|'))

function alpnProtocolsOf(names: readonly string[]): readonly string[] {
  if (names.length === 0) return ['h2', 'http/1.1']
  return names.length === 1 && names[0] === 'allow_empty' ? [] : names
}

const error = (message: string): TlsResult => ({ type: 'error', message })

/** Reads the `sslConfig` that stands at `origin`. */
export function translateSslConfig(scope: Scope, config: SslConfig, origin: Origin): TlsResult {
  if ((config.verifySubjectAltName ?? []).length > 0) {
    return error(
      'sslConfig.verifySubjectAltName is not supported; the virtual service is not served, because clients could not be told apart. Remove it to accept every certificate of the authority.',
    )
  }
  const reference = resolveReference(config.secretRef, origin.namespace)
  if (reference === undefined) {
    return error('sslConfig needs a secretRef; sslFiles and sds are not supported')
  }
  const name = displayReference(reference)
  const secret = readSecret(scope, reference)
  if (secret === undefined) return error(`SSL secret not found: list did not find secret ${name}`)
  if (glooSecretTypeOf(secret) !== 'tls') return error(`${name} is not a TLS secret`)
  const keys = secretKeysOf(secret)
  if (!keys.includes('tls.crt') || !keys.includes('tls.key')) {
    return error(`both or none of cert chain and private key must be provided: secret ${name}`)
  }
  const asksForCertificate = keys.includes('ca.crt') && !config.oneWayTls
  const { parameters = {} } = config
  return {
    type: 'chain',
    chain: {
      origin,
      serverNames: (config.sniDomains ?? []).map((domain) => domain.toLowerCase()),
      certificateChain: createSecretReference(secret, 'tls.crt'),
      privateKey: createSecretReference(secret, 'tls.key'),
      clientCertificateAuthority: asksForCertificate
        ? createSecretReference(secret, 'ca.crt')
        : undefined,
      minimumVersion: versionOf(parameters.minimumProtocolVersion),
      maximumVersion: versionOf(parameters.maximumProtocolVersion),
      cipherSuites: cipherSuitesOf(parameters.cipherSuites ?? []),
      alpnProtocols: alpnProtocolsOf(config.alpnProtocols ?? []),
      sessionResumption: !config.disableTlsSessionResumption,
    },
  }
}

/** A virtual host and the chain that its virtual service asks for. */
export interface TlsVirtualHost {
  readonly virtualHostId: string
  readonly chain: Omit<TlsChain, 'virtualHostIds'>
}

/** Exact names are tried before wildcards, and these before chains for any name. */
function rankOf({ serverNames }: { readonly serverNames: readonly string[] }): number {
  if (serverNames.length === 0) return 2
  return serverNames.some((name) => name.startsWith('*')) ? 1 : 0
}

/** What two virtual services must agree in to share a chain. */
function keyOf({ origin, ...settings }: TlsVirtualHost['chain']): string {
  return JSON.stringify(settings)
}

/** Finds server names that two virtual services want with different settings; the first one has them. */
export class ServerNameClaims {
  readonly #holders = new Map<string, { readonly key: string; readonly name: string }>()

  /** Returns what is to be said when another virtual service already has one of the chain's names. */
  claim(chain: TlsVirtualHost['chain'], name: string): string | undefined {
    const { serverNames, ...settings } = chain
    const key = keyOf({ ...settings, serverNames: [] })
    const texts = (serverNames.length === 0 ? ['*'] : serverNames).flatMap((serverName) => {
      const holder = this.#holders.get(serverName)
      if (holder === undefined) this.#holders.set(serverName, { key, name })
      const isTaken = holder !== undefined && holder.key !== key
      return isTaken
        ? [
            `${holder.name} is older and asks for other TLS settings for the server name '${serverName}'; those of ${holder.name} are used`,
          ]
        : []
    })
    return texts[0]
  }
}

/**
 * The chains of a listener. As in Gloo, a virtual host is reached through every chain, so that one connection
 * can serve several names; but one that asks for client certificates is reached only through chains that
 * check them by the same authority.
 */
export function createTlsChains(hosts: readonly TlsVirtualHost[]): readonly TlsChain[] {
  const chains = new Map<string, TlsVirtualHost['chain']>()
  for (const { chain } of hosts) {
    if (!chains.has(keyOf(chain))) chains.set(keyOf(chain), chain)
  }
  const authorityOf = ({ clientCertificateAuthority: authority }: TlsVirtualHost['chain']) =>
    authority && ('pem' in authority ? authority.pem : `${authority.secretId} ${authority.key}`)
  return [...chains.values()]
    .sort((left, right) => rankOf(left) - rankOf(right))
    .map((chain) => ({
      ...chain,
      virtualHostIds: hosts
        .filter((host) => {
          const authority = authorityOf(host.chain)
          return authority === undefined || authority === authorityOf(chain)
        })
        .map(({ virtualHostId }) => virtualHostId),
    }))
}
