import { deserialize } from 'node:v8'
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
  const { parts, last } = splitConfiguration(message(3))
  expect([...parts]).toEqual([])
  expect(last).toEqual(message(3))
})

/** What a thread that takes it in finds. */
const taken = (sent: ReturnType<typeof message>) => {
  const { parts, last } = splitConfiguration(sent)
  const together = new ConfigurationParts()
  for (const part of parts) together.add(structuredClone(part))
  const { delta, ...rest } = together.complete(last)
  const { virtualHosts, ...others } = delta
  return {
    ...rest,
    delta: {
      ...others,
      virtualHosts: { set: [...(virtualHosts?.set ?? [])], remove: virtualHosts?.remove },
    },
  }
}

test.each([1, 64, 65, 400, 10_000])('a configuration of %i nodes comes together again', (count) => {
  expect(taken(message(count))).toEqual(message(count))
})

test('what is read at once is some tens of nodes', () => {
  const { parts, last } = splitConfiguration(message(10_000))
  const sizes = [...parts].map(({ nodes }) => deserialize(nodes).length)
  expect(Math.max(...sizes, last.delta.virtualHosts?.set.length ?? 0)).toBe(64)
})

test('a part is made when it is asked for, and read when its nodes are', () => {
  const sent = message(200)
  let reads = 0
  const watched = new Proxy(sent.delta.virtualHosts.set, {
    get(target, key, receiver) {
      if (key === 'slice') reads++
      return Reflect.get(target, key, receiver)
    },
  })
  const { parts } = splitConfiguration({
    ...sent,
    delta: { ...sent.delta, virtualHosts: { set: watched, remove: [] } },
  })
  const before = reads
  const [first] = parts
  expect(reads - before).toBe(1)
  const together = new ConfigurationParts()
  if (first) together.add({ ...first, nodes: new Uint8Array([0]) })
  const nodes = together.complete(message(1)).delta.virtualHosts?.set ?? []
  expect(() => [...nodes]).toThrow('deserialize')
})

test('parts of a configuration that never came are forgotten', () => {
  const together = new ConfigurationParts()
  for (const part of splitConfiguration(message(1000, 6)).parts) together.add(part)
  expect(together.complete(message(3))).toEqual(message(3))
})
