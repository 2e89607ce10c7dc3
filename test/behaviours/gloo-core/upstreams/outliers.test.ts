import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../../harness/wait-until.ts'
import { answerStatus, countEach, staticHosts, UpstreamBench } from './upstream-bench.ts'

let bench: UpstreamBench
beforeAll(async () => {
  bench = await UpstreamBench.start()
})
afterAll(() => bench.stop())

/** A healthy host and one that answers `status`, behind outlier detection. */
async function serve(name: string, status: number, outlierDetection: object) {
  const { good, bad } = await bench.hosts('good', 'bad')
  bad.answer = answerStatus(status)
  await bench.serve(name, {
    static: { hosts: staticHosts(good, bad) },
    outlierDetection: { baseEjectionTime: '600s', maxEjectionPercent: 60, ...outlierDetection },
  })
  return { good, bad }
}

/** How many of 12 requests one after the other went to the host that fails. */
async function failuresOf(name: string, status: number, outlierDetection: object): Promise<number> {
  await serve(name, status, outlierDetection)
  return countEach(await bench.ask(name, 12))[String(status)] ?? 0
}

/** How long the host stays away each of two times, with an ejection of at least 0.4 s. */
async function ejectionsOf(name: string, interval: string): Promise<number[]> {
  const { bad } = await serve(name, 500, {
    ...{ consecutive5xx: 1, baseEjectionTime: '0.4s', interval },
  })
  const times: number[] = []
  bad.answer = (_request, response) => {
    times.push(performance.now())
    response.writeHead(500).end()
  }
  await waitUntil('two ejections', async () => {
    await bench.ask(name, 2)
    return times.length >= 3
  })
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

test('a host that fails repeatedly is left out for a while', async () => {
  expect(await failuresOf('three', 500, { consecutive5xx: 3 })).toBe(3)
  expect(await failuresOf('default', 500, {})).toBe(5)
  expect(await failuresOf('off', 500, { consecutive5xx: 1, enforcingConsecutive5xx: 0 })).toBe(6)
  expect(await failuresOf('none', 500, { consecutive5xx: 1, maxEjectionPercent: 0 })).toBe(6)

  const gateway = { enforcingConsecutive5xx: 0, consecutiveGatewayFailure: 2 }
  const enforced = { ...gateway, enforcingConsecutiveGatewayFailure: 100 }
  expect(await failuresOf('gateway', 503, enforced)).toBe(2)
  expect(await failuresOf('no-gateway-failure', 500, enforced)).toBe(6)
  expect(await failuresOf('gateway-off', 503, gateway)).toBe(6)

  // Each ejection is longer than the one before, unless an interval went by without one.
  const [[first = 0, second = 0], [, forgiven = 0]] = await Promise.all([
    ejectionsOf('growing', '3600s'),
    ejectionsOf('forgiving', '0.001s'),
  ])
  expect(first).toBeGreaterThanOrEqual(390)
  expect(second).toBeGreaterThanOrEqual(790)
  expect(forgiven).toBeGreaterThanOrEqual(390)
  expect(forgiven).toBeLessThan(second)
})
