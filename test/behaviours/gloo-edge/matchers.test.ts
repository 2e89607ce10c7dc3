import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
})
afterAll(() => bench.stop())

/** A route that answers with its own name. */
const route = (name: string, matcher: string) =>
  `- { matchers: [{ ${matcher} }], directResponseAction: { status: 200, body: ${name} } }`

const routes = (...lines: readonly string[]) => `routes:\n${lines.join('\n')}`

test('a virtual service answers for its domains only', async () => {
  const everything = routes(route('suffix', 'prefix: /'))
  await bench.serve('suffixes', `domains: ['*.wild.test', 'wild.*']\n${everything}`)
  await bench.serve(
    'exact',
    `domains: [Own.test, 'port.test:8080']\n${everything.replace('suffix', 'exact')}`,
  )
  const ask = (host: string) => bench.ask('', '/', { host })
  expect(await ask('own.test')).toBe('exact')
  expect(await ask('OWN.test:80')).toBe('exact')
  expect(await ask('port.test:8080')).toBe('exact')
  expect(await ask('port.test')).toBe('404')
  expect(await ask('a.wild.test')).toBe('suffix')
  expect(await ask('wild.example')).toBe('suffix')
  expect(await ask('other.test')).toBe('404')

  await bench.serve('default', `domains: []\n${everything.replace('suffix', 'default')}`)
  expect(await ask('other.test')).toBe('default')
  expect(await ask('own.test')).toBe('exact')
})

test('the first route that matches wins', async () => {
  await bench.serve(
    'order',
    routes(
      route('first', 'prefix: /a/b'),
      route('second', 'prefix: /a'),
      route('third', 'exact: /a/c'),
    ),
  )
  expect(await bench.ask('order', '/a/b/c')).toBe('first')
  expect(await bench.ask('order', '/a/c')).toBe('second')
})

test('a prefix matcher takes every path that begins with it', async () => {
  await bench.serve('prefix', routes(route('api', 'prefix: /api')))
  expect(await bench.ask('prefix', '/api')).toBe('api')
  expect(await bench.ask('prefix', '/api/v1?q=/other')).toBe('api')
  expect(await bench.ask('prefix', '/apiary')).toBe('api')
  expect(await bench.ask('prefix', '/ap')).toBe('404')
  expect(await bench.ask('prefix', '/API')).toBe('404')
})

test('an exact matcher takes the whole path', async () => {
  await bench.serve('exact-path', routes(route('exact', 'exact: /exact')))
  expect(await bench.ask('exact-path', '/exact')).toBe('exact')
  expect(await bench.ask('exact-path', '/exact?q=1')).toBe('exact')
  expect(await bench.ask('exact-path', '/exact/')).toBe('404')
  expect(await bench.ask('exact-path', '/exac')).toBe('404')
})

test('a regex matcher takes the whole path', async () => {
  await bench.serve('regex', routes(route('regex', "regex: '/v[0-9]+/(chat|embed)'")))
  expect(await bench.ask('regex', '/v12/chat')).toBe('regex')
  expect(await bench.ask('regex', '/v1/embed?q=1')).toBe('regex')
  expect(await bench.ask('regex', '/v1/chat/more')).toBe('404')
  expect(await bench.ask('regex', '/x/v1/chat')).toBe('404')
})

test('a matcher that is not case sensitive takes any case', async () => {
  await bench.serve(
    'case',
    routes(
      route('any', 'prefix: /Any, caseSensitive: false'),
      route('whole', 'exact: /Whole, caseSensitive: false'),
      route('strict', 'prefix: /Strict, caseSensitive: true'),
    ),
  )
  expect(await bench.ask('case', '/aNY/more')).toBe('any')
  expect(await bench.ask('case', '/WHOLE')).toBe('whole')
  expect(await bench.ask('case', '/Strict')).toBe('strict')
  expect(await bench.ask('case', '/strict')).toBe('404')
})

test('header matchers choose the route', async () => {
  await bench.serve(
    'by-header',
    routes(
      route('present', 'prefix: /, headers: [{ name: x-present }]'),
      route('exact', 'prefix: /, headers: [{ name: X-Model, value: gpt }]'),
      route('regex', "prefix: /, headers: [{ name: x-model, value: 'gpt-[0-9]', regex: true }]"),
      route('both', 'prefix: /, headers: [{ name: x-a, value: "1" }, { name: x-b, value: "2" }]'),
      route('dot', "prefix: /, headers: [{ name: x-literal, value: 'a.c', regex: false }]"),
      route('without', 'prefix: /, headers: [{ name: x-user, value: bot, invertMatch: true }]'),
    ),
  )
  const ask = (headers: Record<string, string>) => bench.ask('by-header', '/', { headers })
  expect(await ask({ 'x-present': '', 'x-user': 'bot' })).toBe('present')
  expect(await ask({ 'x-model': 'gpt', 'x-user': 'bot' })).toBe('exact')
  expect(await ask({ 'x-model': 'gpt-4', 'x-user': 'bot' })).toBe('regex')
  expect(await ask({ 'x-model': 'gpt-44', 'x-user': 'bot' })).toBe('404')
  expect(await ask({ 'x-a': '1', 'x-b': '2', 'x-user': 'bot' })).toBe('both')
  expect(await ask({ 'x-a': '1', 'x-user': 'bot' })).toBe('404')
  expect(await ask({ 'x-literal': 'a.c', 'x-user': 'bot' })).toBe('dot')
  expect(await ask({ 'x-literal': 'abc', 'x-user': 'bot' })).toBe('404')
  expect(await ask({ 'x-user': 'person' })).toBe('without')
  expect(await ask({})).toBe('without')
})

test('query parameter matchers choose the route', async () => {
  await bench.serve(
    'by-query',
    routes(
      route('present', 'prefix: /, queryParameters: [{ name: debug }]'),
      route('exact', 'prefix: /, queryParameters: [{ name: Model, value: gpt-4 }]'),
      route('regex', "prefix: /, queryParameters: [{ name: v, value: '[0-9]+', regex: true }]"),
      route('dot', "prefix: /, queryParameters: [{ name: dot, value: 'a.c', regex: false }]"),
    ),
  )
  expect(await bench.ask('by-query', '/?x=1&debug')).toBe('present')
  expect(await bench.ask('by-query', '/?Model=gpt-4')).toBe('exact')
  expect(await bench.ask('by-query', '/?model=gpt-4')).toBe('404')
  expect(await bench.ask('by-query', '/?v=12')).toBe('regex')
  expect(await bench.ask('by-query', '/?v=12a')).toBe('404')
  expect(await bench.ask('by-query', '/?dot=a.c')).toBe('dot')
  expect(await bench.ask('by-query', '/?dot=abc')).toBe('404')
})

test('method matchers choose the route', async () => {
  await bench.serve(
    'by-method',
    routes(
      route('write', 'prefix: /, methods: [POST, PUT]'),
      route('read', 'prefix: /, methods: [GET]'),
    ),
  )
  const ask = (method: string) => bench.ask('by-method', '/', { method })
  expect(await ask('POST')).toBe('write')
  expect(await ask('PUT')).toBe('write')
  expect(await ask('GET')).toBe('read')
  expect(await ask('DELETE')).toBe('404')
})
