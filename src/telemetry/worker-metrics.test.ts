import { describe, expect, test } from 'vitest'
import type { MetricSample } from '../lib/metrics/metric-sample.ts'
import { findMetricDefinition } from './metric-definitions.ts'
import type { RequestRecord } from './request-record.ts'
import { WorkerMetrics } from './worker-metrics.ts'

const record = {
  ...{ routeId: 'r1', routeName: 'openai', backendName: 'default.openai', status: 200 },
  ...{ durationMs: 30, requestBytes: 300, responseBytes: 900, attempts: 1, errorCode: undefined },
} as RequestRecord

function measure(act: (metrics: WorkerMetrics) => void, mostRoutes = 10): MetricSample[] {
  const metrics = new WorkerMetrics({ thread: '0', startTimeMs: 5000, mostRoutes })
  act(metrics)
  const samples = metrics.collect()
  metrics.close()
  return samples
}

/** Values of one metric by the values of its labels. */
function valuesOf(samples: readonly MetricSample[], name: string): Record<string, unknown> {
  const named = samples.filter((sample) => sample.name === name)
  return Object.fromEntries(
    named.map(({ labels, value }) => [
      Object.values(labels).join(' '),
      value.type === 'counter' ? value.total : value.type === 'gauge' ? value.current : value,
    ]),
  )
}

describe('requests', () => {
  test('count by route, backend and status', () => {
    const samples = measure((metrics) => {
      for (const status of [200, 200, 429]) {
        metrics.requestStarted()
        metrics.requestEnded({ ...record, status })
      }
      metrics.requestStarted()
      metrics.requestStarted()
      metrics.requestEnded({
        ...record,
        routeId: undefined,
        routeName: undefined,
        backendName: undefined,
        status: 404,
        errorCode: 'route-not-found',
      })
    })
    expect(valuesOf(samples, 'sluice_requests_total')).toEqual({
      'openai default.openai 200': 2,
      'openai default.openai 429': 1,
      '  404': 1,
    })
    expect(valuesOf(samples, 'sluice_request_bytes_total')['openai default.openai']).toBe(900)
    expect(valuesOf(samples, 'sluice_response_bytes_total')['openai default.openai']).toBe(2700)
    expect(valuesOf(samples, 'sluice_active_requests')).toEqual({ '': 1 })
    expect(valuesOf(samples, 'sluice_errors_total')).toEqual({ 'route-not-found': 1 })
  })

  test('count the credentials that errors repeated, where there were some', () => {
    const samples = measure((metrics) => {
      for (const maskedCredentials of [2, 0, 1]) {
        metrics.requestEnded({ ...record, maskedCredentials })
        metrics.requestEnded({ ...record, routeId: 'r2', routeName: 'other', maskedCredentials: 0 })
      }
    })
    expect(valuesOf(samples, 'sluice_masked_credentials_total')).toEqual({
      'openai default.openai': 3,
    })
  })

  test('fall into the bucket of their duration', () => {
    const samples = measure((metrics) => {
      for (const durationMs of [1, 1.001, 30, 301_000])
        metrics.requestEnded({ ...record, durationMs })
    })
    const histogram = valuesOf(samples, 'sluice_request_duration_seconds')['openai default.openai']
    const counts = Array<number>(18).fill(0)
    counts[0] = 1
    counts[1] = 1
    counts[5] = 1
    counts[17] = 1
    expect(histogram).toEqual({ type: 'histogram', counts, sum: expect.closeTo(301.032, 3) })
  })

  test('of too many routes count together', () => {
    const samples = measure((metrics) => {
      for (const name of ['a', 'b', 'c', 'd', 'a']) {
        metrics.requestEnded({ ...record, routeId: name, routeName: name })
        metrics.attemptEnded({
          backendName: name,
          endpointId: 'e',
          number: 1,
          status: 200,
          errorCode: undefined,
          durationMs: 1,
        })
      }
    }, 2)
    expect(valuesOf(samples, 'sluice_requests_total')).toEqual({
      'a default.openai 200': 2,
      'b default.openai 200': 1,
      'other other 200': 2,
    })
    expect(valuesOf(samples, 'sluice_upstream_attempts_total')).toEqual({
      'a 2xx': 2,
      'b 2xx': 1,
      'other 2xx': 2,
    })
  })
})

test('attempts count by backend and result, retries by route', () => {
  const attempt = { backendName: 'b', endpointId: 'e', errorCode: undefined, durationMs: 1 }
  const samples = measure((metrics) => {
    metrics.attemptEnded({ ...attempt, number: 1, status: 0, errorCode: 'upstream-reset' })
    metrics.attemptEnded({ ...attempt, number: 2, status: 503 })
    metrics.attemptEnded({ ...attempt, number: 3, status: 200 })
    metrics.requestEnded({ ...record, attempts: 3 })
  })
  expect(valuesOf(samples, 'sluice_upstream_attempts_total')).toEqual({
    'b error': 1,
    'b 5xx': 1,
    'b 2xx': 1,
  })
  expect(valuesOf(samples, 'sluice_upstream_retries_total')).toEqual({ 'openai default.openai': 2 })
})

test('connections count while they are open, refusals by reason up to a bound', () => {
  const samples = measure((metrics) => {
    metrics.connectionOpened('l1')
    metrics.connectionOpened('l1')
    metrics.connectionClosed('l1')
    metrics.connectionOpened('l2')
    metrics.connectionClosed('l2')
    for (let reason = 0; reason < 100; reason++) {
      metrics.connectionRefused({
        ...{ timeMs: 0, listenerId: 'l1', clientAddress: '127.0.0.1', generation: 1 },
        ...{ reason: `reason-${reason}`, status: 400, responseFlags: 'DPE' },
      })
    }
  })
  expect(valuesOf(samples, 'sluice_active_connections')).toEqual({ l1: 1 })
  const refusals = valuesOf(samples, 'sluice_connections_refused_total')
  expect(Object.keys(refusals)).toHaveLength(65)
  expect(refusals['other']).toBe(36)
})

test('every sample has a definition of its type', () => {
  const samples = measure((metrics) => metrics.requestEnded(record))
  for (const { name, value } of samples)
    expect([name, findMetricDefinition(name)?.type]).toEqual([name, value.type])
  expect(valuesOf(samples, 'sluice_event_loop_delay_seconds')).toEqual({
    '0 0.5': expect.any(Number),
    '0 0.99': expect.any(Number),
    '0 1': expect.any(Number),
  })
})
