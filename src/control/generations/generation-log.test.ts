import { expect, test } from 'vitest'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import { MetricsRegistry } from '../../telemetry/metrics-registry.ts'
import { GenerationLog } from './generation-log.ts'
import type { GenerationReport } from './generation-report.ts'

const origin = { kind: 'Gateway', namespace: 'gloo-system', name: 'a', fieldPath: 'spec' }
const moved = [{ origin, address: '127.0.0.2', declaredPort: 80, port: 8080 }]
const errors = [{ origin, message: 'port 7 is taken' }]

const report = (parts: Partial<GenerationReport>): GenerationReport => ({
  ...{ generation: 1, configuration: emptyConfiguration, buildMs: 0, translateMs: 0, totalMs: 0 },
  ...{ failedWorkers: 0, errors: [], refused: [], moved: [], ...parts },
})

function open() {
  const lines: string[] = []
  return { lines, log: new GenerationLog(new MetricsRegistry(), (line) => lines.push(line)) }
}

test('a problem is told once while it lasts, and again when it comes back', () => {
  const { lines, log } = open()
  for (const each of [errors, errors, [], errors]) log.add(report({ errors: each }))
  expect(lines).toEqual(Array(2).fill('Gateway gloo-system/a spec: port 7 is taken'))
})

test('a port that moves after the start is told once; the banner tells those of the start', () => {
  const { lines, log } = open()
  log.add(report({ moved }))
  log.add(report({ moved }))
  expect(lines).toEqual([])
  const later = [...moved, { origin, address: '127.0.0.2', declaredPort: 81, port: 8081 }]
  for (const each of [later, later]) log.add(report({ moved: each }))
  expect(lines).toEqual([
    'Gateway gloo-system/a spec: port 81 may not be bound by this user and is served at 127.0.0.2:8081 instead',
  ])
})
