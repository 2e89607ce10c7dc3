import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { RedisServer } from '../../../../src/limits/redis/testing/redis-server.ts'
import { waitUntil } from '../../../harness/wait-until.ts'
import type { EdgeBench } from '../../gloo-edge/edge-bench.ts'
import {
  ask,
  askAtOnce,
  callTokens,
  HeldModel,
  startLimited,
  usedTokens,
  withinOneDay,
} from './ai-token-bench.ts'

/** Fits fifty calls, and not quite one more. */
const budget = 50 * callTokens + callTokens - 1
const limit = { budget, annotations: { 'sluice.dev/count': 'total-tokens' } }
/** What fits beside fifty calls that are over. */
const fitLater = Math.floor((budget - 50 * usedTokens) / callTokens)

let model: HeldModel
beforeAll(async () => {
  model = await HeldModel.start()
})
afterAll(() => model.server?.close())

/** Fifty of two hundred calls at once; then, with those settled, what fits into the rest. */
async function expectExactly(benches: readonly EdgeBench[]): Promise<void> {
  const counts = await withinOneDay(async (user) => [
    await askAtOnce(benches, model, { user, count: 200 }),
    await askAtOnce(benches, model, { user, count: 200 }),
  ])
  expect(counts).toEqual([
    { 200: 50, 429: 150 },
    { 200: fitLater, 429: 200 - fitLater },
  ])
}

describe.each([1, 4])('with %i gateway threads', (workers) => {
  let bench: EdgeBench
  beforeAll(async () => {
    bench = await startLimited(model, limit, ['--workers', String(workers)])
  })
  afterAll(() => bench.stop())

  test('calls at the same time are let through as far as the budget goes, and no further', async () => {
    await expectExactly([bench])
  })
})

test('what a gateway thread had set aside when it was lost is given back', async () => {
  const hook = join(import.meta.dirname, '../../../harness/end-a-thread-on-signal.ts')
  const narrow = { ...limit, budget: callTokens }
  const bench = await startLimited(model, narrow, [], { NODE_OPTIONS: `--import ${hook}` })
  onTestFinished(() => bench.stop().then(() => undefined))
  const statuses = await withinOneDay(async (user) => {
    model.hold()
    const lost = ask(bench, user).then(
      ({ status }) => status,
      () => 'connection lost',
    )
    await waitUntil('a call at the model', () => Promise.resolve(model.calls === 1))
    const during = (await ask(bench, user)).status
    bench.sluice.child.kill('SIGUSR2')
    const end = await lost
    model.open()
    const afterwards = await waitUntil('the thread that takes its place', () =>
      ask(bench, user).then(
        ({ status }) => status,
        () => undefined,
      ),
    )
    return { during, end, afterwards }
  })
  expect(statuses).toEqual({ during: 429, end: 'connection lost', afterwards: 200 })
})

const metric = async (bench: EdgeBench) => {
  const url = `http://127.0.0.1:${bench.sluice.adminPort}/metrics`
  const text = await (await fetch(url)).text()
  return Number(/^sluice_limit_store_connected (\d+)$/m.exec(text)?.[1])
}

describe('two processes that count in one Redis', () => {
  let redis: RedisServer
  let open: EdgeBench
  let closed: EdgeBench
  beforeAll(async () => {
    redis = await RedisServer.start()
    const flags = ['--redis', redis.url, '--redis-timeout', '5000']
    open = await startLimited(model, limit, [...flags, '--workers', '2'])
    closed = await startLimited(model, limit, flags)
    await closed.apply({
      ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Settings' },
      metadata: { name: 'default', namespace: 'gloo-system' },
      spec: { ratelimitServer: { denyOnFail: true } },
    })
    for (const bench of [open, closed])
      await waitUntil('Redis', async () => (await metric(bench)) > 0)
  })
  afterAll(async () => {
    await Promise.all([open.stop(), closed.stop()])
    await redis.kill()
  })

  test('let through together what fits', async () => {
    await expectExactly([open, closed])
  })

  test('do what their settings say while it is away, and count again when it is back', async () => {
    model.hold()
    const running = ask(open, 'running')
    await waitUntil('a call at the model', () => Promise.resolve(model.calls === 1))
    await redis.kill()
    for (const bench of [open, closed]) {
      await waitUntil('Redis to be missed', async () => (await metric(bench)) === 0)
    }
    model.open()
    expect((await running).status).toBe(200)
    const passed = await Promise.all(Array.from({ length: 100 }, () => ask(open, 'away')))
    expect(new Set(passed.map(({ status }) => status))).toEqual(new Set([200]))
    const refused = await ask(closed, 'away')
    expect(refused.status).toBe(500)
    expect(refused.body).toContain('RateLimitConfig default/tokens')
    expect(open.sluice.output()).toContain('Redis of --redis is away')
    expect(JSON.stringify(await open.kube.get('/api/v1/namespaces/default/events'))).toContain(
      'Limits cannot be counted: the Redis server is away',
    )

    await redis.restart()
    await waitUntil('Redis to be found again', async () => {
      return (await metric(open)) === 2 && (await metric(closed)) === 1
    })
    expect(open.sluice.output()).toContain('Redis of --redis is back')
    await expectExactly([open, closed])
  })
})
