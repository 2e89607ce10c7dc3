import { describe, expect, test } from 'vitest'
import type { Endpoint, LoadBalancer } from '../../../ir/backend.ts'
import { EndpointTable } from '../../../link/endpoint-table.ts'
import { createEndpoint } from '../../testing/compiled-parts.ts'
import { EndpointRuntime } from '../endpoints/endpoint-runtime.ts'
import { countResult, eject } from '../endpoints/outlier-detection.ts'
import { AvailableEndpoints } from './available-endpoints.ts'
import { createBalancer } from './create-balancer.ts'
import { hashText } from './hash-text.ts'

const table = () => EndpointTable.create({ rows: 64, workers: 1 }, 0)

function createEndpoints(changes: readonly Partial<Endpoint>[], shared = table()) {
  return changes.map(
    (change, row) =>
      new EndpointRuntime(createEndpoint(1000 + row, change), {
        row: { table: shared, row },
        workerIndex: 0,
        provider: undefined,
        createClient: () => {
          throw new Error('nothing is sent')
        },
      }),
  )
}

/** A reproducible sequence in `[0, 1)`. */
function createRandom(): () => number {
  let count = 0
  return () => {
    count += 1
    return hashText(String(count)) / 2 ** 32
  }
}

function share(config: LoadBalancer, weights: readonly number[], hash?: (index: number) => number) {
  const endpoints = createEndpoints(weights.map((weight) => ({ weight })))
  const balancer = createBalancer(config, createRandom())
  const counts = weights.map(() => 0)
  for (let index = 0; index < 6_000; index += 1) {
    const chosen = balancer.pick(endpoints, hash?.(index))
    const at = endpoints.indexOf(chosen as EndpointRuntime)
    counts[at] = (counts[at] ?? 0) + 1
  }
  return counts.map((count) => count / 6_000)
}

describe('weights are kept by', () => {
  const ring = { type: 'ring-hash', minimumRingSize: 1024, maximumRingSize: 8192 } as const
  const byText = (index: number) => hashText(`client ${index}`)
  test('round-robin', () => {
    expect(share({ type: 'round-robin' }, [1, 2, 3])).toEqual([1 / 6, 2 / 6, 3 / 6])
    expect(share({ type: 'round-robin' }, [1, 1, 1])).toEqual([1 / 3, 1 / 3, 1 / 3])
  })
  test.each([
    ['random', { type: 'random' }],
    ['ring-hash', ring],
    ['maglev', { type: 'maglev' }],
  ] as const)('%s', (_name, config) => {
    const [first = 0, second = 0, third = 0] = share(config, [1, 2, 3], byText)
    expect(first).toBeGreaterThan(0.1)
    expect(first).toBeLessThan(0.25)
    expect(second).toBeGreaterThan(0.25)
    expect(second).toBeLessThan(0.42)
    expect(third).toBeGreaterThan(0.4)
  })
})

test.each([
  { type: 'ring-hash', minimumRingSize: 1024, maximumRingSize: 8192 } as const,
  { type: 'maglev' } as const,
])('$type: an endpoint that goes moves few others', (config) => {
  const endpoints = createEndpoints([{}, {}, {}, {}])
  const balancer = createBalancer(config, Math.random)
  const hashes = Array.from({ length: 1_000 }, (_, index) => hashText(`client ${index}`))
  const before = hashes.map((hash) => balancer.pick(endpoints, hash))
  expect(hashes.map((hash) => balancer.pick(endpoints, hash))).toEqual(before)
  const rest = endpoints.slice(0, 3)
  const after = hashes.map((hash) => balancer.pick(rest, hash))
  const gone = endpoints[3]
  const moved = before.filter((was, index) => was !== gone && was !== after[index]).length
  expect(moved).toBeLessThan(150)
})

test('least-request goes to the idle endpoint', () => {
  const endpoints = createEndpoints([{}, {}])
  for (let count = 0; count < 5; count += 1) endpoints[0]?.countRequest(1)
  const balancer = createBalancer({ type: 'least-request', choiceCount: 8 }, createRandom())
  expect(balancer.pick(endpoints, undefined)).toBe(endpoints[1])
})

describe('endpoints that are down', () => {
  test('get nothing, until too many are', () => {
    const shared = table()
    const endpoints = createEndpoints([{}, {}, {}, {}], shared)
    const available = new AvailableEndpoints(endpoints, 50)
    expect(available.choose(0, Math.random)).toHaveLength(4)
    shared.setHealthy(0, false)
    shared.setHealthy(1, false)
    expect(available.choose(0, Math.random)).toEqual(endpoints.slice(2))
    shared.setHealthy(2, false)
    expect(available.choose(0, Math.random)).toHaveLength(4)
  })

  test('leave nothing when the panic threshold is off', () => {
    const shared = table()
    const available = new AvailableEndpoints(createEndpoints([{}], shared), 0)
    shared.setHealthy(0, false)
    expect(available.choose(0, Math.random)).toEqual([])
  })

  test('hand their share to the next priority as their number grows', () => {
    const shared = table()
    const endpoints = createEndpoints([{}, {}, { priority: 1 }], shared)
    const available = new AvailableEndpoints(endpoints, 0)
    const random = createRandom()
    const secondShare = () => {
      let second = 0
      for (let count = 0; count < 2_000; count += 1) {
        if (available.choose(0, random)[0] === endpoints[2]) second += 1
      }
      return second / 2_000
    }
    expect(secondShare()).toBe(0)
    shared.setHealthy(0, false)
    // Half of them healthy, times 1.4, is 70 %.
    expect(secondShare()).toBeCloseTo(0.3, 1)
    shared.setHealthy(1, false)
    expect(secondShare()).toBe(1)
  })

  test('come back when their ejection ends', () => {
    const shared = table()
    const endpoints = createEndpoints([{}, {}], shared)
    const available = new AvailableEndpoints(endpoints, 0)
    shared.setEjectedUntilMs(0, 30_000)
    expect(available.choose(1_000, Math.random)).toEqual([endpoints[1]])
    expect(available.choose(30_000, Math.random)).toHaveLength(2)
  })
})

describe('outlier detection', () => {
  const config = {
    consecutive5xx: 3,
    consecutiveGatewayFailure: 2,
    intervalMs: 10_000,
    baseEjectionTimeMs: 30_000,
    maxEjectionTimeMs: 70_000,
    maxEjectionPercent: 50,
  }
  const one = () => createEndpoints([{}])[0] as EndpointRuntime

  test('counts consecutive failures and starts anew after a success', () => {
    const endpoint = one()
    const results = ['5xx', '5xx', 'success', '5xx', '5xx', '5xx'] as const
    expect(results.map((result) => countResult(endpoint, result, config))).toEqual([
      ...[false, false, false, false, false, true],
    ])
  })

  test('counts gateway failures apart', () => {
    const endpoint = one()
    expect(countResult(endpoint, 'gateway-failure', config)).toBe(false)
    expect(countResult(endpoint, '5xx', config)).toBe(false)
    expect(countResult(endpoint, 'gateway-failure', { ...config, consecutive5xx: 0 })).toBe(false)
    expect(countResult(endpoint, 'gateway-failure', { ...config, consecutive5xx: 0 })).toBe(true)
  })

  test('ejects longer each time, up to the maximum', () => {
    const endpoint = one()
    const { table: shared, row } = endpoint.row
    let nowMs = 0
    const lengths: number[] = []
    for (let count = 0; count < 3; count += 1) {
      eject(endpoint, nowMs, config)
      lengths.push(shared.ejectedUntilMs(row) - nowMs)
      nowMs = shared.ejectedUntilMs(row)
    }
    expect(lengths).toEqual([30_000, 60_000, 70_000])
  })

  test('never takes out more than its share, but always one', () => {
    const shared = table()
    const endpoints = createEndpoints([{}, {}], shared)
    const available = new AvailableEndpoints(endpoints, 50)
    expect(available.mayEject(0, 10)).toBe(true)
    shared.setEjectedUntilMs(0, 1_000)
    expect(available.mayEject(0, 50)).toBe(false)
    expect(available.mayEject(0, 51)).toBe(true)
    expect(available.mayEject(0, 0)).toBe(false)
  })
})
