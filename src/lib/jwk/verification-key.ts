import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import type { Jwk } from './parse-key-set.ts'

type Verify = (key: KeyObject, data: Buffer, signature: Buffer) => boolean

/** One signature algorithm of RFC 7518 or RFC 8037 and the keys that it goes with. */
interface Algorithm {
  readonly keyType: string
  readonly curve?: string
  readonly verify: Verify
}

const rsa = (hash: string): Algorithm => ({
  keyType: 'RSA',
  verify: (key, data, signature) => verify(hash, data, key, signature),
})

const rsaPss = (hash: string): Algorithm => {
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
  return {
    keyType: 'RSA',
    verify: (key, data, signature) => verify(hash, data, { key, padding, saltLength }, signature),
  }
}

const ecdsa = (hash: string, curve: string): Algorithm => ({
  keyType: 'EC',
  curve,
  verify: (key, data, signature) =>
    verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature),
})

const hmac = (hash: string, bytes: number): Algorithm => ({
  keyType: 'oct',
  verify(key, data, signature) {
    // RFC 7518, 3.2: no shorter than the hash.
    if ((key.symmetricKeySize ?? 0) < bytes || signature.length !== bytes) return false
    return timingSafeEqual(createHmac(hash, key).update(data).digest(), signature)
  },
})

/** `none` is not among them, and an algorithm never meets a key of another type. */
const algorithms = new Map<string, Algorithm>([
  ['RS256', rsa('sha256')],
  ['RS384', rsa('sha384')],
  ['RS512', rsa('sha512')],
  ['PS256', rsaPss('sha256')],
  ['PS384', rsaPss('sha384')],
  ['PS512', rsaPss('sha512')],
  ['ES256', ecdsa('sha256', 'P-256')],
  ['ES384', ecdsa('sha384', 'P-384')],
  ['ES512', ecdsa('sha512', 'P-521')],
  [
    'EdDSA',
    {
      keyType: 'OKP',
      curve: 'Ed25519',
      verify: (key, data, signature) => verify(null, data, key, signature),
    },
  ],
  ['HS256', hmac('sha256', 32)],
  ['HS384', hmac('sha384', 48)],
  ['HS512', hmac('sha512', 64)],
])

/** Whether tokens signed with `name` can be verified at all. */
export const isKnownAlgorithm = (name: string): boolean => algorithms.has(name)

/** A key that is ready to verify signatures. */
export class VerificationKey {
  readonly #jwk: Jwk
  readonly #key: KeyObject

  /** Throws when the key is malformed. */
  constructor(jwk: Jwk) {
    this.#jwk = jwk
    this.#key =
      jwk['kty'] === 'oct'
        ? createSecretKey(jwk['k'] ?? '', 'base64url')
        : createPublicKey({ format: 'jwk', key: { ...jwk } })
  }

  /** Whether a token that names this algorithm and key id can have been signed with this key. */
  fits(algorithm: string, keyId: string | undefined): boolean {
    const found = algorithms.get(algorithm)
    const { kty, crv, alg, kid } = this.#jwk as Readonly<Record<string, string | undefined>>
    if (found === undefined || found.keyType !== kty) return false
    if (found.curve !== undefined && found.curve !== crv) return false
    if (alg !== undefined && alg !== algorithm) return false
    return keyId === undefined || kid === undefined || kid === keyId
  }

  /** Only for algorithms that {@link fits}. */
  verify(algorithm: string, data: Buffer, signature: Buffer): boolean {
    try {
      return algorithms.get(algorithm)?.verify(this.#key, data, signature) ?? false
    } catch {
      return false
    }
  }
}
