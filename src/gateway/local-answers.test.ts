import { describe, expect, test } from 'vitest'
import type { CompiledAction } from '../snapshot/snapshot.ts'
import {
  createBackend,
  createForward,
  createIngress,
  createListener,
  emptyChain,
} from './testing/compiled-parts.ts'
import { startGateway } from './testing/gateway-fixture.ts'

describe('routes that answer themselves', () => {
  const answerOf = async (action: CompiledAction, headers: Record<string, string> = {}) => {
    const gateway = await startGateway([1])
    const bindings = [{ address: '127.0.0.1', port: 8081 }]
    gateway.ingress = createIngress(action, emptyChain, { ...createListener(), bindings })
    return fetch(`${gateway.url}/old/x?q=1`, { redirect: 'manual', headers })
  }
  const redirect = {
    type: 'redirect' as const,
    status: 301 as const,
    host: undefined,
    port: undefined,
    scheme: undefined,
    path: undefined,
    stripQuery: false,
  }

  test('direct responses have their status and body', async () => {
    const answer = await answerOf({ type: 'direct-response', status: 403, body: 'no' })
    expect(answer.status).toBe(403)
    expect(await answer.text()).toBe('no')
    expect(answer.headers.get('content-type')).toBe('text/plain')
  })

  test.each([204, 304])('direct responses of status %s announce no content', async (status) => {
    const answer = await answerOf({ type: 'direct-response', status, body: 'left out' })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-length')).toBeNull()
    expect(answer.headers.get('content-type')).toBeNull()
  })

  test('unavailable routes name what is missing', async () => {
    const message = 'secret gloo-system/openai-secret is missing'
    const answer = await answerOf({
      type: 'unavailable',
      code: 'configuration-error',
      status: 500,
      message,
    })
    expect(answer.status).toBe(500)
    expect(await answer.text()).toBe(message)
  })

  test('a destination that is unavailable answers its share', async () => {
    const unavailable = {
      type: 'unavailable',
      code: 'backend-not-found',
      status: 500,
      message: 'Service default/none does not exist',
    } as const
    const forward = createForward(createBackend([]))
    const answer = await answerOf({ ...forward, destinations: [{ weight: 1, unavailable }] })
    expect(answer.status).toBe(500)
    expect(await answer.text()).toBe(unavailable.message)
  })

  test.each([
    [{}, /^http:\/\/127\.0\.0\.1:\d+\/new\/x\?q=1$/],
    [{ stripQuery: true, host: 'other.org' }, /^http:\/\/other\.org\/new\/x$/],
    [{ port: 'listener', host: 'other.org' }, /^http:\/\/other\.org:8081\/new\/x\?q=1$/],
    [{ scheme: 'https', port: 'default' }, /^https:\/\/127\.0\.0\.1\/new\/x\?q=1$/],
    [{ port: 80, host: 'other.org:1' }, /^http:\/\/other\.org\/new\/x\?q=1$/],
    [{ scheme: 'http', host: 'other.org' }, /^http:\/\/other\.org\/new\/x\?q=1$/],
    [{ scheme: 'https', port: 8443 }, /^https:\/\/127\.0\.0\.1:8443\/new\/x\?q=1$/],
  ] as const)('redirects lead to the new place: %o', async (changes, location) => {
    const answer = await answerOf({
      type: 'redirect',
      config: { ...redirect, ...changes },
      rewritePath: (path) => path.replace('/old', '/new'),
    })
    expect(answer.status).toBe(301)
    expect(answer.headers.get('location')).toMatch(location)
  })
})
