import type { GatewayError } from '../../errors/gateway-error.ts'
import { isKnownAlgorithm } from '../../lib/jwk/verification-key.ts'
import type { Claims } from '../verified-claims.ts'
import { refusals } from './refusals.ts'

/** A token as it says of itself: nothing of it is verified. */
export interface DecodedToken {
  readonly type: 'decoded'
  readonly algorithm: string
  readonly keyId: string | undefined
  readonly claims: Claims
  /** Header and payload as sent: what was signed. */
  readonly signed: Buffer
  readonly signature: Buffer
}

const maxTokenBytes = 16_384

/** Reads a token in the compact form of RFC 7515. */
export function decodeToken(token: string): DecodedToken | GatewayError {
  if (token.length > maxTokenBytes) return refusals.tooLarge
  const [header = '', payload = '', signature = '', ...more] = token.split('.')
  if (header === '' || payload === '' || more.length > 0 || token.split('.').length !== 3) {
    return refusals.format
  }
  const head = decodeJson(header, refusals.headerEncoding, refusals.headerJson)
  if (isRefusal(head)) return head
  const { alg: algorithm, kid: keyId, crit } = head.value
  if (typeof algorithm !== 'string') return refusals.algorithmMissing
  if (!isKnownAlgorithm(algorithm)) return refusals.algorithmUnknown
  if (keyId !== undefined && typeof keyId !== 'string') return refusals.keyId
  // RFC 7515, 4.1.11: an extension that is not understood must not be passed over, and none is understood here.
  if (crit !== undefined) return refusals.critical
  const body = decodeJson(payload, refusals.payloadEncoding, refusals.payloadJson)
  if (isRefusal(body)) return body
  if (!isBase64Url(signature)) return refusals.signatureEncoding
  return {
    type: 'decoded',
    algorithm,
    keyId,
    claims: body.value,
    signed: Buffer.from(token.slice(0, header.length + 1 + payload.length), 'latin1'),
    signature: Buffer.from(signature, 'base64url'),
  }
}

interface JsonObject {
  readonly type: 'json'
  readonly value: Readonly<Record<string, unknown>>
}

function decodeJson(
  part: string,
  badEncoding: GatewayError,
  badJson: GatewayError,
): JsonObject | GatewayError {
  if (!isBase64Url(part)) return badEncoding
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { type: 'json', value: value as Readonly<Record<string, unknown>> } : badJson
  } catch {
    return badJson
  }
}

const isRefusal = (value: JsonObject | GatewayError): value is GatewayError =>
  value.type === 'gateway-error'

const isBase64Url = (text: string) => text.length % 4 !== 1 && /^[A-Za-z0-9_-]*$/.test(text)
