import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { signCertificate } from '../../src/lib/certificates/certificate.ts'
import {
  derBitString,
  derInteger,
  derObjectIdentifier,
  derSequence,
  derSet,
  derTime,
  derUtf8String,
} from '../../src/lib/certificates/der.ts'

/** An authority that vouches for clients. */
export interface ClientAuthority {
  /** PEM. */
  readonly certificate: string
  /** A certificate for a client of this name, with its key, both PEM. */
  issue(name: string): { readonly cert: string; readonly key: string }
}

const hourMs = 60 * 60 * 1000
const ecdsaWithSha256 = derSequence(derObjectIdentifier('1.2.840.10045.4.3.2'))

const createKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

const toPem = (privateKey: KeyObject) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const nameOf = (commonName: string) =>
  derSequence(derSet(derSequence(derObjectIdentifier('2.5.4.3'), derUtf8String(commonName))))

/** Creates an authority; its clients' certificates are of the first version, which is good for any purpose. */
export function createClientAuthority(commonName: string): ClientAuthority {
  const { privateKey: issuerPrivateKey, publicKey } = createKeys()
  const validity = { notBeforeMs: Date.now() - hourMs, notAfterMs: Date.now() + hourMs }
  return {
    certificate: signCertificate({
      ...{ commonName, issuerCommonName: commonName, publicKey, issuerPrivateKey, ...validity },
      purpose: { type: 'authority' },
    }),
    issue(name) {
      const keys = createKeys()
      const toBeSigned = derSequence(
        derInteger(Buffer.of(1)),
        ecdsaWithSha256,
        nameOf(commonName),
        derSequence(derTime(validity.notBeforeMs), derTime(validity.notAfterMs)),
        nameOf(name),
        keys.publicKey.export({ type: 'spki', format: 'der' }),
      )
      const signature = derBitString(sign('sha256', toBeSigned, issuerPrivateKey))
      const der = derSequence(toBeSigned, ecdsaWithSha256, signature).toString('base64')
      const cert = `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`
      return { cert, key: toPem(keys.privateKey) }
    },
  }
}
