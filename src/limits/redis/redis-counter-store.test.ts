import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { describeCounterStore } from '../limits.conformance.ts'
import { placeOf } from './counter-place.ts'
import { type RedisCounterOptions, RedisCounterStore } from './redis-counter-store.ts'
import { RedisServer } from './testing/redis-server.ts'

const nowMs = Date.UTC(2026, 10, 20, 9, 30)
let owners = 0

function openStore(url: string, options: Partial<RedisCounterOptions> = {}): RedisCounterStore {
  return new RedisCounterStore({
    ...{ url, timeoutMs: 2000, leaseMs: 30_000, owner: `owner ${++owners}` },
    onChange: () => undefined,
    ...options,
  })
}

function storeOfTest(url: string, options: Partial<RedisCounterOptions> = {}): RedisCounterStore {
  const store = openStore(url, options)
  onTestFinished(() => store.close())
  return store
}

async function serverOfTest(flags: readonly string[] = []): Promise<RedisServer> {
  const server = await RedisServer.start(flags)
  onTestFinished(() => server.kill())
  return server
}

async function clientOfTest(url: string): Promise<Redis> {
  const client = new Redis(url)
  onTestFinished(() => client.disconnect())
  return client
}

const hit = (key: string, cost = 1) => ({ key, cost, window: 'hour' }) as const
const claim = (key: string, cost: number, limit = 100) => ({ ...hit(key, cost), limit })

async function reserve(store: RedisCounterStore, key: string, cost: number) {
  const result = await store.reserve([claim(key, cost)], nowMs)
  return result.type === 'reserved' ? result.reservation : undefined
}

describe('a Redis server', () => {
  const stores: RedisCounterStore[] = []
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(async () => {
    for (const store of stores) store.close()
    await server.kill()
  })

  describe('is a counter store', () => {
    describeCounterStore(() => {
      const store = openStore(server.url)
      stores.push(store)
      return store
    })
  })

  test('holds no key in clear, and forgets every key some time after its window', async () => {
    const store = storeOfTest(server.url)
    await store.add([hit('Bearer secret')], nowMs)
    await store.reserve([claim('Bearer secret', 5)], nowMs)
    const client = await clientOfTest(server.url)
    const keys = await client.keys('*')
    expect(keys.join()).not.toContain('secret')
    for (const key of keys) {
      expect(key).toMatch(/^sluice:\{limits\}:/)
      expect(await client.pttl(key)).toBeGreaterThan(0)
    }
  })

  test('gives back what was reserved by an owner that has died', async () => {
    const [lost, living] = [
      storeOfTest(server.url, { leaseMs: 50 }),
      storeOfTest(server.url, { leaseMs: 50 }),
    ]
    expect(await reserve(lost, 'lost', 90)).toBeDefined()
    expect(await reserve(living, 'lost', 20)).toBeUndefined()
    lost.close()
    await vi.waitUntil(() => reserve(living, 'lost', 20), { timeout: 5000 })
    expect(await living.add([hit('lost', 0)], nowMs)).toEqual([20])
  })

  test('keeps what is reserved for as long as its owner lives', async () => {
    const store = storeOfTest(server.url, { leaseMs: 200 })
    const reservation = await reserve(store, 'kept', 90)
    const client = await clientOfTest(server.url)
    const leases = `${placeOf('kept', 'hour', nowMs).keys[1]}`
    const endOfLease = async () => Number((await client.zrange(leases, '0', '0', 'WITHSCORES'))[1])
    const firstMs = await endOfLease()
    await vi.waitUntil(async () => (await endOfLease()) > firstMs + 600, { timeout: 10_000 })
    expect(await reserve(store, 'kept', 20)).toBeUndefined()
    reservation?.settle([1], nowMs)
    expect(await store.add([hit('kept', 0)], nowMs)).toEqual([1])
  })

  test('has what was settled last when its owner has waited for that', async () => {
    const leaving = storeOfTest(server.url)
    const reservation = await reserve(leaving, 'last', 90)
    reservation?.settle([7], nowMs)
    await leaving.flush()
    leaving.close()
    const client = await clientOfTest(server.url)
    expect(await client.get(placeOf('last', 'hour', nowMs).keys[0])).toBe('7')
  })

  test('counts what was used of a reservation that has ended by itself', async () => {
    const store = storeOfTest(server.url, { leaseMs: 2_000_000 })
    const reservation = await reserve(store, 'late', 60)
    const client = await clientOfTest(server.url)
    for (const key of await client.keys('*:reserved')) await client.del(key)
    await store.add([hit('late', -60)], nowMs)
    reservation?.settle([7], nowMs)
    expect(await store.add([hit('late', 0)], nowMs)).toEqual([7])
  })
})

test('what a server has lost while it was reserved makes no counter less than nothing', async () => {
  const server = await serverOfTest()
  const store = storeOfTest(server.url)
  const reservation = await reserve(store, 'evicted', 60)
  const client = await clientOfTest(server.url)
  await client.del(placeOf('evicted', 'hour', nowMs).keys[0])
  reservation?.settle([7], nowMs)
  await vi.waitUntil(async () => (await store.add([hit('evicted', 0)], nowMs))[0] !== 0)
  expect(await store.add([hit('evicted', 0)], nowMs)).toEqual([7])
})

test('a server without memory left lets nobody through for it', async () => {
  const server = await serverOfTest(['--maxmemory-policy', 'noeviction'])
  const store = storeOfTest(server.url)
  expect(await store.add([hit('known')], nowMs)).toEqual([1])
  const client = await clientOfTest(server.url)
  await client.config('SET', 'maxmemory', '1')
  expect(await store.add([hit('known'), hit('new')], nowMs)).toEqual([Infinity, Infinity])
  expect(await store.reserve([claim('new', 1)], nowMs)).toEqual({ type: 'full' })
  expect([store.uncountedHits, store.connected]).toEqual([3, true])
  await client.config('SET', 'maxmemory', '0')
  expect(await store.add([hit('known')], nowMs)).toEqual([2])
})

test('what ends while a server has no memory left is settled when it has', async () => {
  const server = await serverOfTest(['--maxmemory-policy', 'noeviction'])
  const store = storeOfTest(server.url, { leaseMs: 300 })
  const reservation = await reserve(store, 'held', 60)
  const client = await clientOfTest(server.url)
  await client.config('SET', 'maxmemory', '1')
  reservation?.settle([7], nowMs)
  await store.flush()
  const [counter, leases] = placeOf('held', 'hour', nowMs).keys
  expect([await client.get(counter), await client.zcard(leases)]).toEqual(['60', 1])
  await client.config('SET', 'maxmemory', '0')
  await vi.waitUntil(async () => (await client.get(counter)) === '7', { timeout: 5000 })
  expect(await client.zcard(leases)).toBe(0)
})

test('a server that goes and comes back is away in between, and heals without help', async () => {
  const server = await serverOfTest()
  const changes: boolean[] = []
  const store = storeOfTest(server.url, { onChange: (connected) => changes.push(connected) })
  expect(await store.add([hit('a')], nowMs)).toEqual([1])
  const reservation = await reserve(store, 'held', 40)
  await server.kill()
  await vi.waitUntil(() => !store.connected)
  expect(await store.add([hit('a'), hit('b')], nowMs)).toEqual([undefined, undefined])
  expect((await store.reserve([claim('a', 1)], nowMs)).type).toBe('unavailable')
  expect(store.uncountedHits).toBe(3)
  reservation?.settle([12], nowMs)
  await server.restart()
  await vi.waitUntil(() => store.connected, { timeout: 10_000 })
  // The counters were lost with the server; what was settled in between was kept here.
  expect(await store.add([hit('a')], nowMs)).toEqual([1])
  await vi.waitUntil(async () => (await store.add([hit('held', 0)], nowMs))[0] === 12)
  expect(changes).toEqual([true, false, true])
})

test('many calls that end while the server is away are all settled when it is back', async () => {
  const server = await serverOfTest()
  const store = storeOfTest(server.url)
  const open = await Promise.all(
    Array.from({ length: 1000 }, () => store.reserve([claim('many', 1, 1000)], nowMs)),
  )
  await server.kill()
  await vi.waitUntil(() => !store.connected)
  for (const result of open) {
    if (result.type === 'reserved') result.reservation.settle([3], nowMs)
  }
  await server.restart()
  const total = () => store.add([hit('many', 0)], nowMs)
  await vi.waitUntil(async () => (await total())[0] === 3000, { timeout: 10_000 })
})

test('a server that is away at the start is used when it comes', async () => {
  const server = await serverOfTest()
  await server.kill()
  const reasons: string[] = []
  const store = storeOfTest(server.url, { onChange: (_, reason) => reasons.push(reason) })
  expect(await store.add([hit('a')], nowMs)).toEqual([undefined])
  expect(reasons).toEqual(['ECONNREFUSED'])
  await server.restart()
  await vi.waitUntil(() => store.connected, { timeout: 10_000 })
  expect(await store.add([hit('a')], nowMs)).toEqual([1])
})

test('a server that answers nothing holds up the requests of one moment only', async () => {
  const server = await serverOfTest()
  const store = storeOfTest(server.url, { timeoutMs: 100 })
  expect(await store.add([hit('a')], nowMs)).toEqual([1])
  server.freeze()
  onTestFinished(() => server.resume())
  expect(await store.add([hit('a')], nowMs)).toEqual([undefined])
  expect(store.connected).toBe(false)
  const calls = Array.from({ length: 100 }, () => store.add([hit('a')], nowMs))
  const first = await Promise.race([...calls, new Promise((resolve) => setTimeout(resolve, 50))])
  expect(first).toEqual([undefined])
  server.resume()
  await vi.waitUntil(() => store.connected, { timeout: 10_000 })
})

test('a wrong password is a server that is away, and the reason does not show it', async () => {
  const server = await serverOfTest(['--requirepass', 'right-password'])
  const reasons: string[] = []
  const onChange = (_: boolean, reason: string) => reasons.push(reason)
  const wrong = server.url.replace('//', '//:wrong-password@')
  const store = storeOfTest(wrong, { onChange })
  expect(await store.add([hit('a')], nowMs)).toEqual([undefined])
  expect(reasons.join()).not.toContain('password')
  const right = storeOfTest(server.url.replace('//', '//:right-password@'))
  expect(await right.add([hit('a')], nowMs)).toEqual([1])
})
