import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import {
  derBitString,
  derBoolean,
  derContext,
  derElement,
  derInteger,
  derObjectIdentifier,
  derOctetString,
  derSequence,
  derSet,
  derTime,
  derUtf8String,
} from './der.ts'

/** What a certificate of ours says; keys are ECDSA P-256, signatures SHA-256. */
export interface CertificateContents {
  readonly commonName: string
  readonly issuerCommonName: string
  /** Of the subject. */
  readonly publicKey: KeyObject
  readonly issuerPrivateKey: KeyObject
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** An authority signs others; a server is one of these names, DNS or IP. */
  readonly purpose:
    | { readonly type: 'authority' }
    | { readonly type: 'server'; readonly names: readonly string[] }
}

const ecdsaWithSha256 = derSequence(derObjectIdentifier('1.2.840.10045.4.3.2'))

/** Builds and signs an X.509 version 3 certificate (RFC 5280), as PEM. */
export function signCertificate(contents: CertificateContents): string {
  const serialNumber = randomBytes(16)
  // Positive and of full length, so that the number is never zero.
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x3f) | 0x40
  const toBeSigned = derSequence(
    derContext(0, true, derInteger(Buffer.of(2))),
    derInteger(serialNumber),
    ecdsaWithSha256,
    distinguishedName(contents.issuerCommonName),
    derSequence(derTime(contents.notBeforeMs), derTime(contents.notAfterMs)),
    distinguishedName(contents.commonName),
    contents.publicKey.export({ type: 'spki', format: 'der' }),
    derContext(3, true, derSequence(...extensions(contents))),
  )
  const signature = sign('sha256', toBeSigned, contents.issuerPrivateKey)
  const certificate = derSequence(toBeSigned, ecdsaWithSha256, derBitString(signature))
  const lines = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function distinguishedName(commonName: string): Buffer {
  const attribute = derSequence(derObjectIdentifier('2.5.4.3'), derUtf8String(commonName))
  return derSequence(derSet(attribute))
}

function extensions(contents: CertificateContents): Buffer[] {
  const issuerPublicKey = createPublicKey(contents.issuerPrivateKey)
  const identifiers = [
    extension('2.5.29.14', false, derOctetString(keyIdentifier(contents.publicKey))),
    extension(
      '2.5.29.35',
      false,
      derSequence(derContext(0, false, keyIdentifier(issuerPublicKey))),
    ),
  ]
  if (contents.purpose.type === 'authority') {
    return [
      extension('2.5.29.19', true, derSequence(derBoolean(true), derInteger(Buffer.of(0)))),
      // keyCertSign and cRLSign.
      extension('2.5.29.15', true, derBitString(Buffer.of(0x06), 1)),
      ...identifiers,
    ]
  }
  return [
    extension('2.5.29.19', true, derSequence()),
    // digitalSignature.
    extension('2.5.29.15', true, derBitString(Buffer.of(0x80), 7)),
    // serverAuth.
    extension('2.5.29.37', false, derSequence(derObjectIdentifier('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, derSequence(...contents.purpose.names.map(alternativeName))),
    ...identifiers,
  ]
}

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [derBoolean(true)] : []
  return derSequence(derObjectIdentifier(identifier), ...flag, derOctetString(value))
}

/** SHA-1 of the key's bits: the usual identifier (RFC 5280 section 4.2.1.2), not a protection. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  // An uncompressed P-256 point is 65 bytes and stands last.
  return createHash('sha1').update(spki.subarray(-65)).digest()
}

function alternativeName(name: string): Buffer {
  const family = isIP(name)
  if (family === 0) return derElement(0x82, Buffer.from(name, 'latin1'))
  return derElement(0x87, Buffer.from(family === 4 ? name.split('.').map(Number) : ipv6(name)))
}

function ipv6(address: string): number[] {
  // The URL parser writes every IPv6 address in one form, without embedded IPv4.
  const normal = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = normal.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
