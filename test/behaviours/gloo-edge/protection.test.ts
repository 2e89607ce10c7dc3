import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
let upstream: RecordingUpstream
beforeAll(async () => {
  bench = await EdgeBench.start()
  upstream = await bench.upstream('protected')
})
afterAll(() => bench.stop())

const action = 'routeAction: { single: { upstream: { name: protected } } }'

const route = (path: string, options: string) =>
  `- { matchers: [{ prefix: ${path} }], ${action}, options: { ${options} } }`

test('where settings require RBAC, virtual hosts without it are not served', async () => {
  await bench.serve(
    'without-rbac',
    `routes:
${route('/off', 'rbac: { disable: true }')}
- ${action}`,
  )
  await bench.serve('rbac-off', `options: { rbac: { disable: true } }\nroutes: [{ ${action} }]`)
  expect((await bench.call('without-rbac', '/')).status).toBe(200)
  const require = (requireRbac: boolean) =>
    bench.apply({
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Settings',
      metadata: { name: 'default', namespace: 'gloo-system' },
      spec: { rbac: { requireRbac } },
    })
  const statusBecomes = (status: number) =>
    waitUntil(`answer ${status}`, async () => {
      const answer = await bench.call('without-rbac', '/')
      return answer.status === status && answer
    })
  await require(true)
  expect((await statusBecomes(500)).body).toContain('Settings gloo-system/default')
  expect((await bench.call('without-rbac', '/off')).status).toBe(200)
  expect((await bench.call('rbac-off', '/')).status).toBe(200)
  await require(false)
  await statusBecomes(200)
  upstream.requests.length = 0
})

test('where settings demand it, a header secret goes to Upstreams of its own namespace only', async () => {
  await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'vault' } })
  for (const namespace of ['vault', 'default']) {
    await bench.apply({
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'gloo.solo.io/header' },
      metadata: { name: 'held', namespace },
      stringData: { 'x-held': namespace },
    })
  }
  const held = (namespace: string) =>
    `headerManipulation: { requestHeadersToAdd: [{ headerSecretRef: { name: held, namespace: ${namespace} } }] }`
  await bench.serve(
    'held',
    `routes:\n${route('/far', held('vault'))}\n${route('/near', held('default'))}`,
  )
  const demand = (headerSecretRefNsMatchesUs: boolean) =>
    bench.apply({
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Settings',
      metadata: { name: 'default', namespace: 'gloo-system' },
      spec: { gloo: { headerSecretRefNsMatchesUs } },
    })
  const farBecomes = (status: number) =>
    waitUntil(`answer ${status}`, async () => {
      const answer = await bench.call('held', '/far')
      return answer.status === status && answer
    })
  await farBecomes(200)
  expect(upstream.requests.at(-1)?.headers['x-held']).toBe('vault')
  await demand(true)
  expect((await farBecomes(500)).body).toContain('Secret vault/held')
  expect((await bench.call('held', '/near')).status).toBe(200)
  expect(upstream.requests.at(-1)?.headers['x-held']).toBe('default')
  await demand(false)
  await farBecomes(200)
  upstream.requests.length = 0
})

test('what asks for a protection that is not supported is not served', async () => {
  const asking: Readonly<Record<string, string>> = {
    '/extauth': 'extauth: { configRef: { name: auth, namespace: default } }',
    '/waf': 'waf: { ruleSets: [] }',
  }
  const off = 'extauth: { disable: true }, waf: { disabled: true }'
  const status = await bench.serve(
    'asking',
    `routes:
${Object.entries(asking)
  .map(([path, options]) => route(path, options))
  .join('\n')}
${route('/off', off)}
- matchers: [{ prefix: /destination }]
  routeAction:
    multi:
      destinations:
      - destination: { upstream: { name: protected } }
        weight: 1
        options: { extauth: { configRef: { name: auth } } }
`,
  )
  for (const path of [...Object.keys(asking), '/destination']) {
    const answer = await bench.call('asking', path)
    expect(answer.status, path).toBe(500)
    expect(answer.body).toContain('VirtualService default/asking')
    expect(answer.body).toContain('asks for a protection that is not supported yet')
  }
  expect(upstream.requests).toEqual([])
  expect((await bench.call('asking', '/off')).status).toBe(200)
  expect(status.state).toBe('Warning')
  expect(status.reason).toContain('routes[0].options.extauth (VirtualService default/asking)')

  const host: Readonly<Record<string, string>> = {
    extauth: 'extauth: { configRef: { name: auth } }',
    waf: 'waf: { ruleSets: [] }',
  }
  for (const [name, options] of Object.entries(host)) {
    await bench.serve(`host-${name}`, `options: { ${options} }\nroutes: [{ ${action} }]`)
    expect((await bench.call(`host-${name}`, '/')).status, name).toBe(500)
  }
  await bench.serve(
    'host-open',
    `options: { ${host['waf']}, ${host['extauth']} }
routes:
${route('/open', 'waf: { disabled: true }, extauth: { disable: true }')}
${route('/half', 'waf: { disabled: true }')}`,
  )
  expect((await bench.call('host-open', '/open')).status).toBe(200)
  expect((await bench.call('host-open', '/half')).status).toBe(500)

  const gateway = await bench.gateway(
    'firewall',
    'bindPort: 18401\nhttpGateway: { options: { waf: { ruleSets: [] } } }',
  )
  await bench.serve('plain', `routes: [{ ${action} }]`)
  expect((await bench.call('plain', '/', { port: 18401 })).status).toBe(500)
  expect((await bench.call('plain', '/')).status).toBe(200)
  expect(gateway.state).toBe('Warning')
})
