import { describe, expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import {
  completion,
  ModelFixture,
  type ModelFixtureOptions,
  openAi,
} from '../testing/model-fixture.ts'
import { exchangeBytes } from '../testing/raw-bytes.ts'

const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
const reader: CompiledPolicy = {
  type: 'rate-limit',
  readsModelCall: 'required',
  onModelRequest: () => undefined,
}

describe('a call to a model', () => {
  test('goes to the provider with its credential and the bytes of the client', async () => {
    const fixture = await ModelFixture.start()
    const body = `{ "messages":[{"role":"user","content":"Hi"}],  "model":"gpt-4o" }`
    const answer = await fixture.post(body, '/openai?x=1', {
      authorization: 'Bearer of-the-client',
      'x-api-key': 'of-the-client',
      cookie: 'session=of-the-client',
      'x-http-method-override': 'of-the-client',
      'x-goog-fieldmask': 'of-the-client',
    })
    expect(await answer.json()).toEqual(completion)
    const [seen] = fixture.seen
    expect(seen).toMatchObject({ method: 'POST', url: '/v1/chat/completions', body })
    expect(seen?.headers).toMatchObject({
      authorization: 'Bearer sk-held',
      host: '127.0.0.1',
      'accept-encoding': 'identity',
    })
    expect(JSON.stringify(seen)).not.toContain('of-the-client')
  })

  test('is recorded with its model and what it has used', async () => {
    const fixture = await ModelFixture.start()
    await (await fixture.post(ask)).text()
    expect((await fixture.gateway.record()).modelCall).toMatchObject({
      provider: 'openai',
      model: 'gpt-4o',
      providerModel: 'gpt-4o-2024-08-06',
      streaming: false,
      usage: { inputTokens: 9, outputTokens: 2, totalTokens: 11, estimated: false },
    })
  })

  test('is told under the name that the vendor has for it, too', async () => {
    const told = Promise.withResolvers<unknown>()
    const listener: CompiledPolicy = {
      type: 'rate-limit',
      onComplete: ({ metadata }) => told.resolve(metadata.get('vendor.example')),
    }
    const modelCalls = { metadataNamespace: 'vendor.example' }
    const fixture = await ModelFixture.start({ modelCalls, policies: [listener] })
    await (await fixture.post(ask)).text()
    expect(await told.promise).toMatchObject({ provider: 'openai', total_tokens: 11 })
  })

  test('passes the client its own token where that is asked for', async () => {
    const fixture = await ModelFixture.start({ credential: { type: 'passthrough' } })
    await fixture.post(ask, '/openai', { authorization: 'bearer mine', cookie: 'a=b' })
    expect(fixture.seen[0]?.headers).toMatchObject({ authorization: 'Bearer mine' })
    expect(fixture.seen[0]?.headers.cookie).toBeUndefined()
  })

  test('asks for the model of the provider, with nothing else of the body changed', async () => {
    const fixture = await ModelFixture.start({
      providers: [{ ...openAi, model: 'big' } as typeof openAi],
    })
    await fixture.post('{ "model" : "gpt-4o","n":1.0, "messages":[] }')
    expect(fixture.seen[0]?.body).toBe('{ "model" : "big","n":1.0, "messages":[] }')
    expect((await fixture.gateway.record()).modelCall).toMatchObject({ model: 'big' })
  })

  test('asks for no other model that its client lists, where the provider has one', async () => {
    const fixture = await ModelFixture.start({
      providers: [{ ...openAi, model: 'big' } as typeof openAi],
    })
    await fixture.post({ ...ask, models: ['dear'], fallbacks: [{ model: 'dear' }] })
    expect(JSON.parse(fixture.seen[0]?.body ?? '')).toEqual({ ...ask, model: 'big' })
    await fixture.post({ ...ask, extra_body: { model: 'dear', seed: 1 } })
    expect(JSON.parse(fixture.seen[1]?.body ?? '')).toEqual({
      ...{ ...ask, model: 'big' },
      extra_body: { seed: 1 },
    })
  })

  test('is encoded anew, keys sorted, when a policy has changed it', async () => {
    const fixture = await ModelFixture.start({
      policies: [
        {
          type: 'prompt-enrichment',
          readsModelCall: 'optional',
          onModelRequest(_context, _call, request) {
            request.addMessages([{ role: 'system', content: 'Be kind' }], [])
            request.markChanged()
            return undefined
          },
        },
      ],
    })
    await fixture.post(ask)
    expect(fixture.seen[0]?.body).toBe(
      '{"messages":[{"content":"Be kind","role":"system"},{"content":"Hi","role":"user"}],"model":"gpt-4o"}',
    )
  })

  test('keeps path and body of another part of the API', async () => {
    const fixture = await ModelFixture.start()
    await fixture.post('--x--', '/openai/v1/files?purpose=batch', { 'content-type': 'text/plain' })
    expect(fixture.seen[0]).toMatchObject({ url: '/v1/files?purpose=batch', body: '--x--' })
    expect(fixture.seen[0]?.headers.authorization).toBe('Bearer sk-held')
  })

  test.each([
    ['an unknown endpoint', 'POST', '/openai/v1/assistants'],
    ['another method', 'PUT', '/openai'],
  ])('%s is not found and never asked for', async (_name, method, path) => {
    const fixture = await ModelFixture.start()
    const answer = await fetch(fixture.gateway.url + path, { method, body: '{}' })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ error: { code: 'endpoint_not_found' } })
    expect(fixture.seen).toEqual([])
  })

  test('an unknown endpoint passes where the route allows it', async () => {
    const fixture = await ModelFixture.start({ modelCalls: { allowUnknownEndpoints: true } })
    await fixture.post({}, '/openai/v1/assistants')
    expect(fixture.seen[0]).toMatchObject({ url: '/v1/assistants', body: '{}' })
  })
})

describe('what a policy must read and cannot', () => {
  test.each<[string, string, Record<string, string>, number]>([
    ['is compressed', JSON.stringify(ask), { 'content-encoding': 'gzip' }, 415],
    ['has another type', JSON.stringify(ask), { 'content-type': 'text/plain' }, 415],
    ['is in another charset', '{}', { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['is no JSON', '{"model"', {}, 400],
    ['has a key twice', '{"model":"a","model":"b","messages":[]}', {}, 400],
    ['is no object', '[]', {}, 400],
  ])('is refused when it %s', async (_name, body, headers, status) => {
    const fixture = await ModelFixture.start({ policies: [reader] })
    const answer = await fixture.post(body, '/openai', headers)
    expect(answer.status).toBe(status)
    const { error } = (await answer.json()) as { error: { message: string } }
    expect(error.message).toContain('the rate-limit policy')
    expect(fixture.seen).toEqual([])
  })

  test('is refused when the form of the endpoint is not known', async () => {
    const fixture = await ModelFixture.start({
      policies: [reader],
      modelCalls: { allowUnknownEndpoints: true },
    })
    expect((await fixture.post(ask, '/openai/v1/batches')).status).toBe(403)
    expect((await fixture.post(ask, '/openai/v1/assistants')).status).toBe(403)
    expect(fixture.seen).toEqual([])
  })

  test('does not concern a list of models', async () => {
    const fixture = await ModelFixture.start({ policies: [reader] })
    expect((await fetch(`${fixture.gateway.url}/openai/v1/models`)).status).toBe(200)
  })

  test('passes unread where nothing on the route reads it', async () => {
    const fixture = await ModelFixture.start()
    await fixture.post('{"model":"a","model":"b"}')
    expect(fixture.seen[0]?.body).toBe('{"model":"a","model":"b"}')
  })

  const optional: CompiledPolicy = { ...reader, readsModelCall: 'optional' }
  const fixed = { ...openAi, model: 'small' } as typeof openAi

  test('is refused when a call without a body has one', async () => {
    const fixture = await ModelFixture.start({ policies: [reader] })
    const request = `GET /openai/v1/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`
    expect(await exchangeBytes(fixture.gateway.port, request)).toMatch(/^HTTP\/1.1 400 /)
    expect(fixture.seen).toEqual([])
  })

  test('passes unread where no policy insists and no provider takes it for a request', async () => {
    const fixture = await ModelFixture.start({ policies: [optional], providers: [fixed] })
    await fixture.post('plain text', '/openai', { 'content-type': 'text/plain' })
    expect(fixture.seen[0]?.body).toBe('plain text')
  })

  test.each<[string, ModelFixtureOptions]>([
    ['what the operator adds', { policies: [optional] }],
    ['the model that the operator has fixed', { providers: [fixed] }],
  ])('gets past nothing: neither past %s', async (_name, options) => {
    const fixture = await ModelFixture.start(options)
    expect((await fixture.post('{"model":"a","model":"b"}')).status).toBe(400)
    expect((await fixture.post('\ufeff{"model":"a"}')).status).toBe(400)
    expect((await fixture.post('{}', '/openai', { 'content-encoding': 'gzip' })).status).toBe(415)
    expect(fixture.seen).toEqual([])
  })

  test('is read whatever its type says, where the operator changes it', async () => {
    const fixture = await ModelFixture.start({ providers: [fixed] })
    await fixture.post('{"model":"big"}', '/openai', { 'content-type': 'text/plain' })
    expect(fixture.seen[0]?.body).toBe('{"model":"small"}')
  })
})

describe('policies that see a call', () => {
  test('run in order, and a refusal keeps it from the provider', async () => {
    const texts: string[] = []
    const fixture = await ModelFixture.start({
      policies: [
        {
          type: 'prompt-guard',
          readsModelCall: 'required',
          async onModelRequest(_context, call, request) {
            await Promise.resolve()
            texts.push(`${call.model} ${request.texts().map(({ text }) => text)}`)
            return undefined
          },
        },
        { ...reader, onModelRequest: () => gatewayError('rate-limited', 'too much') },
      ],
    })
    const answer = await fixture.post(ask)
    expect([answer.status, await answer.text()]).toEqual([429, ''])
    expect(texts).toEqual(['gpt-4o Hi'])
    expect(fixture.seen).toEqual([])
  })

  test('know the call before their first hook and its usage after the last', async () => {
    const known: unknown[] = []
    const fixture = await ModelFixture.start({
      policies: [
        {
          type: 'rbac',
          onRequestHead: ({ modelCall }) => {
            known.push(modelCall?.provider, modelCall?.usage)
            return undefined
          },
          onComplete: ({ modelCall, metadata }) => {
            known.push(modelCall?.usage?.totalTokens, metadata.get('model-call'))
          },
        },
      ],
    })
    await (await fixture.post(ask)).text()
    await fixture.gateway.record()
    expect(known).toMatchObject(['openai', undefined, 11, { total_tokens: 11, model: 'gpt-4o' }])
  })
})

describe('answers that policies see', () => {
  const masking: CompiledPolicy = {
    type: 'prompt-guard',
    readsModelCall: 'required',
    onModelResponse(_context, _call, response) {
      for (const slot of response.texts()) slot.replace(slot.text.replace('there', 'XXXXX'))
      response.markChanged()
      return undefined
    },
  }

  test('reach the client as policies have left them', async () => {
    const fixture = await ModelFixture.start({ policies: [masking] })
    const answer = await fixture.post(ask)
    expect(await answer.text()).toContain('Hello XXXXX')
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({ totalTokens: 11 })
  })

  test('are not shown in part when the provider breaks off', async () => {
    const fixture = await ModelFixture.start({
      policies: [masking],
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 })
        response.write('{"choices":[{"message":{"content":"Hello')
        setImmediate(() => response.destroy())
      },
    })
    const answer = await fixture.post(ask)
    expect(answer.status).toBe(503)
    expect(await answer.text()).not.toContain('Hello')
  })

  test('reach the client also when the provider ends them with trailers', async () => {
    const fixture = await ModelFixture.start({
      policies: [masking],
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', trailer: 'x-checksum' })
        response.addTrailers({ 'x-checksum': '1' })
        response.end(JSON.stringify(completion))
      },
    })
    expect(await (await fixture.post(ask)).text()).toContain('Hello XXXXX')
  })

  test('fail with a policy that fails after they have come', async () => {
    const fixture = await ModelFixture.start({
      policies: [{ ...masking, onModelResponse: () => Promise.reject(new Error('broken')) }],
    })
    const answer = await fixture.post(ask)
    expect([answer.status, (await fixture.gateway.record()).errorCode]).toEqual([500, 'internal'])
  })

  test('are kept back when a policy says so', async () => {
    const onModelResponse = () => gatewayError('forbidden', 'not this', { status: 403 })
    const fixture = await ModelFixture.start({ policies: [{ ...masking, onModelResponse }] })
    const answer = await fixture.post(ask)
    expect([answer.status, await answer.text()]).toEqual([403, 'not this'])
  })

  test.each<[string, Record<string, string>, string | Buffer, { from: number; to: number }]>([
    ['plain text', { 'content-type': 'text/plain' }, 'Hello there', { from: 200, to: 502 }],
    ['compressed', { 'content-encoding': 'gzip' }, Buffer.from([31, 139]), { from: 200, to: 502 }],
    ['cut JSON', {}, '{"choices":[', { from: 200, to: 502 }],
    ['an error page', { 'content-type': 'text/html' }, 'Hello there', { from: 503, to: 503 }],
  ])('are refused when they are %s', async (_name, headers, body, status) => {
    const fixture = await ModelFixture.start({
      policies: [masking],
      answer: (_request, response) => {
        response
          .writeHead(status.from, { 'content-type': 'application/json', ...headers })
          .end(body)
      },
    })
    const answer = await fixture.post(ask)
    expect(answer.status).toBe(status.to)
    expect(await answer.json()).toMatchObject({ error: { code: 'unreadable_answer' } })
  })
})

test('errors of the gateway have the form of the API', async () => {
  const fixture = await ModelFixture.start({ answer: (_request, response) => response.destroy() })
  const answer = await fixture.post(ask)
  expect(answer.status).toBe(503)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.json()).toMatchObject({ error: { type: 'server_error' } })
})
