import { once } from 'node:events'
import { request as plainRequest } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from './simulator.ts'
import { chatCall, send, startTestSimulator } from './testing/client.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())
afterEach(() => {
  simulator.log.clear()
  simulator.failures.clear()
})

describe('the control API', () => {
  const call = (path: string, init: RequestInit = {}) => fetch(simulator.controlUrl + path, init)

  test('lists what arrived, credentials masked', async () => {
    await send(simulator, {
      ...chatCall,
      path: '/v1/chat/completions?api-key=abcdefghijkl&x=1',
      headers: { 'X-Api-Key': 'k-1234567', Cookie: 'short', Authorization: 'Bearer abcd' },
    })
    const list = (await (await call('/requests?host=api.openai.com')).json()) as unknown[]
    expect(list).toEqual([
      expect.objectContaining({
        time: '2026-11-20T12:00:00.000Z',
        provider: 'openai',
        method: 'POST',
        path: '/v1/chat/completions',
        query: 'api-key=****ijkl&x=1',
        host: 'api.openai.com',
        sni: 'api.openai.com',
        httpVersion: '1.1',
        body: JSON.stringify(chatCall.body),
        bodyTruncated: false,
        outcome: { end: 'answered', status: 200, events: 0 },
      }),
    ])
    const [{ headers }] = list as [{ headers: [string, string][] }]
    const byName = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
    expect(byName).toMatchObject({
      'x-api-key': '****4567',
      cookie: '****',
      'content-type': 'application/json',
    })
    expect(JSON.stringify(list)).not.toMatch(/abcd|k-1234567|short/)
    expect(await (await call('/requests?host=api.mistral.ai')).json()).toEqual([])
    expect((await call('/requests', { method: 'DELETE' })).status).toBe(204)
    expect(await (await call('/requests')).json()).toEqual([])
  })

  test('lets the next requests of a host fail', async () => {
    const spec = { count: 2, status: 503, retryAfter: 3, host: 'api.openai.com' }
    const added = await call('/failures', { method: 'POST', body: JSON.stringify(spec) })
    expect(added.status).toBe(204)
    const models = { host: 'api.mistral.ai', path: '/v1/models', method: 'GET' }
    const statuses = [
      (await send(simulator, models)).status,
      (await send(simulator, chatCall)).status,
      (await send(simulator, chatCall)).status,
      (await send(simulator, chatCall)).status,
    ]
    expect(statuses).toEqual([200, 503, 503, 200])
  })

  test.each([
    ['not JSON', 'must be a JSON object'],
    ['{"status": 99}', 'from 400 to 599'],
    ['{"failure": "no"}', 'use reset, stall or cut'],
    ['{"reset": true}', 'field \\"reset\\" is unknown'],
    ['{"status": "429"}', 'status must be a whole number'],
  ])('refuses %s', async (body, message) => {
    const reply = await call('/failures', { method: 'POST', body })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain(message)
  })

  test.each([
    ['{"accessKeyId": "AKIAEXAMPLE"}', 'write accessKeyId and secretAccessKey'],
    ['{"clientEmail": "a@b", "publicKey": "x", "y": 1}', 'write accessKeyId and secretAccessKey'],
    ['{"clientEmail": "a@b", "publicKey": "x"}', 'must be an RSA public key'],
  ])('does not learn the credential %s', async (body, message) => {
    const reply = await call('/credentials', { method: 'POST', body })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain(message)
  })

  test('says what it offers', async () => {
    expect(await (await call('/')).text()).toContain('GET /requests')
    expect((await call('/nothing')).status).toBe(404)
  })

  test('refuses web pages', async () => {
    const refused = await call('/requests', { headers: { origin: 'https://example.com' } })
    expect(refused.status).toBe(403)
    const rebound = plainRequest(`${simulator.controlUrl}/requests`, {
      headers: { host: 'evil.test' },
    })
    rebound.end()
    const [response] = await once(rebound, 'response')
    expect(response.statusCode).toBe(403)
    response.resume()
  })
})
