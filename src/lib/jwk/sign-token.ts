import { type KeyObject, sign } from 'node:crypto'

const curveAlgorithms: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}

/** The algorithm that tokens signed with a private key have; undefined when there is none. */
export function signingAlgorithmOf(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === 'rsa') return 'RS256'
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  return curveAlgorithms[key.asymmetricKeyDetails?.namedCurve ?? '']
}

/** Signs `claims` as a JSON Web Token in the compact form of RFC 7515. */
export function signToken(
  key: KeyObject,
  header: { readonly alg: string; readonly kid?: string },
  claims: object,
): string {
  const signed = `${encode({ ...header, typ: 'JWT' })}.${encode(claims)}`
  const hash = header.alg === 'EdDSA' ? null : `sha${header.alg.slice(2)}`
  const signature = sign(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
