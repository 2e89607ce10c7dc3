import { gatewayError } from '../../src/errors/gateway-error.ts'
import type { ConfigurationDelta } from '../../src/ir/configuration.ts'
import type { RequestMatcher } from '../../src/ir/matcher.ts'
import type { Route } from '../../src/ir/route.ts'
import { HeaderList } from '../../src/lib/http/header-list.ts'
import { createSnapshotBuilder } from '../../src/snapshot/build/snapshot-builder.ts'
import type { RoutedRequest } from '../../src/snapshot/snapshot.ts'
import {
  backendNode,
  forwardTo,
  listenerNode,
  routeNode,
  virtualHostNode,
} from '../../src/snapshot/testing/nodes.ts'

/**
 * Matching and rebuilding in one virtual host: 2,000 each of prefixes, exact paths, regular expressions told apart
 * by their beginning and by their end, and headers on one shared prefix. Run: node bench/micro/route-match.ts
 */
const kinds = ['prefix', 'exact', 'regex', 'suffix', 'header'] as const
type Kind = (typeof kinds)[number]

const matcherOf: Record<Kind, (index: number) => RequestMatcher> = {
  prefix: (index) => matcher('prefix', `/prefix/${index}/`),
  exact: (index) => matcher('exact', `/exact/${index}/path`),
  regex: (index) => matcher('regex', `/regex/${index}/[0-9]+/items/[^/]+`),
  suffix: (index) => matcher('regex', `/suffix/[^/]+/${index}`),
  header: (index) => ({
    ...matcher('prefix', '/header'),
    headers: [{ name: 'x-tenant', type: 'exact', value: `tenant-${index}`, inverted: false }],
  }),
}

function matcher(type: 'prefix' | 'exact' | 'regex', value: string): RequestMatcher {
  const path = { type, value, caseSensitive: true }
  return { path, headers: [], queryParameters: [], methods: [] }
}

const pathOf: Record<Kind, (index: number) => string> = {
  prefix: (index) => `/prefix/${index}/some/rest`,
  exact: (index) => `/exact/${index}/path`,
  regex: (index) => `/regex/${index}/4711/items/abc`,
  suffix: (index) => `/suffix/any/${index}`,
  header: () => '/header/some/rest',
}

function requestFor(kind: Kind, index: number): RoutedRequest {
  const flat = ['host', 'h.example', 'user-agent', 'bench', 'accept', '*/*']
  flat.push('content-type', 'application/json', 'content-length', '300')
  if (kind === 'header') flat.push('x-tenant', `tenant-${index}`)
  const headers = new HeaderList(flat)
  return { method: 'POST', path: pathOf[kind](index), query: '', host: 'h.example', headers }
}

function routesOf(kind: Kind, count: number): Route[] {
  return Array.from({ length: count }, (_, index) => ({
    ...routeNode(`${kind}-${index}`, '/', forwardTo('b')),
    matchers: [matcherOf[kind](index)],
  }))
}

async function load(perKind: number) {
  const builder = createSnapshotBuilder({
    random: Math.random,
    now: Date.now,
    unixTimeMs: Date.now,
    callHost: () => Promise.resolve(gatewayError('backend-not-found', 'no such host')),
    callBackend: () => Promise.resolve(gatewayError('backend-not-found', 'no such backend')),
    tokenizer: { load: () => undefined, count: () => 0 },
    counters: { add: () => [], reserve: () => ({ type: 'unavailable' }) },
    monotonicNow: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const routes = kinds.flatMap((kind) => routesOf(kind, perKind))
  const ids = routes.map(({ id }) => id)
  const delta: ConfigurationDelta = {
    listeners: { set: [listenerNode('l', ['v'])], remove: [] },
    virtualHosts: { set: [virtualHostNode('v', ['*'], ids)], remove: [] },
    routes: { set: routes, remove: [] },
    backends: { set: [backendNode('b')], remove: [] },
  }
  const result = await builder.apply({ generation: 1, full: true, delta })
  const host = result.snapshot.listeners.get('l')?.virtualHosts.find('h.example')
  if (host === undefined) throw new Error('no virtual host')
  return { builder, host, buildMs: result.buildMs, ids }
}

type Loaded = Awaited<ReturnType<typeof load>>

const rounds = 200_000

/** Nanoseconds per match, the best of nine runs: whatever else the machine does only adds. */
function measure({ host }: Loaded, kind: Kind, index: number): number {
  const request = requestFor(kind, index)
  if (host.findRoute(request)?.route.config.id !== `${kind}-${index}`)
    throw new Error('wrong route')
  const runs = Array.from({ length: 9 }, () => {
    const start = process.hrtime.bigint()
    for (let round = 0; round < rounds; round += 1) host.findRoute(request)
    return Number(process.hrtime.bigint() - start) / rounds
  })
  return Math.min(...runs)
}

const small = await load(3)
const large = await load(2000)
console.log(`build of 10,000 routes: ${large.buildMs.toFixed(1)} ms`)
for (const kind of kinds) measure(small, kind, 1)
for (const kind of kinds) measure(large, kind, 1)
for (const kind of kinds) {
  const base = measure(small, kind, 1)
  const places = [0, 1000, 1999].map((index) => measure(large, kind, index))
  const figures = places.map((ns) => `${ns.toFixed(0)} ns (${(ns / base).toFixed(2)})`)
  console.log(`${kind.padEnd(8)} of 15: ${base.toFixed(0)} ns; of 10,000: ${figures.join(', ')}`)
}

async function measureChange(name: string, delta: ConfigurationDelta, generation: number) {
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 0)
  const before = process.cpuUsage()
  const { buildMs } = await large.builder.apply({ generation, full: false, delta })
  const cpu = process.cpuUsage(before)
  clearInterval(timer)
  const cpuMs = (cpu.user + cpu.system) / 1000
  console.log(
    `${name}: ${buildMs.toFixed(1)} ms, CPU ${cpuMs.toFixed(1)} ms, longest hold ${longest.toFixed(1)} ms`,
  )
}

for (let generation = 2; generation < 8; generation += 1) {
  const changed = { ...routeNode('exact-7', `/changed/${generation}`, forwardTo('b')) }
  const delta = { routes: { set: [changed], remove: [] } }
  await measureChange('path of one route of 10,000 changed', delta, generation)
}
for (let generation = 8; generation < 12; generation += 1) {
  const changed = {
    ...routeNode('exact-8', '/', { ...forwardTo('b'), timeoutMs: generation }),
    matchers: [matcherOf.exact(8)],
  }
  const delta = { routes: { set: [changed], remove: [] } }
  await measureChange('action of one route of 10,000 changed', delta, generation)
}
const reordered = virtualHostNode('v', ['*'], large.ids.toReversed())
await measureChange('all routes reordered', { virtualHosts: { set: [reordered], remove: [] } }, 12)
