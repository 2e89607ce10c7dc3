import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import type { Window } from '../counter-store.ts'
import { describeCounterStore } from '../limits.conformance.ts'
import { type CounterMemory, createCounterMemory } from './counter-memory.ts'
import { MemoryCounterStore, releaseReservations } from './memory-counter-store.ts'
import { firstSlotCell, layout } from './table-layout.ts'
import type { HammerTask } from './testing/hammer-thread.ts'

const secret = new Uint8Array(16).fill(7)
const nowMs = Date.UTC(2026, 10, 20, 9, 30)

describe('the table in shared memory is a counter store', () => {
  const memory = createCounterMemory(1024, secret)
  describeCounterStore(() => new MemoryCounterStore(memory))
})

const addOne = (store: MemoryCounterStore, key: string, timeMs = nowMs, window: Window = 'hour') =>
  store.add([{ key, cost: 1, window }], timeMs)[0]

function usedSlots(memory: CounterMemory): number {
  const cells = new Int32Array(memory.counters)
  let used = 0
  for (let cell = firstSlotCell; cell < cells.length; cell += layout.slotCells) {
    if (cells[cell] !== 0) used += 1
  }
  return used
}

/** Runs the same task in several threads at once and returns all totals that they saw, per key. */
async function hammer(threads: number, task: HammerTask): Promise<(number | undefined)[][]> {
  const script = new URL('./testing/hammer-thread.ts', import.meta.url)
  const workers = Array.from({ length: threads }, () => new Worker(script, { workerData: task }))
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const answers = workers.map((worker) => once(worker, 'message'))
  for (const worker of workers) worker.postMessage('go')
  const rounds = (await Promise.all(answers)).flatMap(
    ([totals]) => totals as (number | undefined)[][],
  )
  await Promise.all(workers.map((worker) => worker.terminate()))
  return task.keys.map((_, key) => rounds.map((totals) => totals[key]))
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const sorted = (totals: readonly (number | undefined)[]) =>
  totals.toSorted((left = 0, right = 0) => left - right)

test('threads that hammer the same counters see every total exactly once', async () => {
  const memory = createCounterMemory(256, secret)
  const keys = ['one', 'two', 'three']
  const seen = await hammer(4, { memory, keys, rounds: 5000, nowMs })
  for (const totals of seen) expect(sorted(totals)).toEqual(upTo(20_000))
  expect(usedSlots(memory)).toBe(3)
})

test('threads that meet new counters at the same time make each of them once', async () => {
  const memory = createCounterMemory(4096, secret)
  const keys = Array.from({ length: 2000 }, (_, index) => `client ${index}`)
  const seen = await hammer(4, { memory, keys, rounds: 2, nowMs })
  for (const totals of seen) expect(sorted(totals)).toEqual(upTo(8))
  expect(usedSlots(memory)).toBe(2000)
})

test('slots of windows that are over are used again by threads that race for them', async () => {
  const memory = createCounterMemory(512, secret)
  const old = Array.from({ length: 400 }, (_, index) => `old ${index}`)
  const store = new MemoryCounterStore(memory)
  for (const key of old) addOne(store, key)
  const keys = Array.from({ length: 300 }, (_, index) => `new ${index}`)
  const seen = await hammer(4, { memory, keys, rounds: 50, nowMs: nowMs + 2 * 3_600_000 })
  for (const totals of seen) expect(sorted(totals)).toEqual(upTo(200))
})

test('in a full table counters that are not there share one, until windows end', () => {
  const store = new MemoryCounterStore(createCounterMemory(8, secret))
  for (let key = 0; key < 8; key += 1) expect(addOne(store, `${key}`)).toBe(1)
  expect(store.sharedHits).toBe(0)
  expect(addOne(store, 'ninth')).toBe(1)
  expect(addOne(store, 'tenth')).toBe(2)
  expect(store.sharedHits).toBe(2)
  expect(addOne(store, '3')).toBe(2)
  // Those of other windows are apart from them.
  expect(addOne(store, 'ninth', nowMs, 'minute')).toBe(1)
  expect(addOne(store, 'tenth', nowMs, 'day')).toBe(1)
  const nextHour = Date.UTC(2026, 10, 20, 10)
  expect(addOne(store, 'ninth', nextHour)).toBe(1)
  expect(addOne(store, 'tenth', nextHour)).toBe(2)
  expect(addOne(store, 'ninth', nextHour + 2000)).toBe(1)
})

test('one who makes more counters than there is room for switches no limit off', () => {
  const store = new MemoryCounterStore(createCounterMemory(256, secret))
  for (let caller = 0; caller < 5000; caller += 1) addOne(store, `made up ${caller}`)
  const totals = upTo(50).map((_, index) => addOne(store, 'other', nowMs + index))
  expect(totals.every((total, index) => total !== undefined && total > index)).toBe(true)
  const claims = [{ key: 'third', cost: 10, limit: 1000, window: 'hour' }] as const
  const reserved = upTo(101).filter(() => store.reserve(claims, nowMs).type === 'reserved')
  expect(reserved.length).toBeGreaterThan(0)
  expect(reserved.length).toBeLessThanOrEqual(100)
  expect(store.uncountedHits).toBe(0)
})

test('what is settled of a shared counter is given back, and not after its window', () => {
  const store = new MemoryCounterStore(createCounterMemory(1, secret))
  addOne(store, 'first')
  const results = [claimOn('a', 40), claimOn('b', 60)].map((each) => store.reserve([each], nowMs))
  expect(store.reserve([claimOn('c', 1)], nowMs).type).toBe('over-limit')
  const settle = (index: number, timeMs: number) => {
    const result = results[index]
    if (result?.type === 'reserved') result.reservation.settle([5], timeMs)
  }
  settle(0, nowMs)
  expect(addOne(store, 'c')).toBe(66)
  const laterMs = nowMs + 3_600_000
  addOne(store, 'another first', laterMs)
  expect(addOne(store, 'c', laterMs)).toBe(1)
  settle(1, laterMs)
  expect(addOne(store, 'c', laterMs)).toBe(2)
})

test('threads that share a counter count each hit once', async () => {
  const memory = createCounterMemory(1, secret)
  addOne(new MemoryCounterStore(memory), 'first')
  const seen = await hammer(4, { memory, keys: ['a', 'b'], rounds: 2000, nowMs })
  expect(sorted(seen.flat())).toEqual(upTo(16_000))
})

test('a live window is not evicted by shorter ones that come and go', () => {
  const store = new MemoryCounterStore(createCounterMemory(64, secret))
  const start = Date.UTC(2026, 10, 20)
  addOne(store, 'kept', start, 'day')
  for (let second = 0; second < 2000; second += 1) {
    expect(addOne(store, `${second}`, start + second * 1000, 'second')).toBe(1)
  }
  expect(addOne(store, 'kept', start + 2000_000, 'day')).toBe(2)
})

test('a thread that ended while it made a counter holds the others up for a moment only', () => {
  const memory = createCounterMemory(16, secret)
  const cells = new Int32Array(memory.counters)
  cells.fill(1, layout.headerCells, layout.headerCells + layout.lockCells)
  cells[firstSlotCell] = -1
  const store = new MemoryCounterStore(memory)
  expect(addOne(store, 'key')).toBe(1)
  expect(addOne(store, 'key')).toBe(2)
})

test('what the table holds tells nothing of keys without its secret', () => {
  const hashes = [1, 2].map((byte) => {
    const memory = createCounterMemory(1, new Uint8Array(16).fill(byte))
    addOne(new MemoryCounterStore(memory), 'alice')
    return new Int32Array(memory.counters)
      .slice(firstSlotCell + layout.hashCell, firstSlotCell + 6)
      .join()
  })
  expect(new Set(hashes).size).toBe(2)
})

const claimOn = (key: string, cost: number) => ({ key, cost, limit: 100, window: 'hour' }) as const

test('what a thread had reserved when it ended is given back, and nothing else', () => {
  const memory = createCounterMemory(64, secret, 3)
  const [lost, living] = [new MemoryCounterStore(memory, 1), new MemoryCounterStore(memory, 2)]
  lost.reserve([claimOn('a', 40), claimOn('b', 1)], nowMs)
  living.reserve([claimOn('a', 25)], nowMs)
  const settled = living.reserve([claimOn('a', 10)], nowMs)
  if (settled.type === 'reserved') settled.reservation.settle([5], nowMs)
  releaseReservations(memory, 1, nowMs)
  releaseReservations(memory, 1, nowMs)
  expect(living.add([{ key: 'a', cost: 0, window: 'hour' }], nowMs)).toEqual([30])
  expect(living.add([{ key: 'b', cost: 0, window: 'hour' }], nowMs)).toEqual([0])
})

test('what a thread had reserved in a window that is over changes no other counter', () => {
  const memory = createCounterMemory(1, secret)
  const store = new MemoryCounterStore(memory)
  store.reserve([claimOn('a', 40)], nowMs)
  const laterMs = nowMs + 3_600_000
  expect(addOne(store, 'b', laterMs)).toBe(1)
  releaseReservations(memory, 0, laterMs)
  expect(addOne(store, 'b', laterMs)).toBe(2)
})

test('reservations find room again when others are settled, and are refused when there is none', () => {
  const store = new MemoryCounterStore(createCounterMemory(64, secret))
  const free = { key: 'a', cost: 0, limit: 0, window: 'hour' } as const
  const thousand = Array.from({ length: 1024 }, () => free)
  const results = Array.from({ length: 17 }, () => store.reserve(thousand, nowMs))
  expect(results.map(({ type }) => type)).toEqual([
    ...Array.from({ length: 16 }, () => 'reserved'),
    'full',
  ])
  expect(store.uncountedHits).toBe(1)
  for (const result of results) {
    if (result.type === 'reserved') result.reservation.settle([], nowMs)
  }
  expect(store.reserve(thousand, nowMs).type).toBe('reserved')
})
