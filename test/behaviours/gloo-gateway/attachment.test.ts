import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { GlooBench, onGateway, onRoute } from './gloo-bench.ts'

let bench: GlooBench
let upstream: RecordingUpstream
beforeAll(async () => {
  bench = await GlooBench.start()
  upstream = await bench.upstream('a', (_, response) => response.end('a'))
})
afterAll(() => bench.stop())

const add = (key: string, value: string) =>
  `{ requestHeadersToAdd: [{ header: { key: ${key}, value: ${value} }, append: false }] }`

const headersOf = async (path: string, call = {}) => {
  expect(await bench.ask(path, call)).toBe('200 a')
  return upstream.requests.at(-1)?.headers ?? {}
}

test('options hold on the routes and gateways that they target', async () => {
  await bench.route('target')
  await bench.route('other')
  const status = await bench.option(
    'RouteOption',
    'target',
    [onRoute('target')],
    `headerManipulation: ${add('x-own', 'route')}`,
  )
  expect(status).toEqual({ state: 'Accepted', reportedBy: 'gloo' })
  expect(await headersOf('/target')).toMatchObject({ 'x-own': 'route' })
  expect(await headersOf('/other')).not.toHaveProperty('x-own')
  await bench.remove('RouteOption', 'target')
  await waitUntil('the header to be gone', async () => !('x-own' in (await headersOf('/target'))))
  const address = await bench.gateway('whole', '[{ name: http, port: 8081, protocol: HTTP }]')
  await bench.route('both', {}, { parentRefs: [{ name: 'ai' }, { name: 'whole' }] })
  await bench.option(
    'VirtualHostOption',
    'whole',
    [onGateway('whole')],
    `headerManipulation: ${add('x-host', 'whole')}`,
  )
  expect(await headersOf('/both', { address, port: 8081 })).toMatchObject({ 'x-host': 'whole' })
  expect(await headersOf('/both')).not.toHaveProperty('x-host')
})

test('a target that options cannot hold on is named in their status', async () => {
  const reasonOf = async (name: string, target: object) => {
    const status = await bench.option('RouteOption', name, [target], 'timeout: 5s')
    expect(status.state).toBe('Warning')
    return status.reason
  }
  expect(await reasonOf('absent', onRoute('absent'))).toContain(
    'HTTPRoute default/absent not found',
  )
  expect(await reasonOf('far', { ...onRoute('far'), namespace: 'team' })).toContain(
    'targetRefs names HTTPRoute team/far; options hold on objects of their own namespace only',
  )
  expect(await reasonOf('odd', { group: '', kind: 'Service', name: 'a' })).toContain(
    "targetRefs names Service a of group ''; only HTTPRoute of group 'gateway.networking.k8s.io' can be targeted",
  )
})

test('options of one listener come before those of its gateway', async () => {
  const address = await bench.gateway(
    'sections',
    '[{ name: one, port: 8081, protocol: HTTP }, { name: two, port: 8082, protocol: HTTP }]',
  )
  await bench.route('sections', {}, { parentRefs: [{ name: 'sections' }] })
  await bench.option(
    'VirtualHostOption',
    'sections-whole',
    [onGateway('sections')],
    `headerManipulation: ${add('x-host', 'whole')}
retries: { retryOn: 5xx }`,
  )
  await bench.option(
    'VirtualHostOption',
    'sections-one',
    [onGateway('sections', 'one')],
    `headerManipulation: ${add('x-host', 'one')}`,
  )
  expect(await headersOf('/sections', { address, port: 8081 })).toMatchObject({ 'x-host': 'one' })
  expect(await headersOf('/sections', { address, port: 8082 })).toMatchObject({ 'x-host': 'whole' })
  const late = await bench.option(
    'VirtualHostOption',
    'sections-late',
    [onGateway('sections')],
    `headerManipulation: ${add('x-host', 'late')}`,
  )
  expect(late.state).toBe('Warning')
  expect(late.reason).toContain(
    "VirtualHostOption 'default/sections-late' not attached to listener 'one' on Gateway 'default/sections' due to conflict with more specific or older VirtualHostOptions 'default/sections-one, default/sections-whole'",
  )
  const odd = await bench.option(
    'VirtualHostOption',
    'sections-odd',
    [onGateway('sections', 'three')],
    'cors: { allowOrigin: ["*"] }',
  )
  expect(odd.reason).toContain("Gateway default/sections has no listener 'three'")
})

test('of several options on a route the older one stands, field by field', async () => {
  await bench.route('merged')
  await bench.option(
    'RouteOption',
    'merged-old',
    [onRoute('merged')],
    `headerManipulation: ${add('x-own', 'old')}`,
  )
  // Ages are told by the second; of one second, names decide.
  const late = await bench.option(
    'RouteOption',
    'merged-z-late',
    [onRoute('merged')],
    `headerManipulation: ${add('x-own', 'late')}
prefixRewrite: /rewritten`,
  )
  expect(late.state).toBe('Warning')
  expect(late.reason).toContain(
    "headerManipulation of RouteOption 'default/merged-z-late' not in force on HTTPRoute 'default/merged', because older RouteOptions 'default/merged-old' set the same",
  )
  expect(await headersOf('/merged')).toMatchObject({ 'x-own': 'old' })
  expect(upstream.requests.at(-1)?.path).toBe('/rewritten')
  const useless = await bench.option(
    'RouteOption',
    'merged-z-useless',
    [onRoute('merged')],
    'prefixRewrite: /never',
  )
  expect(useless.reason).toContain(
    "RouteOption 'default/merged-z-useless' not attached to HTTPRoute 'default/merged' due to conflict with older RouteOptions 'default/merged-old, default/merged-z-late'",
  )
})

test('options that a filter names hold on its rule and come before those of the route', async () => {
  const filter = (name: string) => ({
    type: 'ExtensionRef',
    extensionRef: { group: 'gateway.solo.io', kind: 'RouteOption', name },
  })
  await bench.option('RouteOption', 'named', [], `headerManipulation: ${add('x-own', 'named')}`)
  const backendRefs = [{ group: 'gloo.solo.io', kind: 'Upstream', name: 'a' }]
  const conditions = await bench.routeOf('named', {
    rules: [
      { matches: [{ path: { value: '/named' } }], backendRefs, filters: [filter('named')] },
      { matches: [{ path: { value: '/unnamed' } }], backendRefs },
    ],
  })
  expect(conditions).toMatchObject({ Accepted: 'True/Accepted', ResolvedRefs: 'True/ResolvedRefs' })
  await bench.option(
    'RouteOption',
    'a-on-named',
    [onRoute('named')],
    `headerManipulation: ${add('x-own', 'route')}`,
  )
  expect(await headersOf('/named')).toMatchObject({ 'x-own': 'named' })
  expect(await headersOf('/unnamed')).toMatchObject({ 'x-own': 'route' })
  const missing = await bench.route('missing', { filters: [filter('missing')] })
  expect(missing).toMatchObject({ ResolvedRefs: 'False/BackendNotFound' })
  expect(await bench.ask('/missing')).toMatch(
    /^500 .*extensionRef 'missing' of type gateway.solo.io.RouteOption in namespace 'default' not found/,
  )
})

test('options that are wrong cost their own route and say so', async () => {
  await bench.route('wrong')
  await bench.route('right')
  const status = await bench.option(
    'RouteOption',
    'wrong',
    [onRoute('wrong')],
    'headerManipulation: { requestHeadersToAdd: [{ headerSecretRef: { name: key, namespace: default } }] }',
  )
  expect(status.state).toBe('Rejected')
  expect(status.reason).toContain('*headers.plugin: list did not find secret default.key')
  expect(await bench.ask('/wrong')).toMatch(/^500 .*Secret default\/key .* does not exist/)
  expect(await bench.ask('/right')).toBe('200 a')
  await bench.apply({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key', namespace: 'default' } },
    stringData: { 'x-api-key': 'k-1' },
  })
  await bench.becomes('/wrong', '200 a')
  expect(upstream.requests.at(-1)?.headers).toMatchObject({ 'x-api-key': 'k-1' })
  expect(JSON.stringify(await bench.statusOf('RouteOption', 'wrong'))).not.toContain('k-1')
})

test('an Upstream of another namespace is reached only while it is granted', async () => {
  await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } })
  await bench.upstream('far', (_, response) => response.end('far'), 'team')
  const backendRefs = [{ group: 'gloo.solo.io', kind: 'Upstream', name: 'far', namespace: 'team' }]
  const conditions = await bench.route('far', { backendRefs })
  expect(conditions).toMatchObject({ ResolvedRefs: 'False/RefNotPermitted' })
  expect(await bench.ask('/far')).toMatch(/^500/)
  await bench.apply({
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { name: 'far', namespace: 'team' },
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'default' }],
      to: [{ group: 'gloo.solo.io', kind: 'Upstream' }],
    },
  })
  await bench.becomes('/far', '200 far')
  const missing = await bench.route('lost', {
    backendRefs: [{ group: 'gloo.solo.io', kind: 'Upstream', name: 'lost' }],
  })
  expect(missing).toMatchObject({ ResolvedRefs: 'False/BackendNotFound' })
  expect(await bench.ask('/lost')).toMatch(/^500/)
})
