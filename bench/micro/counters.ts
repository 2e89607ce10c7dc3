import { HeaderList } from '../../src/lib/http/header-list.ts'
import { createCounterMemory } from '../../src/limits/memory/counter-memory.ts'
import { MemoryCounterStore } from '../../src/limits/memory/memory-counter-store.ts'
import { rateLimit } from '../../src/policies/rate-limit/index.ts'
import { policyServices, requestContext, testOrigin } from '../../src/policies/testing/context.ts'

/**
 * One hit on each of 1,000 counters in turn, in a table that has room for 262,144 and is empty, or in which half of all
 * slots are in use; a reservation, settled at once; and the whole policy for 1,000 users told apart by a header. Run: node bench/micro/counters.ts
 */
const slots = 262_144
const rounds = 500
const nowMs = Date.UTC(2026, 10, 20, 9, 30)

function timeOf(run: () => void, perRun: number): string {
  for (let round = 0; round < 50; round += 1) run()
  const startMs = performance.now()
  for (let round = 0; round < rounds; round += 1) run()
  return (((performance.now() - startMs) * 1e6) / (rounds * perRun)).toFixed(0)
}

function measurePolicy(): string {
  const limit = { requests: 1_000_000_000, window: 'day' } as const
  const node = { key: 'who', value: undefined, limit, weight: 0, alwaysApply: false, children: [] }
  const path = [{ type: 'header', key: 'who', header: 'x-user' }] as const
  const counters = new MemoryCounterStore(createCounterMemory(slots, Buffer.alloc(16, 7)))
  const policy = rateLimit.compile(
    {
      ...{ type: 'rate-limit', id: 'limits', origin: testOrigin, stage: 'regular' },
      ...{ denyOnFailure: false, responseHeaders: false },
      rules: [
        {
          ...{ origin: testOrigin, counterScope: 'limits.per-user', tree: [node], sets: [] },
          lookups: [{ path, set: undefined, override: undefined }],
          counting: { unit: 'requests', reserve: false, defaultOutputTokens: 1, prices: [] },
        },
      ],
    },
    policyServices({ counters, unixTimeMs: Date.now }),
  )
  if ('code' in policy) throw new Error(policy.message)
  const contexts = Array.from({ length: 1000 }, (_, index) =>
    requestContext({ headers: new HeaderList(['x-user', `client-${index}`]) }),
  )
  return timeOf(() => {
    for (const context of contexts) void policy.onRequestHead?.(context)
  }, contexts.length)
}

function measure(used: number): string {
  const store = new MemoryCounterStore(createCounterMemory(slots, Buffer.alloc(16, 7)))
  for (let index = 0; index < used; index += 1) {
    store.add([{ key: `other ${index}`, cost: 1, window: 'day' }], nowMs)
  }
  const keys = Array.from({ length: 1000 }, (_, index) => `limits.per-user who=client-${index}`)
  const run = () => {
    for (const key of keys) store.add([{ key, cost: 1, window: 'hour' }], nowMs)
  }
  return timeOf(run, keys.length)
}

function measureReservations(): string {
  const store = new MemoryCounterStore(createCounterMemory(slots, Buffer.alloc(16, 7)))
  const claims = Array.from({ length: 1000 }, (_, index) => [
    { key: `client-${index}`, cost: 100, limit: 1_000_000_000, window: 'day' as const },
  ])
  return timeOf(() => {
    for (const claim of claims) {
      const result = store.reserve(claim, nowMs)
      if (result.type === 'reserved') result.reservation.settle([7], nowMs)
    }
  }, claims.length)
}

process.stdout.write(`empty table: ${measure(0)} ns per hit\n`)
process.stdout.write(`half full table: ${measure(slots / 2)} ns per hit\n`)
process.stdout.write(`reserved and settled: ${measureReservations()} ns per call\n`)
process.stdout.write(`the whole policy: ${measurePolicy()} ns per request\n`)
