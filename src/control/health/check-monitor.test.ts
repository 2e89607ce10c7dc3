import { expect, test } from 'vitest'
import { createBackend, createCheck, createEndpoint } from '../testing/backend-nodes.ts'
import { TestClock } from '../testing/test-clock.ts'
import { CheckMonitor } from './check-monitor.ts'
import type { Probe, ProbeResult } from './probe.ts'

const ok: ProbeResult = { type: 'success' }
const wrong: ProbeResult = { type: 'unexpected-status', reason: 'it answered 500' }
const refused: ProbeResult = { type: 'network-failure', reason: 'refused' }

function createSubject(results: readonly ProbeResult[], settings: { isHealthy?: boolean } = {}) {
  const clock = new TestClock()
  const rest = [...results]
  let count = 0
  const verdicts: (string | undefined)[] = []
  const probe: Probe = () => {
    count += 1
    return Promise.resolve(rest.shift() ?? ok)
  }
  const check = createCheck({ unhealthyThreshold: 2, healthyThreshold: 3 })
  const backend = createBackend('b', [createEndpoint('a')], [check])
  const monitor = new CheckMonitor({
    ...{ target: { backend, endpoint: createEndpoint('a'), check }, probe, clock },
    isHealthy: settings.isHealthy ?? false,
    random: () => 0.5,
    onVerdict: (reason) => verdicts.push(reason),
  })
  return { monitor, clock, verdicts, count: () => count }
}

/** What the monitor thinks after each of the results. */
async function follow(results: readonly ProbeResult[], settings?: { isHealthy: boolean }) {
  const { monitor, clock } = createSubject(results, settings)
  monitor.start()
  const seen: boolean[] = []
  for (const _ of results) {
    await clock.settle()
    seen.push(monitor.isHealthy)
    clock.advance(1000)
  }
  monitor.stop()
  return seen
}

test('one success is enough the first time', async () => {
  expect(await follow([ok])).toEqual([true])
})

test('after a first failure successes must reach the threshold', async () => {
  expect(await follow([refused, ok, ok, ok])).toEqual([false, false, false, true])
})

test('network failures must reach the threshold in a row', async () => {
  const results = [ok, refused, ok, refused, refused]
  expect(await follow(results)).toEqual([true, true, true, true, false])
})

test('an unexpected status condemns at once', async () => {
  expect(await follow([ok, wrong])).toEqual([true, false])
})

test('what was in use stays in use until the threshold is reached', async () => {
  const results = [refused, refused]
  expect(await follow(results, { isHealthy: true })).toEqual([true, false])
})

test('a failure among successes starts their count anew', async () => {
  const results = [wrong, ok, ok, refused, ok, ok, ok]
  expect((await follow(results)).at(-2)).toBe(false)
  expect((await follow(results)).at(-1)).toBe(true)
})

test('a verdict is told when it is the first one and when it changes', async () => {
  const { monitor, clock, verdicts } = createSubject([wrong, wrong, ok, ok, ok, ok, wrong])
  monitor.start()
  for (let probe = 0; probe < 7; probe += 1) {
    await clock.settle()
    clock.advance(1000)
  }
  monitor.stop()
  expect(verdicts).toEqual(['it answered 500', undefined, 'it answered 500'])
})

test('a probe without an answer fails when its time is over, and is given up', async () => {
  const clock = new TestClock()
  const signals: AbortSignal[] = []
  const verdicts: (string | undefined)[] = []
  const check = createCheck({ timeoutMs: 250 })
  const monitor = new CheckMonitor({
    target: { backend: createBackend('b', [], [check]), endpoint: createEndpoint('a'), check },
    ...{ isHealthy: false, clock, random: () => 0 },
    probe: (_target, signal) => {
      signals.push(signal)
      return new Promise(() => undefined)
    },
    onVerdict: (reason) => verdicts.push(reason),
  })
  monitor.start()
  await clock.settle()
  clock.advance(249)
  await clock.settle()
  expect(verdicts).toEqual([])
  clock.advance(1)
  await clock.settle()
  expect(verdicts).toEqual(['no answer within 250 ms'])
  expect(signals[0]?.aborted).toBe(true)
})

test('nothing is sent any more and no verdict is told after it was stopped', async () => {
  const { monitor, clock, verdicts, count } = createSubject([])
  monitor.start()
  monitor.stop()
  await clock.settle()
  clock.advance(10_000)
  await clock.settle()
  expect(count()).toBe(1)
  expect(verdicts).toEqual([])
})

test('the first probe and the intervals are put off by a random part of their jitter', async () => {
  const clock = new TestClock()
  const times: number[] = []
  const check = createCheck({
    ...{ intervalMs: 1000, initialJitterMs: 100, intervalJitterMs: 60, intervalJitterPercent: 20 },
  })
  const monitor = new CheckMonitor({
    target: { backend: createBackend('b', [], [check]), endpoint: createEndpoint('a'), check },
    ...{ isHealthy: false, clock, random: () => 0.5, onVerdict: () => undefined },
    probe: () => {
      times.push(clock.now())
      return Promise.resolve(ok)
    },
  })
  monitor.start()
  for (let step = 0; step < 2500; step += 10) {
    clock.advance(10)
    await clock.settle()
  }
  monitor.stop()
  expect(times).toEqual([50, 50 + 1130, 50 + 2 * 1130])
})
