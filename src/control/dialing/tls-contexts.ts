import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import type { BackendTls } from '../../ir/backend.ts'
import type { SecretReference } from '../../ir/secret-reference.ts'
import { protocolOptions } from '../../lib/tls/protocol-options.ts'

export interface TlsContextServices {
  /** PEM of authorities trusted beside the system's. */
  readonly extraAuthorities: readonly string[]
  readonly findSecretValue: (reference: SecretReference) => string | undefined
}

/** TLS identities of backends as control dials them, each made once; a changed Secret makes another {@link BackendTls}. */
export class TlsContexts {
  readonly #services: TlsContextServices
  readonly #contexts = new WeakMap<BackendTls, SecureContext>()

  constructor(services: TlsContextServices) {
    this.#services = services
  }

  /** Throws what names the Secret when its value is missing, and OpenSSL's error when it cannot be used. */
  get(tls: BackendTls): SecureContext {
    const known = this.#contexts.get(tls)
    if (known !== undefined) return known
    const context = this.#create(tls)
    this.#contexts.set(tls, context)
    return context
  }

  #create(tls: BackendTls): SecureContext {
    const { verification, certificateChain, privateKey } = tls
    const options = protocolOptions(tls)
    const { extraAuthorities } = this.#services
    if (verification.type === 'authority') options.ca = this.#read(verification.authority)
    else if (extraAuthorities.length > 0) {
      options.ca = [...getCACertificates('default'), ...extraAuthorities]
    }
    if (certificateChain !== undefined) options.cert = this.#read(certificateChain)
    if (privateKey !== undefined) options.key = this.#read(privateKey)
    try {
      return createSecureContext(options)
    } catch {
      // The reason could quote the key.
      throw new Error('its TLS certificates, versions or cipher suites cannot be used')
    }
  }

  #read(reference: SecretReference): string {
    const value = this.#services.findSecretValue(reference)
    if (value !== undefined) return value
    throw new Error(`Secret ${reference.secretId} has no ${reference.key}`)
  }
}
