import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { HostAnswer, HostCall, ProviderServices } from '../provider.ts'
import { createGoogleCredential } from './google-credential.ts'
import { createServiceAccount } from './google-service-account.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const keyFile = {
  type: 'service_account',
  client_email: 'gateway@project.iam.gserviceaccount.com',
  private_key: privateKey,
  private_key_id: 'key-1',
  token_uri: 'https://oauth2.googleapis.com/token',
}

/** A token service whose answers stand in a row; the last one stays. */
function start(...answers: readonly (HostAnswer | ReturnType<typeof gatewayError>)[]) {
  const calls: { readonly host: string; readonly call: HostCall }[] = []
  let nowMs = Date.UTC(2026, 10, 20)
  const services: ProviderServices = {
    unixTimeMs: () => nowMs,
    callHost: (host, call) => {
      const answer = answers[Math.min(calls.length, answers.length - 1)]
      calls.push({ host, call })
      return Promise.resolve(answer ?? gatewayError('internal', 'no answer'))
    },
  }
  const file = JSON.stringify(keyFile)
  const account = createServiceAccount(file, services)
  const credential = createGoogleCredential(
    { credential: { type: 'gcp-service-account', keyFile: file }, services },
    { name: 'authorization', prefix: 'Bearer ' },
  )
  if ('code' in account || 'code' in credential) throw new Error('refused')
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { account, credential, calls, pass }
}

const answer = (body: unknown, status = 200): HostAnswer => ({
  status,
  body: Buffer.from(JSON.stringify(body)),
})
const token = (name: string) =>
  answer({ access_token: name, expires_in: 3600, token_type: 'Bearer' })

test('a signed assertion is exchanged for a token', async () => {
  const { account, calls } = start(token('t1'))
  expect(await account.accessToken()).toBe('t1')
  expect(calls[0]).toMatchObject({ host: 'oauth2.googleapis.com', call: { path: '/token' } })
  const form = new URLSearchParams(calls[0]?.call.body.toString())
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
  expect(decode(header)).toMatchObject({ alg: 'RS256', kid: 'key-1' })
  expect(decode(claims)).toMatchObject({
    iss: keyFile.client_email,
    aud: keyFile.token_uri,
    exp: decode(claims).iat + 3600,
  })
  const signed = Buffer.from(`${header}.${claims}`)
  const key = createPublicKey(publicKey)
  expect(verify('sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true)
})

test('a token is used until shortly before its end and renewed while it still holds', async () => {
  const { account, calls, pass } = start(token('t1'), token('t2'))
  await Promise.all([account.accessToken(), account.accessToken()])
  pass(54 * 60_000)
  expect(account.accessToken()).toBe('t1')
  expect(calls).toHaveLength(1)
  pass(2 * 60_000)
  expect(account.accessToken()).toBe('t1')
  await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(account.accessToken()).toBe('t2')
  expect(calls).toHaveLength(2)
})

test('of a request the token is known that it was sent with', async () => {
  const { credential, pass } = start(token('t1'), token('t2'))
  const send = async () => {
    const headers = new HeaderList()
    await credential.authorize({ method: 'POST', path: '/', host: 'h', headers, body: undefined })
    return headers
  }
  const first = await send()
  pass(3600_000)
  const second = await send()
  expect(credential.credentialsIn(first)).toEqual(['t1'])
  expect(credential.credentialsIn(second)).toEqual(['t2'])
})

test.each([
  ['an error of the network', gatewayError('upstream-timeout', 'no answer in time')],
  ['a refusal', answer({ error: 'invalid_grant', secret: 'leak' }, 400)],
  ['nonsense', answer({ access_token: 'line\nbreak' })],
])('%s is told without the body and not asked for again at once', async (_name, failure) => {
  const { account, calls, pass } = start(failure, token('t1'))
  const error = await account.accessToken()
  expect(error).toMatchObject({ type: 'gateway-error', status: 502 })
  expect(JSON.stringify(error)).not.toContain('leak')
  expect(await account.accessToken()).toBe(error)
  expect(calls).toHaveLength(1)
  pass(6_000)
  expect(await account.accessToken()).toBe('t1')
})

test.each([
  ['no JSON', '{'],
  ['no key', JSON.stringify({ ...keyFile, private_key: 'secret' })],
  ['no address', JSON.stringify({ ...keyFile, client_email: undefined })],
  ['clear text', JSON.stringify({ ...keyFile, token_uri: 'http://oauth2.googleapis.com/token' })],
])('a key file with %s is refused without being told', (_name, file) => {
  const refused = createServiceAccount(file, {
    unixTimeMs: () => 0,
    callHost: () => Promise.resolve(gatewayError('internal', 'never')),
  })
  expect(refused).toMatchObject({ code: 'configuration-error' })
  expect(JSON.stringify(refused)).not.toContain('secret')
  expect(JSON.stringify(refused)).not.toContain('PRIVATE')
})
