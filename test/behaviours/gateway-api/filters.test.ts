import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { GatewayBench } from './gateway-bench.ts'

let bench: GatewayBench
let echo: RecordingUpstream
let other: RecordingUpstream
beforeAll(async () => {
  bench = await GatewayBench.start()
  echo = await bench.service('echo', (response) => {
    response.writeHead(200, { 'x-gone': 'secret', 'x-kept': 'old', 'x-set': 'old' })
    response.end('echo')
  })
  other = await bench.service('other')
})
afterAll(() => bench.stop())

const lastOf = (upstream: RecordingUpstream) => {
  const request = upstream.requests.at(-1)
  if (request === undefined) throw new Error('The upstream has received nothing.')
  return request
}

const backend = 'backendRefs: [{ name: echo, port: 80 }]'

test('request headers are set, added and removed', async () => {
  await bench.route(
    'request-headers',
    `
rules:
- matches: [{ path: { value: /request-headers } }]
  filters:
  - type: RequestHeaderModifier
    requestHeaderModifier:
      set: [{ name: X-Set, value: 100% }]
      add: [{ name: X-Add, value: new }]
      remove: [x-gone]
  ${backend}
`,
  )
  const headers = { 'x-set': 'old', 'x-add': 'old', 'X-Gone': 'secret' }
  expect(await bench.ask('/request-headers', { headers })).toBe('echo')
  expect(lastOf(echo).headers).toMatchObject({ 'x-set': '100%', 'x-add': 'old, new' })
  expect(lastOf(echo).headers['x-gone']).toBeUndefined()
})

test('response headers are set, added and removed', async () => {
  await bench.route(
    'response-headers',
    `
rules:
- matches: [{ path: { value: /response-headers } }]
  filters:
  - type: ResponseHeaderModifier
    responseHeaderModifier:
      set: [{ name: X-Set, value: new }]
      add: [{ name: X-Kept, value: new }]
      remove: [X-Gone]
  ${backend}
`,
  )
  const { headers } = await bench.call('/response-headers')
  expect(headers).toMatchObject({ 'x-set': 'new', 'x-kept': 'old, new' })
  expect(headers['x-gone']).toBeUndefined()
})

test('header filters of a backend change the requests of that backend only', async () => {
  await bench.route(
    'backend-headers',
    `
rules:
- matches: [{ path: { value: /backend-headers } }]
  filters:
  - { type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-who, value: rule }] } }
  backendRefs:
  - name: echo
    port: 80
    filters:
    - { type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-who, value: echo }] } }
    - { type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: x-from, value: echo }] } }
  - { name: other, port: 80 }
`,
  )
  const seen = new Set<string>()
  await waitUntil('answers of both backends', async () => {
    const { body, headers } = await bench.call('/backend-headers')
    seen.add(`${body} ${headers['x-from']}`)
    return seen.size === 2
  })
  expect([...seen].sort()).toEqual(['echo echo', 'other undefined'])
  expect(lastOf(echo).headers['x-who']).toBe('echo')
  expect(lastOf(other).headers['x-who']).toBe('rule')
})

const redirects = [
  ['{ hostname: new.test }', '/r', 'http://new.test:8080/r?q=1', 302],
  ['{ scheme: https }', '/r', 'https://old.test/r?q=1', 302],
  ['{ scheme: https, port: 8443 }', '/r', 'https://old.test:8443/r?q=1', 302],
  ['{ port: 80 }', '/r', 'http://old.test/r?q=1', 302],
  ['{ statusCode: 301 }', '/r', 'http://old.test:8080/r?q=1', 301],
  ['{ statusCode: 303 }', '/r', 'http://old.test:8080/r?q=1', 303],
  ['{ statusCode: 307 }', '/r', 'http://old.test:8080/r?q=1', 307],
  ['{ statusCode: 308 }', '/r', 'http://old.test:8080/r?q=1', 308],
  [
    '{ path: { type: ReplaceFullPath, replaceFullPath: /full } }',
    ...(['/r/x', 'http://old.test:8080/full?q=1', 302] as const),
  ],
  [
    '{ path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } }',
    ...(['/r/x', 'http://old.test:8080/new/x?q=1', 302] as const),
  ],
] as const

test('a redirect names scheme, host, port, path and status', async () => {
  const rules = redirects.map(
    ([redirect], index) =>
      `{ matches: [{ path: { value: /r }, headers: [{ name: case, value: "${index}" }] }], filters: [{ type: RequestRedirect, requestRedirect: ${redirect} }] }`,
  )
  await bench.route('redirects', `{ hostnames: [old.test], rules: [${rules.join(', ')}] }`)
  for (const [index, [, path, location, status]] of redirects.entries()) {
    const headers = { host: 'old.test', case: String(index) }
    const answer = await bench.call(`${path}?q=1`, { headers })
    expect([answer.status, answer.headers.location]).toEqual([status, location])
  }
})

test('a rewrite changes the host and path that the backend sees', async () => {
  const rule = (path: string, rewrite: string) =>
    `{ matches: [{ path: { value: ${path} } }], filters: [{ type: URLRewrite, urlRewrite: ${rewrite} }], ${backend} }`
  const prefix = (value: string) =>
    `{ path: { type: ReplacePrefixMatch, replacePrefixMatch: ${value} } }`
  await bench.route(
    'rewrites',
    `{ rules: [${[
      rule('/w/prefix', prefix('/xyz')),
      rule('/w/slash', prefix('/xyz/')),
      rule('/w/strip', prefix('/')),
      rule('/w/empty', prefix('""')),
      rule('/w/full', '{ path: { type: ReplaceFullPath, replaceFullPath: /one } }'),
      rule('/w/host', '{ hostname: new.test }'),
    ].join(', ')}] }`,
  )
  const pathOf = async (path: string) => {
    await bench.ask(path)
    return lastOf(echo).path
  }
  expect(await pathOf('/w/prefix/bar?q=1')).toBe('/xyz/bar?q=1')
  expect(await pathOf('/w/prefix')).toBe('/xyz')
  expect(await pathOf('/w/prefix/')).toBe('/xyz/')
  expect(await pathOf('/w/slash/bar')).toBe('/xyz/bar')
  expect(await pathOf('/w/strip/bar')).toBe('/bar')
  expect(await pathOf('/w/strip')).toBe('/')
  expect(await pathOf('/w/empty/bar')).toBe('/bar')
  expect(await pathOf('/w/full/bar')).toBe('/one')
  await bench.ask('/w/host')
  expect(lastOf(echo).headers.host).toBe('new.test')
})

test('mirrors receive their share of copies', async () => {
  const all = await bench.service('mirror-all')
  const some = await bench.service('mirror-some')
  const none = await bench.service('mirror-none')
  const mirror = (name: string, share = '') =>
    `{ type: RequestMirror, requestMirror: { backendRef: { name: ${name}, port: 80 }${share} } }`
  await bench.route(
    'mirrors',
    `
rules:
- matches: [{ path: { value: /mirrors } }]
  filters:
  - ${mirror('mirror-all')}
  - ${mirror('mirror-some', ', fraction: { numerator: 1, denominator: 2 }')}
  - ${mirror('mirror-none', ', percent: 0')}
  ${backend}
`,
  )
  for (let index = 0; index < 60; index += 1) {
    await bench.ask('/mirrors', { method: 'POST', body: String(index) })
  }
  await waitUntil('every copy', () => all.requests.length === 60)
  expect(new Set(all.requests.map(({ body }) => body)).size).toBe(60)
  // Five standard deviations around 30.
  expect(some.requests.length).toBeGreaterThan(10)
  expect(some.requests.length).toBeLessThan(50)
  expect(none.requests).toEqual([])
})

test('a preflight is answered by the CORS filter of the rule', async () => {
  const cors = (fields: string) => `filters: [{ type: CORS, cors: ${fields} }]`
  await bench.route(
    'cors',
    `
rules:
- matches: [{ path: { value: /cors } }]
  ${cors(`{ allowOrigins: ['https://a.test', 'https://*.b.test'], allowMethods: [GET, PUT], allowHeaders: [x-a], exposeHeaders: [x-b], maxAge: 60, allowCredentials: true }`)}
  ${backend}
- matches: [{ path: { value: /stars } }]
  ${cors(`{ allowOrigins: ['https://a.test'], allowMethods: ['*'], allowHeaders: ['*'], allowCredentials: true }`)}
  ${backend}
`,
  )
  const preflight = (path: string, origin: string) =>
    bench.call(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'x-a',
      },
    })
  expect((await preflight('/cors', 'https://a.test')).headers).toMatchObject({
    'access-control-allow-origin': 'https://a.test',
    'access-control-allow-methods': 'GET,PUT',
    'access-control-allow-headers': 'x-a',
    'access-control-expose-headers': 'x-b',
    'access-control-max-age': '60',
    'access-control-allow-credentials': 'true',
  })
  for (const origin of ['https://www.b.test', 'https://deep.www.b.test']) {
    const { headers } = await preflight('/cors', origin)
    expect(headers['access-control-allow-origin']).toBe(origin)
  }
  const received = echo.requests.length
  for (const origin of ['https://evil.test', 'http://a.test', 'https://b.test.evil.test']) {
    const { status, headers } = await preflight('/cors', origin)
    expect(status).toBe(200)
    expect(headers['access-control-allow-origin']).toBeUndefined()
  }
  expect(echo.requests).toHaveLength(received)
  expect((await preflight('/stars', 'https://a.test')).headers).toMatchObject({
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'x-a',
    'access-control-max-age': '5',
  })
})

test('a filter that nobody knows answers 500', async () => {
  const conditions = await bench.route(
    'unknown-filter',
    `
rules:
- matches: [{ path: { value: /unknown-filter } }]
  filters: [{ type: ExtensionRef, extensionRef: { group: x.test, kind: Odd, name: one } }]
  ${backend}
`,
  )
  expect(conditions['ResolvedRefs']).toBe('False/InvalidKind')
  expect(await bench.ask('/unknown-filter')).toBe('500')
})
