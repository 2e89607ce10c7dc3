import { expect, test } from 'vitest'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import type { Backend } from '../../ir/backend.ts'
import { createBackend, createCheck, createEndpoint } from '../testing/backend-nodes.ts'
import { TestClock } from '../testing/test-clock.ts'
import { HealthChecker, type HealthTransition } from './health-checker.ts'
import type { ProbeResult, ProbeTarget } from './probe.ts'

const success: ProbeResult = { type: 'success' }
const failure: ProbeResult = { type: 'unexpected-status', reason: 'it answered 500' }

function createSubject() {
  const clock = new TestClock()
  const rows = ['a', 'b']
  const healthy = rows.map(() => true)
  const results = new Map<string, ProbeResult>()
  const probed: ProbeTarget[] = []
  const transitions: HealthTransition[] = []
  const checker = new HealthChecker({
    table: {
      isHealthy: (row) => healthy[row] ?? false,
      setHealthy: (row, value) => {
        healthy[row] = value
      },
    },
    findRow: (endpointId) => rows.indexOf(endpointId),
    probe: (target) => {
      probed.push(target)
      return Promise.resolve(results.get(target.endpoint.id) ?? success)
    },
    ...{ clock, random: () => 0 },
    onTransition: (transition) => transitions.push(transition),
  })
  const update = (...backends: readonly Backend[]) =>
    checker.update({
      ...emptyConfiguration,
      backends: new Map(backends.map((backend) => [backend.id, backend])),
    })
  return { checker, clock, healthy, results, probed, transitions, update }
}

const both = [createEndpoint('a'), createEndpoint('b', { host: '127.0.0.2' })]

test('a new endpoint is unhealthy until its first probe succeeds', async () => {
  const { update, healthy, results, clock, transitions, checker } = createSubject()
  results.set('b', failure)
  update(createBackend('one', both, [createCheck()]))
  expect(healthy).toEqual([false, false])
  await clock.settle()
  expect(healthy).toEqual([true, false])
  expect(transitions).toMatchObject([
    { endpoint: '127.0.0.1:80', isHealthy: true },
    { endpoint: '127.0.0.2:80', isHealthy: false, reason: 'it answered 500' },
  ])
  expect([...checker.healths()].map(({ isHealthy }) => isHealthy)).toEqual([true, false])
})

test('an endpoint that served already stays in use when checks begin', () => {
  const { update, healthy, checker } = createSubject()
  update(createBackend('one', both, []))
  update(createBackend('one', both, [createCheck()]))
  expect(healthy).toEqual([true, true])
  checker.stop()
})

test('a configuration that changes nothing of the checks leaves them running', async () => {
  const { update, clock, probed, checker } = createSubject()
  update(createBackend('one', both, [createCheck()]))
  await clock.settle()
  update(createBackend('one', structuredClone(both), [createCheck()]))
  expect(probed).toHaveLength(2)
  update(createBackend('one', both, [createCheck({ path: '/other' })]))
  expect(probed).toHaveLength(4)
  checker.stop()
})

test('an endpoint that failed is usable when its checks end, and is probed no more', async () => {
  const { update, clock, healthy, results, probed } = createSubject()
  results.set('a', failure)
  update(createBackend('one', both, [createCheck()]))
  await clock.settle()
  expect(healthy).toEqual([false, true])
  update(createBackend('one', both, []))
  expect(healthy).toEqual([true, true])
  clock.advance(10_000)
  await clock.settle()
  expect(probed).toHaveLength(2)
})

test('a check with other settings keeps what is known of the endpoint', async () => {
  const { update, clock, healthy, results } = createSubject()
  results.set('a', failure)
  update(createBackend('one', both, [createCheck()]))
  await clock.settle()
  update(createBackend('one', both, [createCheck({ intervalMs: 5 })]))
  expect(healthy).toEqual([false, true])
})

test('every check of a backend must pass', async () => {
  const { checker, clock, healthy, probed } = createSubject()
  const [endpoint = createEndpoint('a')] = both
  const checks = [createCheck(), createCheck({ path: '/second' })]
  const backend = createBackend('one', [endpoint], checks)
  checker.update({ ...emptyConfiguration, backends: new Map([['one', backend]]) })
  await clock.settle()
  expect(probed.map(({ check }) => check.path)).toEqual(['/healthz', '/second'])
  expect(healthy[0]).toBe(true)
})
