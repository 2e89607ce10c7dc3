import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitForRouteConditions } from '../gateway-api/route-conditions.ts'
import { GlooBench, onRoute } from './gloo-bench.ts'

const accepted = { Accepted: 'True/Accepted', ResolvedRefs: 'True/ResolvedRefs' }
const group = 'delegation.gateway.solo.io'

let bench: GlooBench
let upstreams: Readonly<Record<string, RecordingUpstream>>
beforeAll(async () => {
  bench = await GlooBench.start()
  const start = async (name: string) => {
    await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    return bench.upstream('own', (_, response) => response.end(name), name)
  }
  await bench.upstream('a', (_, response) => response.end('a'))
  upstreams = { red: await start('red'), blue: await start('blue'), grey: await start('grey') }
})
afterAll(() => bench.stop())

const toRoute = (name: string, namespace: string) => ({
  ...{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name, namespace },
})
const toOwn = { group: 'gloo.solo.io', kind: 'Upstream', name: 'own' }
const rule = (value: string, ...backendRefs: readonly object[]) => ({
  matches: [{ path: { type: 'PathPrefix', value } }],
  backendRefs,
})

const apply = (namespace: string, name: string, spec: object, metadata: object = {}) =>
  bench.apply({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace, ...metadata },
    spec,
  })

/** Makes a route without parents of its own, and resolves as soon as it was looked at. */
async function child(namespace: string, name: string, spec: object, metadata: object = {}) {
  await apply(namespace, name, spec, metadata)
  return waitForRouteConditions(bench.kube, { namespace, name })
}

const toHost = (host: string) => ({ headers: { host } })

test('a route delegates to routes of other namespaces, which delegate further', async () => {
  const call = toHost('teams.test')
  await bench.routeOf('teams', {
    hostnames: ['teams.test'],
    rules: [
      rule('/', { group: 'gloo.solo.io', kind: 'Upstream', name: 'a' }),
      rule('/red', toRoute('*', 'red')),
      rule('/blue', { group, kind: 'label', name: 'shown', namespace: 'blue' }),
    ],
  })
  expect(await bench.ask('/red/x', call)).toBe('200 a')
  const red = await child('red', 'red', {
    rules: [rule('/red/x', toOwn), rule('/red/on', toRoute('on', 'blue')), rule('/out', toOwn)],
  })
  // The route `on` is not there yet.
  expect(red).toEqual({ ...accepted, ResolvedRefs: 'False/BackendNotFound' })
  const labels = { [`${group}/label`]: 'shown' }
  expect(await child('blue', 'shown', { rules: [rule('/blue', toOwn)] }, { labels })).toEqual(
    accepted,
  )
  const annotations = { [`${group}/inherit-parent-matcher`]: 'true' }
  expect(
    await child(
      'blue',
      'on',
      {
        parentRefs: [{ kind: 'HTTPRoute', name: 'red', namespace: 'red' }],
        rules: [rule('/below', toOwn)],
      },
      { annotations },
    ),
  ).toEqual(accepted)
  await bench.becomes('/red/on/below', '200 blue', call)
  expect(await bench.ask('/red/x/y', call)).toBe('200 red')
  expect(await bench.ask('/blue/y', call)).toBe('200 blue')
  // Not handed over, and not taken over.
  expect(await bench.ask('/red/on/other', call)).toBe('200 a')
  expect(await bench.ask('/red/z', call)).toBe('200 a')
  expect(await bench.ask('/out', call)).toBe('200 a')
  expect((await bench.call('/red/x')).status).toBe(404)
  expect(await child('red', 'red', { rules: [rule('/red/moved', toOwn)] })).toEqual(accepted)
  await bench.becomes('/red/moved', '200 red', call)
  expect(await bench.ask('/red/x', call)).toBe('200 a')
})

test('options of a route hold on what it delegates, before those of its children', async () => {
  const add = (value: string) =>
    `headerManipulation: { requestHeadersToAdd: [{ header: { key: x-from, value: ${value} }, append: false }] }`
  const annotations = { [`${group}/enable-policy-overrides`]: 'headerManipulation' }
  const headersOf = async (host: string) => {
    expect(await bench.ask('/o', toHost(host))).toBe('200 blue')
    const { headers, path } = upstreams['blue']?.requests.at(-1) ?? {}
    return { from: headers?.['x-from'], path }
  }
  const root = (name: string, metadata: object) =>
    apply(
      'default',
      name,
      {
        ...{ parentRefs: [{ name: 'ai' }], hostnames: [`${name}.test`] },
        rules: [rule('/o', toRoute('optioned', 'blue'))],
      },
      metadata,
    )
  await root('strict', {})
  await root('lenient', { annotations })
  await bench.apply({
    apiVersion: 'gateway.solo.io/v1',
    kind: 'RouteOption',
    metadata: { name: 'optioned', namespace: 'blue' },
    spec: {
      targetRefs: [onRoute('optioned')],
      options: {
        prefixRewrite: '/child',
        headerManipulation: {
          requestHeadersToAdd: [{ header: { key: 'x-from', value: 'child' }, append: false }],
        },
      },
    },
  })
  for (const name of ['strict', 'lenient']) {
    await bench.option('RouteOption', name, [onRoute(name)], add('parent'))
  }
  expect(await child('blue', 'optioned', { rules: [rule('/o', toOwn)] })).toEqual(accepted)
  expect(await headersOf('strict.test')).toEqual({ from: 'parent', path: '/child' })
  expect(await headersOf('lenient.test')).toEqual({ from: 'child', path: '/child' })
})

test('delegation that cannot be is told, and costs its own requests only', async () => {
  const call = toHost('broken.test')
  expect(
    await bench.routeOf('broken', {
      hostnames: ['broken.test'],
      rules: [
        rule('/missing', toRoute('missing', 'grey')),
        rule('/hosts', toRoute('hosts', 'grey')),
        rule('/circle', toRoute('circle', 'grey')),
      ],
    }),
  ).toEqual({ Accepted: 'True/Accepted', ResolvedRefs: 'False/BackendNotFound' })
  expect(
    await child('grey', 'hosts', { hostnames: ['broken.test'], rules: [rule('/hosts', toOwn)] }),
  ).toMatchObject({ Accepted: 'False/UnsupportedValue' })
  expect(
    await child('grey', 'circle', {
      rules: [rule('/circle/on', toRoute('circle', 'grey')), rule('/circle/fine', toOwn)],
    }),
  ).toEqual({ Accepted: 'True/Accepted', ResolvedRefs: 'False/RefNotPermitted' })
  for (const path of ['/missing', '/hosts', '/circle/on']) {
    expect((await bench.call(path, call)).status, path).toBe(404)
  }
  expect(await bench.ask('/circle/fine', call)).toBe('200 grey')
})
