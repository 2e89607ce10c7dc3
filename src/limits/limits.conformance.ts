import { expect, test } from 'vitest'
import type { Claim, CounterStore, Window } from './counter-store.ts'

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

  describeReservations(open, freshKey)
}

const reading = { cost: 0, window: 'hour' } as const

async function totalOf(store: CounterStore, key: string, nowMs = halfPast) {
  return (await store.add([{ key, ...reading }], nowMs))[0]
}

const claim = (key: string, cost: number, limit: number, window: Window = 'hour') => ({
  ...{ key, cost, limit, window },
})

async function reserved(store: CounterStore, claims: readonly Claim[], nowMs = halfPast) {
  const result = await store.reserve(claims, nowMs)
  if (result.type !== 'reserved') throw new Error(`not reserved: ${JSON.stringify(result)}`)
  return result.reservation
}

function describeReservations(
  open: () => CounterStore | Promise<CounterStore>,
  freshKey: () => string,
): void {
  test('what fits its limit exactly is reserved, and what does not is not counted', async () => {
    const store = await open()
    const key = freshKey()
    expect(await store.reserve([claim(key, 60, 100)], halfPast)).toMatchObject({
      ...{ type: 'reserved', totals: [60] },
    })
    expect(await store.reserve([claim(key, 41, 100)], halfPast)).toEqual({
      ...{ type: 'over-limit', over: 0, totals: [60] },
    })
    expect(await store.reserve([claim(key, 40, 100)], halfPast)).toMatchObject({ totals: [100] })
    expect(await totalOf(store, key)).toBe(100)
  })

  test('all claims are reserved, or none', async () => {
    const store = await open()
    const [wide, narrow] = [freshKey(), freshKey()]
    const claims = [claim(wide, 5, 100, 'day'), claim(narrow, 5, 9)]
    expect(await store.reserve(claims, halfPast)).toMatchObject({ totals: [5, 5] })
    expect(await store.reserve(claims, halfPast)).toEqual({
      ...{ type: 'over-limit', over: 1, totals: [5, 5] },
    })
    expect((await store.add([{ key: wide, cost: 0, window: 'day' }], halfPast))[0]).toBe(5)
  })

  test('claims on the same counter count together', async () => {
    const store = await open()
    const key = freshKey()
    const both = [claim(key, 6, 10), claim(key, 5, 10)]
    expect(await store.reserve(both, halfPast)).toMatchObject({ type: 'over-limit', over: 1 })
    expect(await totalOf(store, key)).toBe(0)
  })

  test('nothing to reserve is reserved', async () => {
    const store = await open()
    expect(await store.reserve([], halfPast)).toMatchObject({ type: 'reserved', totals: [] })
  })

  test('settling takes what was used for what was reserved, more or less, and once', async () => {
    const store = await open()
    const [less, more] = [freshKey(), freshKey()]
    const reservation = await reserved(store, [claim(less, 50, 100), claim(more, 50, 100)])
    reservation.settle([20, 170], halfPast + 1000)
    reservation.settle([1, 1], halfPast + 2000)
    expect([await totalOf(store, less), await totalOf(store, more)]).toEqual([20, 170])
    expect(await store.reserve([claim(less, 81, 100)], halfPast)).toMatchObject({ over: 0 })
    const again = await reserved(store, [claim(less, 80, 100)])
    again.settle([0], halfPast)
    expect(await totalOf(store, less)).toBe(20)
  })

  test('a reservation and hits of the same counter see each other', async () => {
    const store = await open()
    const key = freshKey()
    await store.add([{ key, cost: 30, window: 'hour' }], halfPast)
    expect(await store.reserve([claim(key, 71, 100)], halfPast)).toMatchObject({ totals: [30] })
    await reserved(store, [claim(key, 70, 100)])
    expect((await store.add([{ key, cost: 1, window: 'hour' }], halfPast))[0]).toBe(101)
  })

  test('what is settled after its window changes no later one', async () => {
    const store = await open()
    const key = freshKey()
    const reservation = await reserved(store, [claim(key, 5, 10)])
    await reserved(store, [claim(key, 3, 10)], halfPast + hour)
    reservation.settle([100], halfPast + hour)
    expect(await totalOf(store, key, halfPast + hour)).toBe(3)
  })

  test('calls at the same time never exceed the limit together, and leave nothing unused', async () => {
    const stores = [await open(), await open()] as const
    const [key, other] = [freshKey(), freshKey()]
    const calls = Array.from({ length: 200 }, (_, call) => {
      const claims = [claim(key, 7, 350), claim(other, 1, 1000)]
      return stores[call % 2 === 0 ? 0 : 1].reserve(claims, halfPast)
    })
    const types = (await Promise.all(calls)).map(({ type }) => type)
    expect(types.filter((type) => type === 'reserved')).toHaveLength(50)
    expect(await totalOf(stores[0], key)).toBe(350)
    expect(await totalOf(stores[1], other)).toBe(50)
  })

  test('reservations above 32 bits are exact', async () => {
    const store = await open()
    const key = freshKey()
    const large = 2 ** 45 + 1
    const reservation = await reserved(store, [claim(key, large, 2 ** 46)])
    expect(await totalOf(store, key)).toBe(large)
    reservation.settle([large + 2], halfPast)
    expect(await totalOf(store, key)).toBe(large + 2)
  })
}
