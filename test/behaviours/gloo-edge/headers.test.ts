import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
let upstream: RecordingUpstream
beforeAll(async () => {
  bench = await EdgeBench.start()
  upstream = await bench.upstream('echo', (_, response: ServerResponse) => {
    response.writeHead(200, { 'x-internal': 'detail', 'x-served-by': 'itself', 'x-list': 'its' })
    response.end()
  })
})
afterAll(() => bench.stop())

const action = 'routeAction: { single: { upstream: { name: echo } } }'

/** Every kind of change of one level, on headers that begin with the level's name. */
const changes = (level: string) => `
headerManipulation:
  requestHeadersToAdd:
  - { header: { key: X-${level}-Set, value: '${level} %PROTOCOL%' }, append: false }
  - { header: { key: x-${level}-more, value: ${level} }, append: true }
  - { header: { key: x-${level}-default, value: ${level} } }
  requestHeadersToRemove: [X-${level}-Removed]
  responseHeadersToAdd:
  - { header: { key: x-served-by, value: ${level} }, append: false }
  - { header: { key: x-list, value: ${level} }, append: true }
  responseHeadersToRemove: [x-internal]`

const indent = (text: string, by: number) => text.replaceAll('\n', `\n${' '.repeat(by)}`)

test.each(['route', 'host'])(
  'headers are added and removed on requests and responses',
  async (level) => {
    await bench.serve(
      `change-${level}`,
      level === 'route'
        ? `routes:\n- ${action}\n  options:${indent(changes(level), 4)}`
        : `options:${indent(changes(level), 2)}\nroutes:\n- ${action}`,
    )
    const sent = ['set', 'more', 'default', 'removed'].map((name) => [`x-${level}-${name}`, 'own'])
    const answer = await bench.call(`change-${level}`, '/', { headers: Object.fromEntries(sent) })
    expect(upstream.requests.at(-1)?.headers).toMatchObject({
      [`x-${level}-set`]: `${level} HTTP/1.1`,
      [`x-${level}-more`]: `own, ${level}`,
      [`x-${level}-default`]: `own, ${level}`,
    })
    expect(upstream.requests.at(-1)?.headers).not.toHaveProperty(`x-${level}-removed`)
    expect(answer.headers).toMatchObject({ 'x-served-by': level, 'x-list': `its, ${level}` })
    expect(answer.headers).not.toHaveProperty('x-internal')
  },
)

const secret = (name: string, stringData: object) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'vault' },
  type: 'gloo.solo.io/header',
  stringData,
})

test('every key of a header secret becomes a header of the request', async () => {
  await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'vault' } })
  await bench.apply(secret('token', { Authorization: 'Bearer one', 'X-Organization': 'org' }))
  await bench.apply({ ...secret('near', { 'x-near': 'yes' }), metadata: { name: 'near' } })
  const options = `
  options:
    headerManipulation:
      requestHeadersToAdd:
      - { headerSecretRef: { name: token, namespace: vault } }
      - { headerSecretRef: { name: near }, append: true }`
  await bench.serve('with-secret', `routes:\n- ${action}${options}`)
  const headers = { authorization: 'Bearer own', 'x-near': 'own' }
  await bench.call('with-secret', '/', { headers })
  expect(upstream.requests.at(-1)?.headers).toMatchObject({
    authorization: 'Bearer one',
    'x-organization': 'org',
    'x-near': 'own, yes',
  })

  const host = options.replace('\n  options', 'options')
  await bench.serve('host-secret', `${host.replaceAll('\n  ', '\n')}\nroutes:\n- ${action}`)
  const weighted = options.replaceAll('\n', '\n      ')
  const destinations = `multi:\n      destinations:\n      - weight: 1\n        destination: { upstream: { name: echo } }`
  await bench.serve('weighted-secret', `routes:\n- routeAction:\n    ${destinations}${weighted}`)
  for (const name of ['host-secret', 'weighted-secret']) {
    await bench.call(name, '/', { headers })
    expect(upstream.requests.at(-1)?.headers, name).toMatchObject({
      authorization: 'Bearer one',
      'x-organization': 'org',
      'x-near': 'own, yes',
    })
  }

  await bench.apply(secret('token', { Authorization: 'Bearer two' }))
  await waitUntil('the new token', async () => {
    await bench.call('with-secret', '/')
    return upstream.requests.at(-1)?.headers.authorization === 'Bearer two'
  })
})

test('a route whose header secret holds no credential never reaches the upstream', async () => {
  await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'vault' } })
  await bench.apply(secret('unset', { Authorization: '' }))
  const requestHeadersToAdd = '[{ headerSecretRef: { name: unset, namespace: vault } }]'
  const options = `options: { headerManipulation: { requestHeadersToAdd: ${requestHeadersToAdd} } }`
  await bench.serve('unset-secret', `routes:\n- ${action}\n  ${options}`)
  const before = upstream.requests.length
  const { status, body } = await bench.call('unset-secret', '/')
  expect(status).toBe(500)
  expect(body).toContain('Secret vault/unset (VirtualService default/unset-secret, ')
  expect(body).toContain('holds no credential for header Authorization')
  expect(upstream.requests).toHaveLength(before)

  await bench.apply(secret('unset', { Authorization: 'Bearer one' }))
  await waitUntil('the token', async () => (await bench.call('unset-secret', '/')).status === 200)
  expect(upstream.requests.at(-1)?.headers.authorization).toBe('Bearer one')
})

test('the most specific header change wins where the gateway says so', async () => {
  const virtualHost = `
options:
  headerManipulation:
    requestHeadersToAdd: [{ header: { key: x-level, value: host }, append: false }]
    responseHeadersToAdd: [{ header: { key: x-level, value: host }, append: false }]
routes:
- ${action}
  options:
    headerManipulation:
      requestHeadersToAdd: [{ header: { key: x-level, value: route }, append: false }]
      responseHeadersToAdd: [{ header: { key: x-level, value: route }, append: false }]`
  await bench.serve('level', virtualHost)
  const general = await bench.call('level', '/')
  expect(general.headers['x-level']).toBe('host')
  expect(upstream.requests.at(-1)?.headers['x-level']).toBe('host')

  const gateway = '/apis/gateway.solo.io/v1/namespaces/gloo-system/gateways/gateway-proxy'
  const set = (wins: boolean) =>
    bench.kube.call(
      'PATCH',
      gateway,
      JSON.stringify({ spec: { routeOptions: { mostSpecificHeaderMutationsWins: wins } } }),
      'application/merge-patch+json',
    )
  await set(true)
  await waitUntil('the setting of the gateway', async () => {
    const { headers } = await bench.call('level', '/')
    return headers['x-level'] === 'route'
  })
  expect(upstream.requests.at(-1)?.headers['x-level']).toBe('route')
})
