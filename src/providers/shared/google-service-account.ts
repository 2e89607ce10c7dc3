import { createPrivateKey, type KeyObject } from 'node:crypto'
import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import { signToken } from '../../lib/jwk/sign-token.ts'
import type { ProviderServices } from '../provider.ts'

/** Hands out access tokens, waiting only when there is none that holds. */
export interface ServiceAccount {
  accessToken(): string | GatewayError | Promise<string | GatewayError>
}

interface Key {
  readonly email: string
  readonly keyId: string | undefined
  readonly privateKey: KeyObject
  readonly host: string
  readonly path: string
  /** The audience of assertions. */
  readonly tokenUri: string
}

interface AccessToken {
  readonly value: string
  readonly expiresAtMs: number
}

const scope = 'https://www.googleapis.com/auth/cloud-platform'
const defaultTokenUri = 'https://oauth2.googleapis.com/token'
const assertionSeconds = 3600
/** Before a token ends the next one is fetched while requests still use it, and in the end they wait. */
const refreshMs = 5 * 60_000
const marginMs = 30_000
/** After a failure nobody asks again for so long. */
const pauseMs = 5_000

/**
 * Exchanges the key file of a service account for access tokens
 * (https://developers.google.com/identity/protocols/oauth2/service-account).
 */
export function createServiceAccount(
  keyFile: string,
  services: ProviderServices,
): ServiceAccount | GatewayError {
  const key = readKey(keyFile)
  if (typeof key === 'string') {
    return gatewayError('configuration-error', `The key file of the service account ${key}.`)
  }
  return new TokenSource(key, services)
}

class TokenSource implements ServiceAccount {
  readonly #key: Key
  readonly #services: ProviderServices
  #token: AccessToken | undefined
  #fetching: Promise<string | GatewayError> | undefined
  #failure: { readonly error: GatewayError; readonly untilMs: number } | undefined

  constructor(key: Key, services: ProviderServices) {
    this.#key = key
    this.#services = services
  }

  accessToken(): string | GatewayError | Promise<string | GatewayError> {
    const nowMs = this.#services.unixTimeMs()
    const token = this.#token
    const leftMs = token === undefined ? 0 : token.expiresAtMs - nowMs
    if (token !== undefined && leftMs > refreshMs) return token.value
    const isPaused = this.#failure !== undefined && this.#failure.untilMs > nowMs
    if (token !== undefined && leftMs > marginMs) {
      if (!isPaused) void this.#fetchOnce()
      return token.value
    }
    if (this.#failure !== undefined && isPaused) return this.#failure.error
    return this.#fetchOnce()
  }

  #fetchOnce(): Promise<string | GatewayError> {
    this.#fetching ??= this.#fetch()
      .catch((cause: unknown) => gatewayError('internal', 'no access token', { cause }))
      .finally(() => {
        this.#fetching = undefined
      })
    return this.#fetching
  }

  async #fetch(): Promise<string | GatewayError> {
    const { host, path } = this.#key
    const startMs = this.#services.unixTimeMs()
    const answer = await this.#services.callHost(host, {
      method: 'POST',
      path,
      headers: new HeaderList(['content-type', 'application/x-www-form-urlencoded']),
      body: Buffer.from(this.#form(startMs)),
    })
    const token =
      'code' in answer ? answer.message : readAnswer(answer.status, answer.body, startMs)
    if (typeof token !== 'string') {
      this.#token = token
      this.#failure = undefined
      return token.value
    }
    const message = `No access token for the model provider: ${host} says ${token}.`
    const error = gatewayError('upstream-connect-failure', message, { status: 502 })
    this.#failure = { error, untilMs: this.#services.unixTimeMs() + pauseMs }
    return error
  }

  #form(nowMs: number): string {
    const { email, keyId, privateKey, tokenUri } = this.#key
    const iat = Math.floor(nowMs / 1000)
    const header = keyId === undefined ? { alg: 'RS256' } : { alg: 'RS256', kid: keyId }
    const claims = { iss: email, scope, aud: tokenUri, iat, exp: iat + assertionSeconds }
    return new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signToken(privateKey, header, claims),
    }).toString()
  }
}

/** The token, or what is wrong; nothing of the body is told, which may hold one. */
function readAnswer(status: number, body: Buffer, nowMs: number): AccessToken | string {
  if (status !== 200) return `status ${status}`
  try {
    const { access_token: value, expires_in: seconds } = JSON.parse(body.toString())
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return 'nothing usable'
    const lifeMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : refreshMs
    return { value, expiresAtMs: nowMs + lifeMs }
  } catch {
    return 'nothing usable'
  }
}

/** What is wrong with the file is told, but nothing of what stands in it. */
function readKey(keyFile: string): Key | string {
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(keyFile) as Record<string, unknown>
  } catch {
    return 'is not JSON'
  }
  const { client_email: email, private_key: pem, private_key_id: keyId } = fields
  const { token_uri: tokenUri = defaultTokenUri } = fields
  if (typeof email !== 'string' || typeof pem !== 'string') {
    return 'lacks client_email or private_key'
  }
  const uri = typeof tokenUri === 'string' ? URL.parse(tokenUri) : null
  if (uri === null || uri.protocol !== 'https:' || uri.port !== '') {
    return 'has a token_uri that is no HTTPS address on port 443'
  }
  const privateKey = loadRsaKey(pem)
  if (privateKey === undefined) return 'has no RSA key as private_key'
  return {
    email,
    keyId: typeof keyId === 'string' ? keyId : undefined,
    privateKey,
    host: uri.hostname,
    path: uri.pathname + uri.search,
    tokenUri: String(tokenUri),
  }
}

function loadRsaKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? key : undefined
  } catch {
    return undefined
  }
}
