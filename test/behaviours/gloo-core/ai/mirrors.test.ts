import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../../harness/wait-until.ts'
import { AiBench, at, lastOf, question } from './ai-bench.ts'

let bench: AiBench
beforeAll(async () => {
  bench = await AiBench.start()
})
afterAll(() => bench.stop())

const secretive = { ...question, messages: [{ role: 'user', content: 'call 4111 1111 1111 1111' }] }
const promptGuard = { request: { regex: { action: 'MASK', builtins: ['CREDIT_CARD'] } } }
const shadowing = (name: string) => ({
  shadowing: { upstream: { name, namespace: 'default' }, percentage: 100 },
})

test('copies of calls to models are masked as the calls are, and hold no credential', async () => {
  const [model, shadow] = [await bench.model(), await bench.model()]
  await bench.edge.upstreamAt('shadow', [shadow.port])
  const openai = { authToken: { inline: 'sk-held' }, customHost: at(model) }
  const status = await bench.serve(
    'copied',
    { openai },
    { ai: { promptGuard }, ...shadowing('shadow') },
  )
  expect(status.state).toBe('Accepted')
  await bench.ask('copied', secretive, { authorization: 'Bearer of-the-client', 'api-key': 'k' })
  await waitUntil('the copy', () => shadow.requests.length === 1)
  expect(lastOf(shadow).body).toBe(lastOf(model).body)
  expect(lastOf(shadow).body).not.toContain('4111')
  expect(JSON.stringify(lastOf(shadow).headers)).not.toMatch(/of-the-client|sk-held|api-key/)
})

test('no copies go to models', async () => {
  const [model, other] = [await bench.model(), await bench.model()]
  await bench.serve('other', { openai: { customHost: at(other) } })
  const ai = { openai: { customHost: at(model) } }
  const status = await bench.serve('uncopied', ai, shadowing('other'))
  expect(status).toMatchObject({
    state: 'Rejected',
    reason: expect.stringContaining('default.other is a provider of language models'),
  })
  expect((await bench.ask('uncopied')).status).toBe(200)
  expect((await bench.ask('other')).status).toBe(200)
  expect(other.requests).toHaveLength(1)
})
