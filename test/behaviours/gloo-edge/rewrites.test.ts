import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
let upstream: RecordingUpstream
beforeAll(async () => {
  bench = await EdgeBench.start()
  upstream = await bench.upstream('echo')
  await bench.apply({
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'named', namespace: 'default' },
    spec: { static: { hosts: [{ addr: 'localhost', port: upstream.port }] } },
  })
})
afterAll(() => bench.stop())

/** A route to the upstream. */
const route = (matcher: string, options: string, name = 'echo') =>
  `- { matchers: [{ ${matcher} }], options: { ${options} }, routeAction: { single: { upstream: { name: ${name} } } } }`

/** What the upstream saw of a request. */
async function seen(name: string, path: string, headers: Record<string, string> = {}) {
  await bench.call(name, path, { headers })
  const request = upstream.requests.at(-1)
  return { path: request?.path, host: request?.headers.host, headers: request?.headers ?? {} }
}

test('a prefix rewrite replaces the matched prefix', async () => {
  await bench.serve(
    'prefix-rewrite',
    `routes:
${route('prefix: /api', 'prefixRewrite: /v1')}
${route('prefix: /root', 'prefixRewrite: /')}
${route('exact: /exact', 'prefixRewrite: /whole')}
${route("regex: '/re.*'", 'prefixRewrite: /all')}
${route('prefix: /none', "prefixRewrite: ''")}`,
  )
  const path = async (sent: string) => (await seen('prefix-rewrite', sent)).path
  expect(await path('/api/chat?q=/api')).toBe('/v1/chat?q=/api')
  expect(await path('/root/chat')).toBe('/chat')
  expect(await path('/exact?q=1')).toBe('/whole?q=1')
  expect(await path('/regex/a')).toBe('/all')
  expect(await path('/none/a')).toBe('/none/a')
})

test('a regex rewrite replaces every match in the path', async () => {
  const [digits, swap] = ["'[0-9]+'", "'^/swap/([^/]+)/([^/]+)$'"]
  await bench.serve(
    'regex-rewrite',
    `routes:
${route('prefix: /digits', `regexRewrite: { pattern: { regex: ${digits} }, substitution: n }`)}
${route('prefix: /swap', `regexRewrite: { pattern: { regex: ${swap} }, substitution: '/\\2/\\1' }`)}`,
  )
  const path = async (sent: string) => (await seen('regex-rewrite', sent)).path
  expect(await path('/digits/1/22?q=3')).toBe('/digits/n/n?q=3')
  expect(await path('/swap/a/b?q=1')).toBe('/b/a?q=1')
})

test('a host rewrite changes the host that the upstream sees', async () => {
  const pattern = "pattern: { regex: '^/tenant/([a-z]+)/.*$' }, substitution: '\\1.host.test'"
  await bench.serve(
    'host-rewrite',
    `routes:
${route('prefix: /literal', 'hostRewrite: literal.test')}
${route('prefix: /auto', 'autoHostRewrite: true', 'named')}
${route('prefix: /not-auto', 'autoHostRewrite: false', 'named')}
${route('prefix: /header', 'hostRewriteHeader: X-Target')}
${route('prefix: /tenant', `hostRewritePathRegex: { ${pattern} }`)}`,
  )
  const host = async (path: string, headers = {}) =>
    (await seen('host-rewrite', path, headers)).host
  expect(await host('/literal')).toBe('literal.test')
  expect(await host('/auto')).toBe('localhost')
  expect(await host('/not-auto')).toBe('host-rewrite.test')
  expect(await host('/header', { 'x-target': 'chosen.test' })).toBe('chosen.test')
  expect(await host('/header')).toBe('host-rewrite.test')
  expect(await host('/tenant/blue/a?b=c')).toBe('blue.host.test')
})

test('the host of the client is kept in x-forwarded-host', async () => {
  await bench.serve(
    'forwarded-host',
    `routes:
${route('prefix: /kept', 'hostRewrite: new.test, appendXForwardedHost: true')}
${route('prefix: /dropped', 'hostRewrite: new.test, appendXForwardedHost: false')}`,
  )
  expect(await seen('forwarded-host', '/kept')).toMatchObject({
    host: 'new.test',
    headers: { 'x-forwarded-host': 'forwarded-host.test' },
  })
  const before = await seen('forwarded-host', '/kept', { 'x-forwarded-host': 'before.test' })
  expect(before.headers['x-forwarded-host']).toBe('before.test, forwarded-host.test')
  const dropped = await seen('forwarded-host', '/dropped')
  expect(dropped.headers).not.toHaveProperty('x-forwarded-host')
})
