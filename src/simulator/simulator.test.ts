import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from './simulator.ts'
import { startSimulator } from './start-simulator.ts'
import {
  chatCall,
  eventsOf,
  open,
  send,
  startTestSimulator,
  testAuthority,
  testTimeMs,
} from './testing/client.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())
afterEach(() => {
  simulator.log.clear()
  simulator.failures.clear()
})

function lastOutcome() {
  return simulator.log.list().at(-1)?.outcome
}

describe('the listener', () => {
  test('names the hosts it answers for', () => {
    expect(simulator.hosts).toEqual([
      ...['api.openai.com', 'api.mistral.ai', 'api-inference.huggingface.co', 'api.anthropic.com'],
      ...['generativelanguage.googleapis.com', '*-aiplatform.googleapis.com'],
      ...['aiplatform.googleapis.com', 'oauth2.googleapis.com'],
      ...['bedrock-runtime.*.amazonaws.com', '*.openai.azure.com'],
      ...['*.cognitiveservices.azure.com', '*.services.ai.azure.com'],
    ])
  })

  test('answers the same over HTTP/2', async () => {
    const overHttp1 = await send(simulator, chatCall)
    const session = connectHttp2('https://api.openai.com', {
      createConnection: () =>
        connectTls({
          ...{ host: simulator.address, port: simulator.port, servername: chatCall.host },
          ...{ ca: testAuthority, ALPNProtocols: ['h2'] },
        }),
    })
    const stream = session.request({
      ':method': 'POST',
      ':path': chatCall.path,
      authorization: 'Bearer test-key-0123456789',
      'content-type': 'application/json',
    })
    stream.end(JSON.stringify(chatCall.body))
    expect(await text(stream)).toBe(overHttp1.text)
    session.close()
    expect(
      simulator.log
        .list()
        .map(({ httpVersion, host, sni, headers }) => [httpVersion, host, sni, headers.at(-1)]),
    ).toEqual([
      ['1.1', 'api.openai.com', 'api.openai.com', expect.anything()],
      ['2.0', 'api.openai.com', 'api.openai.com', ['content-type', 'application/json']],
    ])
  })

  test('refuses a host that no provider has', async () => {
    const reply = await send(simulator, { ...chatCall, headers: { host: 'gateway.local' } })
    expect(reply.status).toBe(421)
    expect(reply.text).toContain('no simulated provider answers for host \\"gateway.local\\"')
  })

  test('refuses a Host that is not the TLS server name', async () => {
    const reply = await send(simulator, { ...chatCall, headers: { host: 'api.mistral.ai' } })
    expect(reply.status).toBe(421)
    expect(reply.text).toContain('belong to different providers')
  })

  test('tells which port is taken', async () => {
    await expect(startTestSimulator({ port: simulator.port })).rejects.toThrow('EADDRINUSE')
    await expect(
      startTestSimulator({ controlPort: Number(new URL(simulator.controlUrl).port) }),
    ).rejects.toThrow('EADDRINUSE')
  })

  test('starts alone with an authority that its clients can trust', async () => {
    const alone = await startSimulator({ now: () => testTimeMs })
    const reply = await fetch(`${alone.controlUrl}/requests`)
    expect(await reply.json()).toEqual([])
    expect(alone.authorityCertificate).toContain('BEGIN CERTIFICATE')
    await alone.close()
  })
})

describe('answers', () => {
  test('are the same for the same request', async () => {
    expect((await send(simulator, chatCall)).text).toBe((await send(simulator, chatCall)).text)
  })

  test('are the same for a request whose fields stand in another order', async () => {
    const { model, messages } = chatCall.body
    const [{ role, content } = { role: '', content: '' }] = messages
    const body = { messages: [{ content, role }], model }
    const [first, second] = [
      await send(simulator, chatCall),
      await send(simulator, { ...chatCall, body }),
    ]
    expect(JSON.parse(second.text)).toEqual(JSON.parse(first.text))
  })

  test('differ for another request', async () => {
    const other = { model: 'gpt-4o', messages: [{ role: 'user', content: 'And a proxy?' }] }
    expect((await send(simulator, chatCall)).text).not.toBe(
      (await send(simulator, { ...chatCall, body: other })).text,
    )
  })

  test('have the length that a header asks for', async () => {
    const reply = await send(simulator, { ...chatCall, headers: { 'x-simulate-tokens': '64' } })
    expect(JSON.parse(reply.text)).toMatchObject({ usage: { completion_tokens: 64 } })
  })

  test('wait as the model would', async () => {
    const waits: number[] = []
    const slow = await startTestSimulator({
      timeToFirstTokenMs: 300,
      interTokenLatencyMs: 20,
      wait: async (durationMs) => void waits.push(durationMs),
    })
    const headers = { 'x-simulate-tokens': '3' }
    await send(slow, { ...chatCall, headers, body: { ...chatCall.body, stream: true } })
    expect(waits).toEqual([300, 20, 20, 20])
    await send(slow, { ...chatCall, headers })
    expect(waits.at(-1)).toBe(340)
    await send(slow, {
      ...chatCall,
      headers: { ...headers, 'x-simulate-time-to-first-token': '7' },
    })
    expect(waits.at(-1)).toBe(47)
    await slow.close()
  })

  test('stop when the client leaves', async () => {
    const body = { ...chatCall.body, stream: true }
    const headers = { 'x-simulate-tokens': '16384' }
    const response = await open(simulator, { ...chatCall, headers, body })
    await once(response, 'readable')
    response.destroy()
    await expect.poll(lastOutcome).toMatchObject({ end: 'client-closed', status: 200 })
    expect(lastOutcome()?.events).toBeLessThan(16_384)
  })
})

describe('failures on demand', () => {
  test('answer a status with the provider’s own error', async () => {
    const headers = { 'x-simulate-status': '429', 'x-simulate-retry-after': '7' }
    const reply = await send(simulator, { ...chatCall, headers })
    expect(reply.status).toBe(429)
    expect(reply.headers['retry-after']).toBe('7')
    expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
  })

  test('reset the connection before the head', async () => {
    const headers = { 'x-simulate-failure': 'reset' }
    await expect(send(simulator, { ...chatCall, headers })).rejects.toMatchObject({
      code: 'ECONNRESET',
    })
    await expect.poll(lastOutcome).toEqual({ end: 'reset', status: 0, events: 0 })
  })

  test('go silent until the client leaves', async () => {
    const headers = { 'x-simulate-failure': 'stall', 'x-simulate-after-events': '2' }
    const response = await open(simulator, {
      ...chatCall,
      headers,
      body: { ...chatCall.body, stream: true },
    })
    await once(response, 'readable')
    response.destroy()
    await expect.poll(lastOutcome).toEqual({ end: 'stall', status: 200, events: 2 })
  })

  test('cut a stream', async () => {
    const headers = { 'x-simulate-failure': 'cut', 'x-simulate-after-events': '4' }
    const response = await open(simulator, {
      ...chatCall,
      headers,
      body: { ...chatCall.body, stream: true },
    })
    let received = ''
    response.setEncoding('utf8').on('data', (chunk) => {
      received += chunk
    })
    const [error] = await once(response, 'error')
    expect(error).toMatchObject({ code: 'ECONNRESET' })
    expect(eventsOf(received)).toHaveLength(4)
    await expect.poll(lastOutcome).toEqual({ end: 'cut', status: 200, events: 4 })
  })

  test('cut a body short of its length', async () => {
    const response = await open(simulator, {
      ...chatCall,
      headers: { 'x-simulate-failure': 'cut' },
    })
    expect(Number(response.headers['content-length'])).toBeGreaterThan(100)
    await expect(text(response)).rejects.toThrow('aborted')
  })

  test('break only the stream of an HTTP/2 request', async () => {
    const session = connectHttp2('https://api.openai.com', {
      createConnection: () =>
        connectTls({
          ...{ host: simulator.address, port: simulator.port, servername: chatCall.host },
          ...{ ca: testAuthority, ALPNProtocols: ['h2'] },
        }),
    })
    const call = (headers: object) =>
      session.request({
        ...{ ':path': '/v1/models', authorization: 'Bearer test-key-0123456789' },
        ...headers,
      })
    await expect(text(call({ 'x-simulate-failure': 'reset' }))).rejects.toThrow('INTERNAL_ERROR')
    expect(await text(call({}))).toContain('gpt-4o')
    session.close()
  })

  test('refuse a header without meaning', async () => {
    for (const headers of [
      { 'x-simulate-status': 'often' },
      { 'x-simulate-status': '200' },
      { 'x-simulate-failure': 'explode' },
    ]) {
      expect(
        (await send(simulator, { ...chatCall, headers })).status,
        JSON.stringify(headers),
      ).toBe(400)
    }
  })
})

describe('a host that is a pattern', () => {
  const models = '/v1/projects/p/locations/europe-west1/publishers/google/models/gemini-2.5-flash'
  const call = {
    path: `${models}:countTokens`,
    headers: { authorization: 'Bearer ya29.simulated' },
    body: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
  }

  test('has a certificate for each name that fits', async () => {
    for (const region of ['europe-west1', 'us-central1']) {
      const reply = await send(simulator, { host: `${region}-aiplatform.googleapis.com`, ...call })
      expect(reply.status).toBe(200)
    }
    await expect(
      send(simulator, { host: 'a.b-aiplatform.googleapis.com', ...call }),
    ).rejects.toThrow('does not match certificate')
  })
})
