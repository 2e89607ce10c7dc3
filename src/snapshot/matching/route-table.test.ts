import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PathMatcher, RequestMatcher, ValueMatcher } from '../../ir/matcher.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { RoutedRequest } from '../snapshot.ts'
import { type CompiledMatcher, compileMatcher } from './compile-matcher.ts'
import { RouteTable } from './route-table.ts'

function compiled(matcher: RequestMatcher): CompiledMatcher {
  const result = compileMatcher(matcher)
  if ('type' in result) throw new Error(result.message)
  return result
}

function build(routes: readonly (readonly CompiledMatcher[])[]): RouteTable {
  const steps = RouteTable.build(routes)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

function request(path: string, parts: Partial<RoutedRequest> = {}): RoutedRequest {
  return { method: 'GET', path, query: '', host: 'h.example', headers: new HeaderList(), ...parts }
}

function matcher(path: Partial<PathMatcher>, parts: Partial<RequestMatcher> = {}): RequestMatcher {
  return {
    path: { type: 'prefix', value: '/', caseSensitive: true, ...path },
    headers: [],
    queryParameters: [],
    methods: [],
    ...parts,
  }
}

const value = (name: string, parts: Partial<ValueMatcher>): ValueMatcher => ({
  name,
  type: 'exact',
  value: '',
  inverted: false,
  ...parts,
})

/** Whether a table of this one matcher finds it. */
function holds(single: RequestMatcher, asked: RoutedRequest): boolean {
  return build([[compiled(single)]]).find(asked) === 0
}

test.each([
  [{ type: 'prefix', value: '/foo' }, '/foobar', true],
  [{ type: 'prefix', value: '/foo/' }, '/foo', false],
  [{ type: 'segment-prefix', value: '/foo' }, '/foobar', false],
  [{ type: 'segment-prefix', value: '/foo' }, '/foo/x', true],
  [{ type: 'segment-prefix', value: '/foo' }, '/foo', true],
  [{ type: 'segment-prefix', value: '/foo/' }, '/foo', true],
  [{ type: 'segment-prefix', value: '/' }, '/any', true],
  [{ type: 'exact', value: '/foo' }, '/foo/', false],
  [{ type: 'exact', value: '/Foo' }, '/foo', false],
  [{ type: 'exact', value: '/Foo', caseSensitive: false }, '/fOO', true],
  [{ type: 'prefix', value: '/Foo', caseSensitive: false }, '/fOO/x', true],
  [{ type: 'regex', value: '/a/[0-9]+' }, '/a/1', true],
  [{ type: 'regex', value: '/a/[0-9]+' }, '/a/1/b', false],
  [{ type: 'connect', value: '' }, '/any', false],
] as const)('%o and the path %s: %s', (path, asked, expected) => {
  expect(holds(matcher(path), request(asked))).toBe(expected)
})

test('a connect matcher takes CONNECT requests', () => {
  expect(holds(matcher({ type: 'connect' }), request('h:443', { method: 'CONNECT' }))).toBe(true)
})

test.each([
  [value('x', { value: '1' }), ['x', '1'], true],
  [value('x', { value: '1' }), ['x', '1', 'x', '2'], false],
  [value('x', { value: '1,2' }), ['x', '1', 'x', '2'], true],
  [value('x', { type: 'present' }), ['x', ''], true],
  [value('x', { type: 'present', inverted: true }), [], true],
  [value('x', { type: 'present', inverted: true }), ['x', '1'], false],
  [value('x', { value: '1', inverted: true }), [], true],
  [value('x', { value: '1', inverted: true }), ['x', '1'], false],
  [value('x', { type: 'regex', value: '[0-9]' }), ['x', '12'], false],
  [value('x', { type: 'regex', value: '[0-9]+' }), ['x', '12'], true],
  [value(':method', { value: 'GET' }), [], true],
  [value(':authority', { value: 'h.example' }), [], true],
  [value(':unknown', { type: 'present' }), [], false],
])('the header condition %o and %j: %s', (condition, flat, expected) => {
  const asked = request('/', { headers: new HeaderList(flat) })
  expect(holds(matcher({}, { headers: [condition] }), asked)).toBe(expected)
})

test.each([
  [value('q', { value: 'a' }), '?q=a', true],
  [value('q', { value: 'a' }), '?x=1&q=a&q=b', true],
  [value('q', { value: 'b' }), '?q=a&q=b', false],
  [value('q', { value: 'a b' }), '?q=a%20b', false],
  [value('q', { type: 'present' }), '?q', true],
  [value('q', { type: 'present' }), '?qq=1', false],
  [value('q', { type: 'present' }), '', false],
  [value('q', { value: '', inverted: true }), '', true],
])('the query condition %o and %j: %s', (condition, query, expected) => {
  expect(holds(matcher({}, { queryParameters: [condition] }), request('/', { query }))).toBe(
    expected,
  )
})

test('places are counted over the matchers of all routes', () => {
  const paths = [['/a', '/b'], ['/c'], ['/b', '/d']]
  const table = build(paths.map((each) => each.map((value) => compiled(matcher({ value })))))
  expect(['/a', '/b', '/c', '/d', '/e'].map((path) => table.find(request(path)))).toEqual([
    ...[0, 1, 2, 4, undefined],
  ])
})

const pathValue = fc
  .array(fc.constantFrom('a', 'A', 'b', 'ab', '', 'é', '\u4e2d', '\u4e2e'), { maxLength: 3 })
  .map((segments) => `/${segments.join('/')}`)
const pathMatcher: fc.Arbitrary<PathMatcher> = fc.record({
  type: fc.constantFrom('exact', 'prefix', 'segment-prefix'),
  value: pathValue,
  caseSensitive: fc.boolean(),
})
const regexMatcher: fc.Arbitrary<PathMatcher> = fc.record({
  type: fc.constant('regex'),
  value: fc.constantFrom('/a/.*', '/a/b', '/[ab]+', '.*b', '/a(/b)?', '(?i)/ab.*', '/.*/b', '.*'),
  caseSensitive: fc.boolean(),
})
const condition = (name: fc.Arbitrary<string>): fc.Arbitrary<ValueMatcher> =>
  fc.record({
    name,
    type: fc.constantFrom('exact', 'exact', 'regex', 'present'),
    value: fc.constantFrom('1', '2', '3'),
    inverted: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
  })
const anyMatcher: fc.Arbitrary<RequestMatcher> = fc.record({
  path: fc.oneof(
    { weight: 5, arbitrary: pathMatcher },
    { weight: 2, arbitrary: regexMatcher },
    fc.constant<PathMatcher>({ type: 'connect', value: '', caseSensitive: true }),
  ),
  headers: fc.array(condition(fc.constantFrom('x', 'y', ':method')), { maxLength: 2 }),
  queryParameters: fc.array(condition(fc.constantFrom('q', 'p')), { maxLength: 1 }),
  methods: fc.subarray(['GET', 'POST', 'CONNECT'], { maxLength: 2 }),
})
const anyRequest: fc.Arbitrary<RoutedRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'CONNECT'),
  path: pathValue,
  query: fc.constantFrom('', '?q=1', '?p=2&q=3', '?q'),
  host: fc.constant('h.example'),
  headers: fc
    .array(fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2', '3')), {
      maxLength: 3,
    })
    .map((pairs) => new HeaderList(pairs.flat())),
})

/** The obvious way: one after the other. */
function findLinearly(
  routes: readonly (readonly CompiledMatcher[])[],
  asked: RoutedRequest,
): number | undefined {
  const place = routes.flat().findIndex((each) => holdsPlainly(each, asked))
  return place === -1 ? undefined : place
}

function holdsPlainly({ path, regex, conditions }: CompiledMatcher, asked: RoutedRequest): boolean {
  const fold = (text: string) => (path.caseSensitive ? text : text.toLowerCase())
  const [wanted, actual] = [fold(path.value), fold(asked.path)]
  const isOnPath = {
    exact: () => actual === wanted,
    prefix: () => actual.startsWith(wanted),
    'segment-prefix': () => `${actual}/`.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`),
    regex: () => regex?.matches(asked.path) === true,
    connect: () => asked.method === 'CONNECT',
  }
  return isOnPath[path.type]() && (conditions === undefined || conditions(asked))
}

test('a table finds what the obvious linear search finds', () => {
  const tables = fc.array(fc.array(anyMatcher, { minLength: 1, maxLength: 2 }), { maxLength: 60 })
  const requests = fc.array(anyRequest, { minLength: 10, maxLength: 30 })
  fc.assert(
    fc.property(tables, requests, (matchers, asked) => {
      const routes = matchers.map((each) => each.map(compiled))
      const table = build(routes)
      for (const each of asked) expect(table.find(each)).toBe(findLinearly(routes, each))
    }),
    { numRuns: 2000 },
  )
})

const crowded: fc.Arbitrary<RequestMatcher> = fc.record({
  path: fc.constantFrom<PathMatcher[]>(
    ...['/a/.*', '/a/[^/]+/b', '/a/.*/ab', '/a/[ab]+', '/a/.+b', '/a/(a|b)'].map(
      (pattern): PathMatcher => ({ type: 'regex', value: pattern, caseSensitive: true }),
    ),
    { type: 'prefix', value: '/a/', caseSensitive: true },
  ),
  headers: fc.array(condition(fc.constantFrom('x', 'y')), { maxLength: 2 }),
  queryParameters: fc.array(condition(fc.constant('q')), { maxLength: 1 }),
  methods: fc.subarray(['GET', 'POST'], { maxLength: 1 }),
})

test('a table whose matchers crowd in one place finds what the linear search finds', () => {
  const tables = fc.array(crowded, { minLength: 12, maxLength: 60 })
  const tail = fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 3 })
  const requests = fc.array(
    fc.tuple(anyRequest, tail).map(([each, segments]): RoutedRequest => {
      return { ...each, path: ['/a', ...segments].join('/') }
    }),
    { minLength: 10, maxLength: 30 },
  )
  fc.assert(
    fc.property(tables, requests, (matchers, asked) => {
      const routes = matchers.map((each) => [compiled(each)])
      const table = build(routes)
      for (const each of asked) expect(table.find(each)).toBe(findLinearly(routes, each))
    }),
    { numRuns: 1000 },
  )
})
