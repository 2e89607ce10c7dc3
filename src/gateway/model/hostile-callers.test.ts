import { describe, expect, test } from 'vitest'
import { noteKeptTokens } from '../../policies/kept-tokens.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import { ReplayBudget } from '../request/replay-budget.ts'
import { ModelFixture, type ModelFixtureOptions } from '../testing/model-fixture.ts'
import { exchangeBytes } from '../testing/raw-bytes.ts'

const reader: CompiledPolicy = {
  type: 'prompt-guard',
  readsModelCall: 'required',
  onModelRequest: () => undefined,
}

describe('a realtime connection', () => {
  const switching =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
  const upgrade = [
    'GET /openai/v1/realtime?model=gpt-realtime&key=of-the-client HTTP/1.1',
    'Host: a',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.of-the-client',
    '\r\n',
  ].join('\r\n')

  test('is opened with the held credential and none of the client', async () => {
    const fixture = await ModelFixture.start({ switching, action: { websocket: true } })
    expect(await exchangeBytes(fixture.gateway.port, upgrade)).toContain('101 Switching')
    const [seen] = fixture.seen
    expect(seen?.url).toBe('/v1/realtime?model=gpt-realtime')
    expect(seen?.headers).toMatchObject({
      authorization: 'Bearer sk-held',
      'sec-websocket-protocol': 'realtime',
    })
    expect(JSON.stringify(seen)).not.toContain('of-the-client')
  })

  test('is refused where a policy must read what is said', async () => {
    const fixture = await ModelFixture.start({
      switching,
      action: { websocket: true },
      policies: [reader],
    })
    const answer = await exchangeBytes(fixture.gateway.port, upgrade)
    expect(answer).toMatch(/^HTTP\/1.1 403 /)
    expect(answer).toContain('the prompt-guard policy')
    expect(fixture.seen).toEqual([])
  })
})

describe('long bodies', () => {
  const ask = (length: number) => ({
    model: 'm',
    messages: [{ role: 'user', content: 'x'.repeat(length) }],
  })

  test('share a budget, which is whole again after each', async () => {
    const replayBudget = new ReplayBudget(300_000)
    const fixture = await ModelFixture.start({ replayBudget })
    expect((await fixture.post(ask(200_000))).status).toBe(200)
    await fixture.gateway.record(1)
    expect(replayBudget.leftBytes).toBe(300_000)
    const refused = await fixture.post(ask(600_000))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.json()).toMatchObject({ error: { code: 'overloaded' } })
    await fixture.gateway.record(2)
    expect(replayBudget.leftBytes).toBe(300_000)
    expect((await fixture.post(ask(1_000))).status).toBe(200)
    expect(fixture.seen).toHaveLength(2)
  })

  test('are refused above the limit', async () => {
    const fixture = await ModelFixture.start()
    expect((await fixture.post(ask(33 * 1024 * 1024))).status).toBe(413)
    expect(fixture.seen).toEqual([])
  })
})

test('a token that a policy keeps reaches no provider, unless it is what the provider is shown', async () => {
  const keeping: CompiledPolicy = {
    type: 'jwt',
    onRequestHead(context) {
      noteKeptTokens(context, (bearer, staysIn) => {
        for (const name of ['authorization', 'x-token']) {
          if (!staysIn(name)) bearer.headers.remove(name)
        }
        bearer.query = bearer.query.replace('mine=of-the-client', 'mine=')
      })
      return undefined
    },
  }
  const shown = async (credential: NonNullable<ModelFixtureOptions['credential']>) => {
    const fixture = await ModelFixture.start({ policies: [keeping], credential })
    await fixture.post({ model: 'm', input: 'a' }, '/openai/v1/embeddings?mine=of-the-client', {
      'x-token': 'of-the-client',
      authorization: 'Bearer of-the-client',
    })
    const [seen] = fixture.seen
    expect([seen?.url, seen?.headers['x-token']]).toEqual(['/v1/embeddings?mine=', undefined])
    return seen?.headers.authorization
  }
  expect(await shown({ type: 'token', token: 'sk-held' })).toBe('Bearer sk-held')
  expect(await shown({ type: 'passthrough' })).toBe('Bearer of-the-client')
})
