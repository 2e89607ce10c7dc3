import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { SecretReference } from '../../ir/secret-reference.ts'
import { type Failure, failure, isFailure } from './failure.ts'
import type { SecretStore } from './secret-store.ts'

/** What certificates are checked with. */
export interface TlsServices {
  readonly secrets: SecretStore
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/** A certificate chain with its key, and what is wrong with it without keeping it from being served. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
  readonly warnings: readonly string[]
}

const certificatePattern = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs

/** A certificate chain and its private key from Secrets; one that is not valid today is still served. */
export function loadKeyPair(
  chain: SecretReference,
  privateKey: SecretReference,
  { secrets, now }: TlsServices,
): KeyPair | Failure {
  const cert = secrets.require(chain)
  if (typeof cert !== 'string') return cert
  const key = secrets.require(privateKey)
  if (typeof key !== 'string') return key
  const certificates = parseCertificates(cert, chain)
  if (isFailure(certificates)) return certificates
  const keyObject = parsePrivateKey(key, privateKey)
  if (isFailure(keyObject)) return keyObject
  const [leaf] = certificates
  if (leaf?.checkPrivateKey(keyObject) !== true) {
    return failure(`The private key ${nameOf(privateKey)} does not belong to ${nameOf(chain)}.`)
  }
  return { cert, key, warnings: validityWarnings(leaf, chain, now()) }
}

/** The certificates of an authority from a Secret, as PEM. */
export function loadAuthority(
  reference: SecretReference,
  { secrets }: TlsServices,
): string | Failure {
  const pem = secrets.require(reference)
  if (typeof pem !== 'string') return pem
  const certificates = parseCertificates(pem, reference)
  return isFailure(certificates) ? certificates : pem
}

function parseCertificates(pem: string, reference: SecretReference): X509Certificate[] | Failure {
  const blocks = pem.match(certificatePattern) ?? []
  if (blocks.length === 0) return failure(`${nameOf(reference)} holds no certificate in PEM form.`)
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return failure(`${nameOf(reference)} holds a certificate that cannot be read.`)
  }
}

function parsePrivateKey(pem: string, reference: SecretReference): KeyObject | Failure {
  try {
    return createPrivateKey(pem)
  } catch {
    // The reason could quote the key.
    return failure(`${nameOf(reference)} holds no unencrypted private key in PEM form.`)
  }
}

function validityWarnings(
  certificate: X509Certificate,
  reference: SecretReference,
  nowMs: number,
): string[] {
  const { validFrom, validTo } = certificate
  if (Date.parse(validTo) < nowMs) {
    return [
      `${nameOf(reference)} holds a certificate that expired at ${validTo}; it is served still.`,
    ]
  }
  if (Date.parse(validFrom) > nowMs) {
    return [`${nameOf(reference)} holds a certificate that is valid only from ${validFrom}.`]
  }
  return []
}

function nameOf({ secretId, key }: SecretReference): string {
  return `"${key}" of Secret ${secretId}`
}
