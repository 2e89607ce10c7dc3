import { expect, test } from 'vitest'
import type { MetricSample } from '../lib/metrics/metric-sample.ts'
import { MetricsRegistry } from './metrics-registry.ts'

function threadSamples(thread: string, startTime: number, total: number): MetricSample[] {
  const labels = { route: 'a', backend: 'b' }
  return [
    {
      name: 'sluice_thread_start_time_seconds',
      labels: { thread },
      value: { type: 'gauge', current: startTime },
    },
    {
      name: 'sluice_requests_total',
      labels: { ...labels, status: '200' },
      value: { type: 'counter', total },
    },
    { name: 'sluice_active_requests', labels: {}, value: { type: 'gauge', current: 2 } },
    {
      name: 'sluice_request_duration_seconds',
      labels,
      value: {
        type: 'histogram',
        counts: [total, ...Array<number>(16).fill(0), 1],
        sum: total / 1000,
      },
    },
  ]
}

const linesOf = (registry: MetricsRegistry, name: string) =>
  registry
    .write()
    .split('\n')
    .filter((line) => line.startsWith(name))

test('values of all threads are summed', () => {
  const registry = new MetricsRegistry()
  registry.update(threadSamples('0', 1, 10))
  registry.update(threadSamples('1', 1, 20))
  registry.update(threadSamples('0', 1, 15))
  expect(linesOf(registry, 'sluice_requests_total')).toEqual([
    'sluice_requests_total{route="a",backend="b",status="200"} 35',
  ])
  expect(linesOf(registry, 'sluice_active_requests')).toEqual(['sluice_active_requests 4'])
})

test('a thread that began anew lets no counter go backwards', () => {
  const registry = new MetricsRegistry()
  registry.update(threadSamples('0', 1, 10))
  registry.update(threadSamples('0', 2, 3))
  registry.update(threadSamples('0', 2, 4))
  expect(linesOf(registry, 'sluice_requests_total')[0]).toMatch(/ 14$/)
  expect(linesOf(registry, 'sluice_active_requests')).toEqual(['sluice_active_requests 2'])
  registry.retire('0')
  registry.retire('0')
  expect(linesOf(registry, 'sluice_requests_total')[0]).toMatch(/ 14$/)
  expect(linesOf(registry, 'sluice_active_requests')).toEqual([])
})

test('control adds its own metrics', () => {
  const registry = new MetricsRegistry()
  registry.set('sluice_configuration_generation', 7)
  registry.increment('sluice_configuration_failures_total')
  registry.increment('sluice_configuration_failures_total')
  registry.set('sluice_configuration_warnings', 3, { kind: 'Upstream' })
  registry.clear('sluice_configuration_warnings')
  registry.set('sluice_configuration_warnings', 1, { kind: 'Gateway' })
  expect(registry.write()).toBe(
    [
      '# HELP sluice_configuration_failures_total Configurations that a worker could not take.',
      '# TYPE sluice_configuration_failures_total counter',
      'sluice_configuration_failures_total 2',
      '# HELP sluice_configuration_generation Generation of the configuration in force.',
      '# TYPE sluice_configuration_generation gauge',
      'sluice_configuration_generation 7',
      '# HELP sluice_configuration_warnings Fields of objects that are ignored or approximated, by kind.',
      '# TYPE sluice_configuration_warnings gauge',
      'sluice_configuration_warnings{kind="Gateway"} 1',
      '',
    ].join('\n'),
  )
})

test('a histogram has cumulative buckets in order, a sum and a count', () => {
  const registry = new MetricsRegistry()
  registry.update(threadSamples('0', 1, 5))
  const lines = linesOf(registry, 'sluice_request_duration_seconds')
  expect(lines).toHaveLength(20)
  expect(lines[0]).toBe(
    'sluice_request_duration_seconds_bucket{route="a",backend="b",le="0.001"} 5',
  )
  expect(lines.slice(16)).toEqual([
    'sluice_request_duration_seconds_bucket{route="a",backend="b",le="300"} 5',
    'sluice_request_duration_seconds_bucket{route="a",backend="b",le="+Inf"} 6',
    'sluice_request_duration_seconds_sum{route="a",backend="b"} 0.005',
    'sluice_request_duration_seconds_count{route="a",backend="b"} 6',
  ])
})

test('label values are escaped', () => {
  const registry = new MetricsRegistry()
  registry.set('sluice_active_connections', 1, { listener: 'a"b\\c\nd' })
  expect(registry.write()).toContain('sluice_active_connections{listener="a\\"b\\\\c\\nd"} 1\n')
})

test('only the series that are selected are written', () => {
  const registry = new MetricsRegistry()
  registry.set('sluice_configuration_warnings', 1, { kind: 'Gateway' })
  registry.set('sluice_configuration_warnings', 2, { kind: 'Upstream' })
  const text = registry.write((_, labels) => labels['kind'] === 'Upstream')
  expect(text.split('\n').slice(2)).toEqual([
    'sluice_configuration_warnings{kind="Upstream"} 2',
    '',
  ])
})

test('a metric without definition is not written', () => {
  const registry = new MetricsRegistry()
  registry.update([{ name: '__proto__', labels: {}, value: { type: 'gauge', current: 1 } }])
  expect(registry.write()).toBe('')
})
