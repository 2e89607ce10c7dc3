import { expect, test } from 'vitest'
import type { Configuration } from '../ir/configuration.ts'
import type { VirtualHost } from '../ir/virtual-host.ts'
import { diffConfigurations, fullDelta } from './configuration-diff.ts'

const origin = { kind: 'VirtualService', namespace: 'default', name: 'a', fieldPath: 'spec' }
const host = (id: string, domains: string[]): VirtualHost => ({
  id,
  name: id,
  origin,
  domains,
  routeIds: [],
})
const configuration = (...hosts: VirtualHost[]): Configuration => ({
  listeners: new Map(),
  virtualHosts: new Map(hosts.map((node) => [node.id, node])),
  routes: new Map(),
  backends: new Map(),
  policies: new Map(),
})

test('equal configurations have no difference, whatever their references', () => {
  expect(diffConfigurations(configuration(host('a', ['x'])), configuration(host('a', ['x'])))).toBe(
    undefined,
  )
})

test('a difference names what was set and what is gone', () => {
  const before = configuration(host('a', ['x']), host('b', ['y']), host('c', ['z']))
  const after = configuration(host('a', ['x']), host('b', ['changed']), host('d', ['new']))
  expect(diffConfigurations(before, after)).toEqual({
    virtualHosts: { set: [host('b', ['changed']), host('d', ['new'])], remove: ['c'] },
  })
})

test('a full difference sets every node', () => {
  expect(fullDelta(configuration(host('a', ['x']))).virtualHosts).toEqual({
    set: [host('a', ['x'])],
    remove: [],
  })
})
