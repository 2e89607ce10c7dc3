import {
  constants,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import type { JwtProvider } from '../../../ir/policies/jwt.ts'

/** A key pair for tests of tokens. */
export interface TestKey {
  readonly privateKey: KeyObject
  readonly jwk: Readonly<Record<string, string>>
}

/** Makes a key pair; `extra` becomes part of its JWK. */
export function createTestKey(
  type: 'rsa' | 'P-256' | 'P-384' | 'P-521' | 'ed25519',
  extra: Readonly<Record<string, string>> = {},
): TestKey {
  const privateKey = createPrivateKeyOf(type)
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' }) as Record<string, string>
  return { privateKey, jwk: { ...jwk, ...extra } }
}

function createPrivateKeyOf(type: Parameters<typeof createTestKey>[0]): KeyObject {
  if (type === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  if (type === 'ed25519') return generateKeyPairSync('ed25519').privateKey
  return generateKeyPairSync('ec', { namedCurve: type }).privateKey
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Signs `claims` in the way that `header.alg` says. */
export function signToken(
  key: KeyObject | string,
  header: Readonly<Record<string, unknown>> & { readonly alg: string },
  claims: unknown,
): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${signatureOf(Buffer.from(signed), header.alg, key).toString('base64url')}`
}

function signatureOf(data: Buffer, algorithm: string, key: KeyObject | string): Buffer {
  const hash = `sha${algorithm.slice(2)}`
  if (typeof key === 'string') return createHmac(hash, key).update(data).digest()
  if (algorithm === 'EdDSA') return sign(null, data, key)
  if (algorithm.startsWith('ES')) return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' })
  if (algorithm.startsWith('RS')) return sign(hash, data, key)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign(hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
}

/** A provider that looks at `Authorization: Bearer` and `access_token`, as the defaults of Envoy say. */
export function jwtProvider(parts: Partial<JwtProvider> & Pick<JwtProvider, 'keys'>): JwtProvider {
  return {
    name: 'own',
    issuer: 'solo.io',
    audiences: [],
    tokenHeaders: [{ name: 'authorization', prefix: 'Bearer ' }],
    tokenQueryParameters: ['access_token'],
    keepToken: false,
    claimsToHeaders: [],
    clockSkewSeconds: 60,
    ...parts,
  }
}
