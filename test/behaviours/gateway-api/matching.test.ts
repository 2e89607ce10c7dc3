import { afterAll, beforeAll, expect, test } from 'vitest'
import { GatewayBench } from './gateway-bench.ts'

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => bench.service(name)))
})
afterAll(() => bench.stop())

/** A rule that leads to the Service `name`. */
const rule = (match: string, name: string) =>
  `{ matches: [${match}], backendRefs: [{ name: ${name}, port: 80 }] }`

/** A route of one host, so that tests do not meet each other's. */
const route = (host: string, rules: readonly string[]) =>
  bench.route(host.replaceAll('.', '-'), `{ hostnames: [${host}], rules: [${rules.join(', ')}] }`)

const askHost = (host: string, path: string, headers: Record<string, string | string[]> = {}) =>
  bench.ask(path, { headers: { host, ...headers } })

test('exact, prefix and regular expression matches choose by path', async () => {
  const conditions = await route('path.test', [
    rule('{ path: { value: /v2 } }', 'a'),
    rule('{ path: { type: Exact, value: /v2/exact } }', 'b'),
    rule('{ path: { type: RegularExpression, value: "/v2/[0-9]+" } }', 'c'),
    rule('{ path: { value: /v2/deep/ } }', 'd'),
  ])
  expect(conditions).toEqual({ Accepted: 'True/Accepted', ResolvedRefs: 'True/ResolvedRefs' })
  const ask = (path: string) => askHost('path.test', path)
  expect(await ask('/v2')).toBe('a')
  expect(await ask('/v2/')).toBe('a')
  expect(await ask('/v2/x')).toBe('a')
  expect(await ask('/v2example')).toBe('404')
  expect(await ask('/V2')).toBe('404')
  expect(await ask('/v2/exact')).toBe('b')
  expect(await ask('/v2/exact/')).toBe('a')
  expect(await ask('/v2/123')).toBe('c')
  expect(await ask('/v2/123x')).toBe('a')
  expect(await ask('/v2/deep')).toBe('d')
  expect(await ask('/v2/deep/er')).toBe('d')
})

test('header matches choose the route', async () => {
  await route('header.test', [
    rule('{ headers: [{ name: Version, value: one }] }', 'a'),
    rule('{ headers: [{ name: version, value: one }, { name: color, value: red }] }', 'b'),
    rule('{ headers: [{ name: version, type: RegularExpression, value: "tw.*" }] }', 'c'),
  ])
  const ask = (headers: Record<string, string | string[]>) => askHost('header.test', '/', headers)
  expect(await ask({ version: 'one' })).toBe('a')
  expect(await ask({ VERSION: 'one', color: 'red' })).toBe('b')
  expect(await ask({ version: 'two' })).toBe('c')
  expect(await ask({ version: 'three' })).toBe('404')
})

test('query parameter matches choose the route', async () => {
  await route('query.test', [
    rule('{ queryParams: [{ name: animal, value: whale }] }', 'a'),
    rule('{ queryParams: [{ name: animal, value: whale }, { name: color, value: blue }] }', 'b'),
    rule('{ queryParams: [{ name: size, type: RegularExpression, value: "[0-9]+" }] }', 'c'),
  ])
  const ask = (path: string) => askHost('query.test', path)
  expect(await ask('/?animal=whale')).toBe('a')
  expect(await ask('/?x=1&animal=whale&color=blue')).toBe('b')
  expect(await ask('/?size=12')).toBe('c')
  expect(await ask('/?size=big')).toBe('404')
  expect(await ask('/?Animal=whale')).toBe('404')
})

test('method matches choose the route', async () => {
  await route('method.test', [
    rule('{ method: POST }', 'a'),
    rule('{ method: GET, headers: [{ name: version, value: one }] }', 'b'),
    rule('{ path: { value: /long } }', 'c'),
  ])
  const ask = (method: string, path: string, headers = {}) =>
    bench.ask(path, { method, headers: { host: 'method.test', ...headers } })
  expect(await ask('POST', '/')).toBe('a')
  expect(await ask('GET', '/', { version: 'one' })).toBe('b')
  expect(await ask('PUT', '/')).toBe('404')
  expect(await ask('POST', '/long')).toBe('c')
})

test('a route answers for the hostnames that it shares with its listener', async () => {
  await route('exact.names.test', [rule('{}', 'a')])
  await bench.route('wild-names', `{ hostnames: ['*.names.test'], rules: [${rule('{}', 'b')}] }`)
  expect(await askHost('exact.names.test', '/')).toBe('a')
  expect(await askHost('EXACT.names.test:1234', '/')).toBe('a')
  expect(await askHost('other.names.test', '/')).toBe('b')
  expect(await askHost('deep.other.names.test', '/')).toBe('b')
  expect(await askHost('names.test', '/')).toBe('404')
})

test('what the most specific host does not match falls to the next one', async () => {
  await route('first.fall.test', [rule('{ path: { value: /own } }', 'a')])
  await bench.route(
    'fall',
    `{ hostnames: ['*.fall.test'], rules: [${rule('{ path: { value: / } }', 'b')}] }`,
  )
  expect(await askHost('first.fall.test', '/own')).toBe('a')
  expect(await askHost('first.fall.test', '/else')).toBe('b')
})

test('a manifest that upstream refuses is refused with the same words', async () => {
  await expect(
    bench.route('bad', '{ rules: [{ matches: [{ path: { value: no-slash } }] }] }'),
  ).rejects.toThrow("must be an absolute path and start with '/'")
  await expect(
    bench.route('bad', '{ rules: [{ filters: [{ type: RequestRedirect }] }] }'),
  ).rejects.toThrow('filter.requestRedirect must be specified for RequestRedirect filter.type')
})
