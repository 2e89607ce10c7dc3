import { createSecureContext, DEFAULT_MIN_VERSION, type SecureContextOptions } from 'node:tls'
import type { Backend, BackendTls } from '../../ir/backend.ts'
import type { ConfigurationError } from '../../ir/configuration.ts'
import { protocolOptions } from '../../lib/tls/protocol-options.ts'
import type { ProviderServices } from '../../providers/provider.ts'
import type { CompiledBackend } from '../snapshot.ts'
import { compileProviders } from './compile-providers.ts'
import { type Failure, failure, isFailure } from './failure.ts'
import { loadAuthority, loadKeyPair, type TlsServices } from './tls-material.ts'

/** A backend, or why there is none, and what to tell its owner. */
export interface BackendResult {
  readonly backend: CompiledBackend | Failure
  readonly errors: readonly ConfigurationError[]
}

/** What backends are compiled with. */
export interface BackendServices extends TlsServices {
  readonly providers: ProviderServices
}

/** Resolves the TLS material and the credentials of a backend. */
export function compileBackend(config: Backend, services: BackendServices): BackendResult {
  const { tls, name, origin } = config
  const providers = compileProviders(config, services)
  if (isFailure(providers)) {
    return { backend: providers, errors: [{ origin, message: providers.message }] }
  }
  if (tls === undefined) {
    return { backend: Object.freeze({ config, tls, verifyPeer: false, providers }), errors: [] }
  }
  const warnings: string[] = []
  const options = clientOptions(tls, services, warnings)
  if (isFailure(options)) {
    const broken = failure(`Backend ${name} cannot be reached by TLS: ${options.message}`)
    return { backend: broken, errors: [{ origin, message: broken.message }] }
  }
  const verifyPeer = tls.verification.type !== 'none'
  return {
    backend: Object.freeze({ config, tls: Object.freeze(options), verifyPeer, providers }),
    errors: warnings.map((message) => ({ origin, message })),
  }
}

function clientOptions(
  tls: BackendTls,
  services: TlsServices,
  warnings: string[],
): SecureContextOptions | Failure {
  const options: SecureContextOptions = protocolOptions(tls)
  if (tls.verification.type === 'authority') {
    const authority = loadAuthority(tls.verification.authority, services)
    if (typeof authority !== 'string') return authority
    options.ca = authority
  }
  if (tls.verification.type === 'certificates') options.ca = tls.verification.pem
  const { certificateChain, privateKey } = tls
  if ((certificateChain === undefined) !== (privateKey === undefined)) {
    return failure('a client certificate needs both a certificate chain and a private key.')
  }
  if (certificateChain !== undefined && privateKey !== undefined) {
    const pair = loadKeyPair(certificateChain, privateKey, services)
    if (isFailure(pair)) return pair
    warnings.push(...pair.warnings)
    options.cert = pair.cert
    options.key = pair.key
  }
  return checked(options)
}

/** `options`, if some TLS version remains and OpenSSL takes them. */
export function checked(options: SecureContextOptions): SecureContextOptions | Failure {
  const { minVersion = DEFAULT_MIN_VERSION, maxVersion } = options
  // The names of versions sort as text in their own order.
  if (maxVersion !== undefined && minVersion > maxVersion) {
    return failure(`no TLS version is left between ${minVersion} and ${maxVersion}.`)
  }
  try {
    createSecureContext(options)
    return options
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return failure(`OpenSSL refuses the certificate, versions or cipher suites (${code}).`)
  }
}
