import { expect, test } from 'vitest'
import type { CounterStore, Window } from './counter-store.ts'

const hour = 3_600_000
/** Half past an hour, so that minutes and seconds have borders on both sides within the hour. */
const halfPast = Math.floor(Date.UTC(2026, 10, 20) / hour) * hour + hour / 2

/** What every {@link CounterStore} holds to. `open` gives a new view of the same counters each time it is called. */
export function describeCounterStore(open: () => CounterStore | Promise<CounterStore>): void {
  let tests = 0
  /** A key of this test alone: counters outlive tests. */
  const freshKey = () => `test ${++tests}`
  const addOne = async (
    store: CounterStore,
    hit: { key: string; cost?: number; window?: Window },
    nowMs = halfPast,
  ) => (await store.add([{ cost: 1, window: 'hour', ...hit }], nowMs))[0]

  test('a total is the sum of all costs so far, this one included', async () => {
    const store = await open()
    const key = freshKey()
    expect(await addOne(store, { key })).toBe(1)
    expect(await addOne(store, { key, cost: 41 })).toBe(42)
  })

  test('a cost of 0 reads the total', async () => {
    const store = await open()
    const key = freshKey()
    expect(await addOne(store, { key, cost: 0 })).toBe(0)
    await addOne(store, { key, cost: 3 })
    expect(await addOne(store, { key, cost: 0 })).toBe(3)
  })

  test('counters of different keys and windows are apart', async () => {
    const store = await open()
    const key = freshKey()
    await addOne(store, { key, cost: 5 })
    expect(await addOne(store, { key: `${key} ` })).toBe(1)
    for (const window of ['second', 'minute', 'day'] as const) {
      expect(await addOne(store, { key, window })).toBe(1)
    }
  })

  test('keys that read alike when joined to their window are apart', async () => {
    const store = await open()
    const key = freshKey()
    await addOne(store, { key: `${key}1`, window: 'minute' })
    expect(await addOne(store, { key, window: 'minute' })).toBe(1)
    expect(await addOne(store, { key: `1${key}`, window: 'minute' })).toBe(1)
  })

  test.each([
    ['second', 1000],
    ['minute', 60_000],
    ['hour', hour],
    ['day', 24 * hour],
  ] as const)('a %s begins on the clock and not with the first hit', async (window, lengthMs) => {
    const store = await open()
    const key = freshKey()
    const start = Math.ceil(halfPast / lengthMs) * lengthMs
    expect(await addOne(store, { key, window }, start + lengthMs - 2)).toBe(1)
    expect(await addOne(store, { key, window }, start + lengthMs - 1)).toBe(2)
    expect(await addOne(store, { key, window }, start + lengthMs)).toBe(1)
    expect(await addOne(store, { key, window }, start)).toBe(3)
  })

  test('several hits are counted in one call, in their order, each on its own', async () => {
    const store = await open()
    const [first, second] = [freshKey(), freshKey()]
    await addOne(store, { key: first, cost: 7 })
    const hits = [
      { key: second, cost: 2, window: 'hour' },
      { key: first, cost: 1, window: 'hour' },
      { key: second, cost: 2, window: 'hour' },
    ] as const
    expect(await store.add(hits, halfPast)).toEqual([2, 8, 4])
    expect(await store.add([], halfPast)).toEqual([])
  })

  test('totals above 32 bits are exact', async () => {
    const store = await open()
    const key = freshKey()
    await addOne(store, { key, cost: 4_294_967_295 })
    await addOne(store, { key, cost: 4_294_967_295 })
    expect(await addOne(store, { key })).toBe(8_589_934_591)
  })

  test('two views of the same counters count together', async () => {
    const [left, right] = [await open(), await open()]
    const key = freshKey()
    await addOne(left, { key, cost: 2 })
    expect(await addOne(right, { key })).toBe(3)
  })

  test('keys may be long and hold any character', async () => {
    const store = await open()
    const key = `${freshKey()}\0|^ü😀${'x'.repeat(10_000)}`
    await addOne(store, { key })
    expect(await addOne(store, { key })).toBe(2)
    expect(await addOne(store, { key: `${key}.` })).toBe(1)
  })
}
