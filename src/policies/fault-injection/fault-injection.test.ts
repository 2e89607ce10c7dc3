import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FaultInjection } from '../../ir/policies/fault-injection.ts'
import type { CompiledPolicy } from '../policy.ts'
import { policyServices, requestContext, testOrigin } from '../testing/context.ts'
import { faultInjection } from './index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function compile(
  faults: Pick<FaultInjection, 'delay' | 'abort'>,
  random: () => number,
): CompiledPolicy {
  const config: FaultInjection = { type: 'fault-injection', id: 'f', origin: testOrigin, ...faults }
  const compiled = faultInjection.compile(config, policyServices({ random }))
  if ('code' in compiled) throw new Error(compiled.message)
  return compiled
}

const abort = { percentage: 30, status: 418 }
const delay = { percentage: 30, delayMs: 2000 }
const aborted = { code: 'fault-injected', status: 418, message: 'fault filter abort' }

test.each([
  [0, true],
  [0.299, true],
  [0.3, false],
  [0.999, false],
])('a request that draws %d is aborted at 30 percent: %s', (drawn, isAborted) => {
  const result = compile({ abort, delay: undefined }, () => drawn).onRequestHead?.(requestContext())
  if (isAborted) expect(result).toMatchObject(aborted)
  else expect(result).toBeUndefined()
})

test.each([
  [0, 0, false],
  [100, 0.999_999, true],
  [0.5, 0.004, true],
  [0.5, 0.006, false],
])('%d percent hits a draw of %d: %s', (percentage, drawn, isAborted) => {
  const faults = { abort: { percentage, status: 503 }, delay: undefined }
  const result = compile(faults, () => drawn).onRequestHead?.(requestContext())
  expect(result !== undefined).toBe(isAborted)
})

test('a delayed request goes on when its time is over and not before', async () => {
  let isOver = false
  const result = compile({ delay, abort: undefined }, () => 0).onRequestHead?.(requestContext())
  const waiting = Promise.resolve(result).then((value) => {
    isOver = true
    return value
  })
  await vi.advanceTimersByTimeAsync(1999)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await waiting).toBeUndefined()
})

test('the delay comes before the abort, and each draws for itself', async () => {
  const draws = [0.1, 0.9]
  const random = () => draws.shift() ?? Number.NaN
  const result = compile({ delay, abort: { ...abort, percentage: 95 } }, random).onRequestHead?.(
    requestContext(),
  )
  expect(result).toBeInstanceOf(Promise)
  expect(draws).toEqual([0.9])
  await vi.advanceTimersByTimeAsync(2000)
  expect(await result).toMatchObject(aborted)
  expect(draws).toEqual([])
})

test('a client that leaves ends the wait and leaves no timer behind', async () => {
  const controller = new AbortController()
  const context = requestContext({ signal: controller.signal })
  const result = compile({ delay, abort: undefined }, () => 0).onRequestHead?.(context)
  controller.abort()
  await result
  expect(vi.getTimerCount()).toBe(0)
})

test('a client that has left already does not wait', async () => {
  const context = requestContext({ signal: AbortSignal.abort() })
  await compile({ delay, abort: undefined }, () => 0).onRequestHead?.(context)
  expect(vi.getTimerCount()).toBe(0)
})
