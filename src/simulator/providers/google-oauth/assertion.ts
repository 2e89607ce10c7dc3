import { type KeyObject, verify } from 'node:crypto'
import { type AnswerContext, isJsonObject, type JsonObject, parseJson } from '../../provider.ts'

/** Why an assertion is refused, in the words of OAuth and of the server. */
export interface AssertionError {
  readonly error: 'invalid_grant' | 'invalid_scope'
  readonly description: string
}

const audiences = [
  'https://oauth2.googleapis.com/token',
  'https://www.googleapis.com/oauth2/v4/token',
  'https://accounts.google.com/o/oauth2/token',
]
const mostLifetimeSeconds = 3600
const clockSkewSeconds = 300

/** Checks the signed assertion of a service account: form, claims, time, and the signature where its key is known. */
export function findAssertionError(
  assertion: string,
  { now, knownCredentials }: AnswerContext,
): AssertionError | undefined {
  const [head = '', payload = '', signature = '', ...rest] = assertion.split('.')
  const header = decodePart(head)
  const claims = decodePart(payload)
  const hasForm = /^[\w-]{342,}$/.test(signature) && rest.length === 0
  if (header?.['alg'] !== 'RS256' || claims === undefined || !hasForm) {
    return grantError('Bad Request')
  }
  const { iss: email, scope, target_audience: target } = claims
  if (typeof email !== 'string' || !/^[^@\s]+@[^@\s]+$/.test(email)) {
    return grantError('Invalid grant: account not found')
  }
  const problem = findClaimError(claims, now())
  if (problem !== undefined) return problem
  const key = knownCredentials.findServiceAccountKey(email)
  if (key !== undefined && !isSigned({ input: `${head}.${payload}`, signature, key })) {
    return grantError('Invalid JWT Signature.')
  }
  if (isText(scope) || isText(target)) return undefined
  return {
    error: 'invalid_scope',
    description: 'Invalid OAuth scope or ID token audience provided.',
  }
}

function findClaimError(claims: JsonObject, nowMs: number): AssertionError | undefined {
  const { aud, iat, exp } = claims
  if (!audiences.includes(String(aud))) return grantError('Invalid JWT: Failed audience check.')
  const nowSeconds = nowMs / 1000
  const isTimely =
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    iat <= nowSeconds + clockSkewSeconds &&
    exp >= nowSeconds - clockSkewSeconds &&
    exp - iat <= mostLifetimeSeconds + clockSkewSeconds
  if (isTimely) return undefined
  return grantError(
    'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
  )
}

function isSigned(signed: { input: string; signature: string; key: KeyObject }): boolean {
  const bytes = Buffer.from(signed.signature, 'base64url')
  return verify('RSA-SHA256', Buffer.from(signed.input), signed.key, bytes)
}

const isText = (value: unknown) => typeof value === 'string' && value !== ''

function grantError(description: string): AssertionError {
  return { error: 'invalid_grant', description }
}

function decodePart(part: string): JsonObject | undefined {
  const value = parseJson(Buffer.from(part, 'base64url'))?.value
  return isJsonObject(value) ? value : undefined
}
