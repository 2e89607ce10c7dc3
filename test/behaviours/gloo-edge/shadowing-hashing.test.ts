import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../harness/wait-until.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
})
afterAll(() => bench.stop())

test('a shadow receives a copy of the request', async () => {
  await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shade' } })
  await bench.upstream('main', (_, response) => response.end('main'))
  const shadow = await bench.upstream('shadow', (_, response) => response.end('shadow'))
  await bench.apply({
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'far', namespace: 'shade' },
    spec: { static: { hosts: [{ addr: '127.0.0.1', port: shadow.port }] } },
  })
  const route = (path: string, shadowing: string) => `
- matchers: [{ prefix: ${path} }]
  routeAction: { single: { upstream: { name: main } } }
  options: { prefixRewrite: /new, shadowing: { ${shadowing} } }`
  const far = 'upstream: { name: far, namespace: shade }'
  await bench.serve(
    'shadowed',
    `routes:
${route('/all', 'upstream: { name: shadow }, percentage: 100')}
${route('/same', `${far}, percentage: 100, disableShadowHostSuffixAppend: true`)}
${route('/literal', `${far}, percentage: 100, hostRewriteLiteral: copy.test`)}
${route('/half', 'upstream: { name: shadow }, percentage: 50')}
${route('/none', 'upstream: { name: shadow }, percentage: 0')}`,
  )
  const sent = { method: 'POST', headers: { 'x-own': 'kept' }, body: 'question' }
  expect(await bench.ask('shadowed', '/none/a')).toBe('main')
  for (const path of ['/all/a?q=1', '/same/a', '/literal/a']) {
    expect(await bench.ask('shadowed', path, sent)).toBe('main')
  }
  await waitUntil('the copies', () => shadow.requests.length === 3)
  const hosts = shadow.requests.map(({ headers }) => headers.host).sort()
  expect(hosts).toEqual(['copy.test', 'shadowed.test', 'shadowed.test-shadow'])
  const copy = shadow.requests.find(({ headers }) => headers.host === 'shadowed.test-shadow')
  expect(copy).toMatchObject({
    method: 'POST',
    path: '/new/a?q=1',
    headers: { 'x-own': 'kept' },
    body: 'question',
  })

  for (let call = 0; call < 200; call += 1) await bench.ask('shadowed', '/half')
  // What is still on its way is far less than seven standard deviations.
  await waitUntil('a share of the copies', () => shadow.requests.length > 53)
  expect(shadow.requests.length).toBeLessThan(153)
})

/** How many of four endpoints answer, when each call has the headers that `headersOf` gives it. */
async function countEndpoints(path: string, headersOf: (call: number) => Record<string, string>) {
  const seen = new Set<string>()
  for (let call = 0; call < 24; call += 1) {
    seen.add(await bench.ask('hashed', path, { headers: headersOf(call) }))
  }
  return seen.size
}

test('requests with the same hash key reach the same endpoint', async () => {
  const ports: number[] = []
  for (const name of ['a', 'b', 'c', 'd']) {
    ports.push((await bench.upstream(name, (_, response) => response.end(name))).port)
  }
  await bench.upstreamAt('ring', ports, { loadBalancerConfig: { ringHash: {} } })
  const route = (path: string, policies: string) => `
- matchers: [{ prefix: ${path} }]
  routeAction: { single: { upstream: { name: ring } } }
  options: { lbHash: { hashPolicies: [${policies}] } }`
  await bench.serve(
    'hashed',
    `routes:
${route('/header', '{ header: X-User }')}
${route('/ip', '{ sourceIp: true }')}
${route('/no-ip', '{ sourceIp: false }')}
${route('/cookie', '{ cookie: { name: sticky, ttl: 60s, path: /app } }')}
${route('/given', '{ cookie: { name: sticky } }')}
${route('/both', '{ header: x-user, terminal: false }, { header: x-session }')}
${route('/first', '{ header: x-user, terminal: true }, { header: x-session }')}`,
  )
  const sameUser = { 'x-user': 'alice' }
  expect(await countEndpoints('/header', () => sameUser)).toBe(1)
  expect(await countEndpoints('/header', (call) => ({ 'x-user': `user-${call}` }))).toBeGreaterThan(
    1,
  )

  expect(await countEndpoints('/ip', () => ({}))).toBe(1)
  expect(
    await countEndpoints('/ip', (call) => ({ 'x-forwarded-for': `192.0.2.${call}` })),
  ).toBeGreaterThan(1)
  expect(await countEndpoints('/no-ip', () => ({}))).toBeGreaterThan(1)

  const first = await bench.call('hashed', '/cookie')
  const [cookie = ''] = first.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/^sticky="[^"]+"; Max-Age=60; Path=\/app; HttpOnly$/)
  const sent = { cookie: `other=1; ${cookie.split(';')[0]}` }
  const again = await bench.call('hashed', '/cookie', { headers: sent })
  expect(again).toMatchObject({ body: first.body })
  expect(again.headers).not.toHaveProperty('set-cookie')
  expect(await countEndpoints('/cookie', () => sent)).toBe(1)
  expect((await bench.call('hashed', '/given')).headers).not.toHaveProperty('set-cookie')
  expect(await countEndpoints('/given', (call) => ({ cookie: `sticky=${call}` }))).toBeGreaterThan(
    1,
  )

  const session = (call: number) => ({ ...sameUser, 'x-session': `session-${call}` })
  expect(await countEndpoints('/both', session)).toBeGreaterThan(1)
  expect(await countEndpoints('/first', session)).toBe(1)
})
