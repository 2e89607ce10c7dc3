import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { send, startTestSimulator, testTimeMs } from '../../testing/client.ts'

const host = 'europe-west1-aiplatform.googleapis.com'
const place = '/v1/projects/my-project/locations/europe-west1'
const gemini = `${place}/publishers/google/models/gemini-2.5-flash`
const claude = `${place}/publishers/anthropic/models/claude-sonnet-4-5@20250929`
const question = { contents: [{ role: 'user', parts: [{ text: 'What is a reverse proxy?' }] }] }
const token = { authorization: 'Bearer ya29.c.simulated-0123456789' }
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

const post = async (path: string, body: unknown, headers: Record<string, string> = token) => {
  const reply = await send(simulator, { host, path, body, headers })
  return { ...reply, value: () => JSON.parse(reply.text) }
}

describe('models', () => {
  test('of Google answer as Gemini does', async () => {
    const reply = await post(`${gemini}:generateContent`, question)
    expect(reply.value()).toMatchObject({
      candidates: [{ content: { role: 'model' }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 7 },
    })
    const streamed = await post(`${gemini}:streamGenerateContent?alt=sse`, question)
    expect(streamed.text).toMatch(/^(?:data: \{.*\}\r\n\r\n)+$/)
    expect((await post(`${gemini}:countTokens`, question)).value().totalTokens).toBe(7)
  })

  test('of Google make embeddings', async () => {
    const path = `${place}/publishers/google/models/text-embedding-005:predict`
    const body = { instances: [{ content: 'first text' }], parameters: { outputDimensionality: 8 } }
    const { predictions } = (await post(path, body)).value()
    expect(predictions[0].embeddings.statistics).toEqual({ truncated: false, token_count: 2 })
    expect(predictions[0].embeddings.values).toHaveLength(8)
    expect((await post(path, { instances: [{}] })).status).toBe(400)
    expect((await post(path, { ...body, parameters: { outputDimensionality: 0 } })).status).toBe(
      400,
    )
  })

  test('of Anthropic take their own body, its version within', async () => {
    const messages = [{ role: 'user', content: 'Hello' }]
    const body = { anthropic_version: 'vertex-2023-10-16', max_tokens: 20, messages }
    const whole = await post(`${claude}:rawPredict`, body)
    expect(whole.value()).toMatchObject({
      ...{ type: 'message', model: 'claude-sonnet-4-5@20250929', stop_reason: 'max_tokens' },
    })
    const streamed = await post(`${claude}:streamRawPredict`, { ...body, stream: true })
    expect(streamed.text).toMatch(/^event: message_start\n[\s\S]*event: message_stop\n[\s\S]*\n\n$/)
    for (const wrong of [{ anthropic_version: '2023-06-01' }, { model: 'x' }, { max_tokens: 0 }]) {
      const refused = await post(`${claude}:rawPredict`, { ...body, ...wrong })
      expect([refused.status, refused.value().error.type]).toEqual([400, 'invalid_request_error'])
    }
  })

  test('speak OpenAI at an endpoint of their own', async () => {
    const body = {
      model: 'google/gemini-2.5-flash',
      messages: [{ role: 'user', content: 'Hello' }],
    }
    const reply = await post(`${place}/endpoints/openapi/chat/completions`, body)
    expect(reply.value()).toMatchObject({ object: 'chat.completion', model: body.model })
  })
})

describe('a refused call', () => {
  test.each([
    [{ authorization: 'Bearer AIzaSyTest' }, 'ACCESS_TOKEN_TYPE_UNSUPPORTED'],
    [{ authorization: 'Basic ya29.c.simulated' }, 'ACCESS_TOKEN_TYPE_UNSUPPORTED'],
  ])('has no access token: %j', async (headers, reason) => {
    const reply = await post(`${gemini}:generateContent`, question, headers)
    expect([reply.status, reply.value().error]).toMatchObject([
      401,
      { status: 'UNAUTHENTICATED', details: [{ reason }] },
    ])
  })

  test.each([
    [`${gemini}:paint`],
    [`${claude}:generateContent`],
    ['/v1/models/gemini-2.5-flash:generateContent'],
    [`${place}/publishers/nobody/models/m:rawPredict`],
  ])('%s goes nowhere', async (path) => {
    expect((await post(path, question)).status).toBe(404)
  })
})

describe('the token endpoint', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const email = 'sluice@my-project.iam.gserviceaccount.com'
  const iat = testTimeMs / 1000
  const claims = {
    iss: email,
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    aud: 'https://oauth2.googleapis.com/token',
    ...{ iat, exp: iat + 3600 },
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  function assertion(payload: object, key: KeyObject = privateKey, alg = 'RS256'): string {
    const input = `${encode({ alg, typ: 'JWT' })}.${encode(payload)}`
    return `${input}.${sign('RSA-SHA256', Buffer.from(input), key).toString('base64url')}`
  }

  async function ask(fields: Record<string, string>) {
    const reply = await send(simulator, {
      host: 'oauth2.googleapis.com',
      path: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
    return [reply.status, JSON.parse(reply.text)]
  }
  const exchange = (text: string) =>
    ask({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: text })

  test('gives a token for a signed assertion, and the log shows none of it', async () => {
    const text = assertion(claims)
    const [status, answer] = await exchange(text)
    expect([status, answer]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^ya29\.c\.\w{160}$/),
        expires_in: 3599,
        token_type: 'Bearer',
      },
    ])
    const headers = { authorization: `Bearer ${answer.access_token}` }
    expect((await post(`${gemini}:generateContent`, question, headers)).status).toBe(200)
    expect(JSON.stringify(simulator.log.list())).not.toContain(text.slice(0, 200))
    expect(JSON.stringify(simulator.log.list())).not.toContain(answer.access_token)
  })

  test('verifies the signature of an account that it knows', async () => {
    const known = `known-${email}`
    simulator.knownCredentials.addServiceAccount(
      known,
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    )
    expect(await exchange(assertion({ ...claims, iss: known }))).toMatchObject([200, {}])
    expect(await exchange(assertion({ ...claims, iss: known }, other))).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' },
    ])
  })

  test.each([
    [{ iss: 'nobody' }, 'invalid_grant', 'account not found'],
    [{ aud: 'https://example.com' }, 'invalid_grant', 'Failed audience check'],
    [{ iat: iat - 9000, exp: iat - 5400 }, 'invalid_grant', 'short-lived token'],
    [{ exp: iat + 9000 }, 'invalid_grant', 'short-lived token'],
    [{ exp: undefined }, 'invalid_grant', 'short-lived token'],
    [{ scope: '' }, 'invalid_scope', 'Invalid OAuth scope'],
  ])('refuses the claims %j', async (wrong, error, description) => {
    const [status, answer] = await exchange(assertion({ ...claims, ...wrong }))
    expect([status, answer.error]).toEqual([400, error])
    expect(answer.error_description).toContain(description)
  })

  test('refuses what is no assertion, and other grants', async () => {
    const wrongs = ['x', 'a.b.c', `${assertion(claims)}.d`, assertion(claims, privateKey, 'none')]
    for (const wrong of wrongs) {
      expect(await exchange(wrong)).toMatchObject([400, { error: 'invalid_grant' }])
    }
    expect(await ask({})).toMatchObject([400, { error: 'invalid_request' }])
    expect(await ask({ grant_type: 'password' })).toMatchObject([
      400,
      { error: 'unsupported_grant_type' },
    ])
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }
    expect(await ask(grant)).toMatchObject([400, { error: 'invalid_request' }])
  })
})
