import { expect, test } from 'vitest'
import type { Backend } from '../ir/backend.ts'
import type { VirtualHost } from '../ir/virtual-host.ts'
import { ConfigurationParts, splitConfiguration } from './configuration-parts.ts'

const origin = { kind: 'VirtualService', namespace: 'default', name: 'a', fieldPath: 'spec' }
const host = (id: string): VirtualHost => ({ id, name: id, origin, domains: [id], routeIds: [] })
const hosts = (count: number) => Array.from({ length: count }, (_, index) => host(`host ${index}`))

const message = (count: number, generation = 7) => ({
  ...{ type: 'configuration' as const, generation, full: false },
  delta: {
    virtualHosts: { set: hosts(count), remove: ['gone'] },
    backends: { set: [] as Backend[], remove: ['old'] },
  },
})

test('a small configuration is one message', () => {
  expect(splitConfiguration(message(3))).toEqual({ parts: [], last: message(3) })
})

test.each([400, 401, 10_000])('a configuration of %i nodes comes together again', (count) => {
  const { parts, last } = splitConfiguration(message(count))
  const together = new ConfigurationParts()
  for (const part of parts) together.add(part)
  expect(together.complete(last)).toEqual(message(count))
})

test('no message carries more than a few hundred nodes', () => {
  const { parts, last } = splitConfiguration(message(10_000))
  const sizes = parts.map(({ nodes }) => nodes.virtualHosts?.length ?? 0)
  expect(Math.max(...sizes, last.delta.virtualHosts?.set.length ?? 0)).toBeLessThanOrEqual(400)
  expect(parts.length).toBe(24)
})

test('parts of a configuration that never came are forgotten', () => {
  const together = new ConfigurationParts()
  for (const part of splitConfiguration(message(1000, 6)).parts) together.add(part)
  expect(together.complete(message(3))).toEqual(message(3))
})
