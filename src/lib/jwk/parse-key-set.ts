import { createPublicKey } from 'node:crypto'
import { isRecord } from '../json/is-record.ts'

/** A JSON Web Key (RFC 7517) reduced to what verifying needs. */
export type Jwk = Readonly<Record<string, string>>

export interface KeySetError {
  readonly type: 'key-set-error'
  /** Quotes nothing of the keys. */
  readonly message: string
}

export interface KeySetOptions {
  /** Symmetric keys are taken, too: only where the text is a secret. */
  readonly symmetric: boolean
}

/** More keys could make one token without `kid` cost many verifications. */
const maxKeys = 32

const minRsaBits = 2048

/** What of a key is kept: never its private part. */
const fields: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  oct: ['k'],
}

const curves = new Set(['P-256', 'P-384', 'P-521', 'Ed25519'])

/** Reads PEM public keys or certificates, one JWK, or a JWKS. Keys of a JWKS that cannot verify tokens are left out. */
export function parseKeySet(text: string, options: KeySetOptions): readonly Jwk[] | KeySetError {
  const trimmed = text.trim()
  if (trimmed === '') return keySetError('there is no key')
  return trimmed.startsWith('{') ? parseJson(trimmed, options) : parsePem(trimmed)
}

/** The same for a JWKS or JWK that is parsed already. */
function readKeySet(value: unknown, options: KeySetOptions): readonly Jwk[] | KeySetError {
  if (!isRecord(value)) return keySetError('it is not a JSON object')
  const isSingle = typeof value['kty'] === 'string'
  const list: unknown = isSingle ? [value] : value['keys']
  if (!Array.isArray(list)) return keySetError('it has no list "keys"')
  if (list.length > maxKeys) return keySetError(`it has more than ${maxKeys} keys`)
  const results = list.map((key: unknown) => readJwk(key, options))
  const keys = results.filter((result) => typeof result !== 'string')
  if (keys.length > 0) return keys
  const reasons = [...new Set(results)].join('; ')
  return keySetError(`it has no key that can verify tokens${reasons && `: ${reasons}`}`)
}

function parseJson(text: string, options: KeySetOptions): readonly Jwk[] | KeySetError {
  try {
    return readKeySet(JSON.parse(text), options)
  } catch {
    return keySetError('it is not valid JSON')
  }
}

/** The key, or why it cannot be used. */
function readJwk(value: unknown, { symmetric }: KeySetOptions): Jwk | string {
  if (!isRecord(value)) return 'a key is not an object'
  const { kty, use, key_ops: operations } = value as Readonly<Record<string, unknown>>
  if (typeof kty !== 'string' || !Object.hasOwn(fields, kty)) return 'a key has an unknown "kty"'
  if (use !== undefined && use !== 'sig') return 'a key is not for signatures'
  const verifies = !Array.isArray(operations) || operations.includes('verify')
  if (!verifies) return 'the "key_ops" of a key do not have "verify"'
  if (kty === 'oct' && !symmetric) return 'a key is symmetric, which must not stand in clear text'
  const names = [...(fields[kty] ?? []), 'kid', 'alg']
  const kept = names.flatMap((name) => {
    const field = value[name]
    return typeof field === 'string' ? [[name, field] as const] : []
  })
  const jwk: Jwk = { kty, ...Object.fromEntries(kept) }
  return findKeyProblem(jwk) ?? jwk
}

function findKeyProblem(jwk: Jwk): string | undefined {
  if (jwk['kty'] === 'oct') {
    const bytes = Buffer.from(jwk['k'] ?? '', 'base64url').length
    return bytes < 32 ? 'a symmetric key has less than 32 bytes' : undefined
  }
  if (jwk['kty'] !== 'RSA' && !curves.has(jwk['crv'] ?? '')) return 'a key has an unknown "crv"'
  try {
    const { asymmetricKeyDetails } = createPublicKey({ format: 'jwk', key: { ...jwk } })
    const bits = asymmetricKeyDetails?.modulusLength
    const isShort = bits !== undefined && bits < minRsaBits
    return isShort ? `an RSA key has less than ${minRsaBits} bits` : undefined
  } catch {
    return `a key of type ${jwk['kty']} is malformed`
  }
}

const pemPattern = /-----BEGIN ([A-Z0-9 ]{1,40})-----[\s\S]+?-----END \1-----/g

function parsePem(text: string): readonly Jwk[] | KeySetError {
  const blocks = [...text.matchAll(pemPattern)]
  if (blocks.length === 0) return keySetError('it is neither PEM nor JSON')
  if (blocks.some(([, label = '']) => label.includes('PRIVATE'))) {
    return keySetError('it is a private key; give the public key that belongs to it')
  }
  const exported = blocks.map(([block]) => {
    try {
      return createPublicKey(block).export({ format: 'jwk' })
    } catch {
      return undefined
    }
  })
  if (exported.includes(undefined)) return keySetError('it is not a public key or certificate')
  return readKeySet({ keys: exported }, { symmetric: false })
}

const keySetError = (message: string): KeySetError => ({ type: 'key-set-error', message })
