import { createPublicKey, type KeyObject } from 'node:crypto'
import { InvalidDemandError } from '../invalid-demand-error.ts'

/** The pair that stands in Amazon's own documentation, so that examples can use it. */
const exampleAccessKey = {
  id: 'AKIAIOSFODNN7EXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

/** Credentials of others are unlimited; what is remembered is not. */
const mostCredentials = 1000

/**
 * Credentials whose signatures can be verified. A real provider knows all of them; of those that stand here not, only
 * the form is checked.
 */
export class KnownCredentials {
  readonly #accessKeys = new Map([[exampleAccessKey.id, exampleAccessKey.secret]])
  readonly #serviceAccounts = new Map<string, KeyObject>()

  /** An access key of AWS. */
  addAccessKey(id: string, secret: string): void {
    this.#makeRoom(this.#accessKeys)
    this.#accessKeys.set(id, secret)
  }

  /** A service account of Google; throws {@link InvalidDemandError} when the key is no PEM. */
  addServiceAccount(email: string, publicKeyPem: string): void {
    this.#makeRoom(this.#serviceAccounts)
    this.#serviceAccounts.set(email, readPublicKey(publicKeyPem))
  }

  findSecretAccessKey(id: string): string | undefined {
    return this.#accessKeys.get(id)
  }

  findServiceAccountKey(email: string): KeyObject | undefined {
    return this.#serviceAccounts.get(email)
  }

  #makeRoom(credentials: ReadonlyMap<string, unknown>): void {
    if (credentials.size < mostCredentials) return
    throw new InvalidDemandError(`no more than ${mostCredentials} credentials can be known`)
  }
}

function readPublicKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // Told below: what OpenSSL says of a broken key helps nobody.
  }
  throw new InvalidDemandError('publicKey must be an RSA public key or certificate in PEM')
}
