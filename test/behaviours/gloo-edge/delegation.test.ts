import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
  await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } })
})
afterAll(() => bench.stop())

/** Routes that answer with `body` below `path`. */
const answering = (path: string, body: string) =>
  `routes: [{ matchers: [{ prefix: ${path} }], directResponseAction: { status: 200, body: ${body} } }]`

test('a route table answers for the routes delegated to it', async () => {
  await bench.routeTable('near', answering('/near', 'near'))
  await bench.routeTable('far', answering('/far', 'far'), { namespace: 'team' })
  await bench.routeTable('old', answering('/old', 'old'), { namespace: 'team' })
  await bench.routeTable('outside', answering('/elsewhere', 'outside'))
  const status = await bench.serve(
    'delegating',
    `
routes:
- { matchers: [{ prefix: /near }], delegateAction: { ref: { name: near } } }
- { matchers: [{ prefix: /far }], delegateAction: { ref: { name: far, namespace: team } } }
- { matchers: [{ prefix: /old }], delegateAction: { name: old, namespace: team } }
- { matchers: [{ prefix: /out }], delegateAction: { ref: { name: outside } } }
`,
  )
  expect(await bench.ask('delegating', '/near/a')).toBe('near')
  expect(await bench.ask('delegating', '/far/a')).toBe('far')
  expect(await bench.ask('delegating', '/old/a')).toBe('old')
  expect(await bench.ask('delegating', '/elsewhere')).toBe('404')
  expect(status.state).toBe('Warning')
  expect(status.reason).toContain('must begin with the prefix of their parent')
})

const table = async (name: string, body: string, labels: Record<string, string>, weight = 0) =>
  bench.routeTable(name, `${answering('/s', body)}\nweight: ${weight}`, { labels })

test('a selector delegates to every route table with its labels, lower weights first', async () => {
  await table('heavy', 'heavy', { app: 'weights', model: 'gpt' }, 20)
  await table('light', 'light', { app: 'weights', model: 'llama', version: '3' }, -5)
  await bench.routeTable('distant', `${answering('/s', 'distant')}\nweight: -9`, {
    namespace: 'team',
    labels: { app: 'weights', model: 'claude', version: '5' },
  })
  const delegate = (name: string, selector: string) =>
    bench.serve(
      name,
      `routes: [{ matchers: [{ prefix: /s }], delegateAction: { selector: ${selector} } }]`,
    )
  const expression = (name: string, text: string) =>
    delegate(
      name,
      `{ namespaces: [team, default], expressions: [${text}, { key: app, operator: Exists }] }`,
    )

  // Without namespaces only the own one is looked at.
  await delegate('own', '{ labels: { app: weights } }')
  expect(await bench.ask('own', '/s')).toBe('light')
  await delegate('all', "{ labels: { app: weights }, namespaces: ['*'] }")
  expect(await bench.ask('all', '/s')).toBe('distant')
  await delegate('team', '{ labels: { app: weights, model: claude }, namespaces: [team] }')
  expect(await bench.ask('team', '/s')).toBe('distant')
  expect((await delegate('none', '{ labels: { app: nothing } }')).reason).toContain(
    'no route table matches the given selector',
  )

  await expression('equals', '{ key: model, operator: Equals, values: [gpt] }')
  expect(await bench.ask('equals', '/s')).toBe('heavy')
  await expression('double-equals', '{ key: model, operator: DoubleEquals, values: [gpt] }')
  expect(await bench.ask('double-equals', '/s')).toBe('heavy')
  await expression('not-equals', '{ key: model, operator: NotEquals, values: [claude] }')
  expect(await bench.ask('not-equals', '/s')).toBe('light')
  await expression('in', '{ key: model, operator: In, values: [gpt, claude] }')
  expect(await bench.ask('in', '/s')).toBe('distant')
  await expression('not-in', '{ key: model, operator: NotIn, values: [llama, claude] }')
  expect(await bench.ask('not-in', '/s')).toBe('heavy')
  await expression('absent', '{ key: version, operator: DoesNotExist }')
  expect(await bench.ask('absent', '/s')).toBe('heavy')
  await expression('less', "{ key: version, operator: LessThan, values: ['5'] }")
  expect(await bench.ask('less', '/s')).toBe('light')
  await expression('greater', "{ key: version, operator: GreaterThan, values: ['3'] }")
  expect(await bench.ask('greater', '/s')).toBe('distant')
})

test('delegated routes inherit the matchers of their parent', async () => {
  await bench.routeTable(
    'inheriting',
    `
routes:
- matchers: [{ prefix: /in/a, headers: [{ name: x-child, value: 'yes' }] }]
  directResponseAction: { status: 200, body: both }
- matchers: [{ prefix: /in/not }]
  inheritableMatchers: false
  directResponseAction: { status: 200, body: not }
- matchers: [{ exact: /anything, methods: [POST] }]
  inheritablePathMatchers: true
  directResponseAction: { status: 200, body: path }
`,
  )
  const status = await bench.serve(
    'inherit',
    `
routes:
- matchers:
  - prefix: /in
    headers: [{ name: x-parent, value: 'yes' }]
    queryParameters: [{ name: q }]
    methods: [GET]
  inheritableMatchers: true
  delegateAction: { ref: { name: inheriting } }
`,
  )
  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    bench.ask('inherit', path, { headers, method })
  const parent = { 'x-parent': 'yes' }
  expect(await ask('/in/a?q', { ...parent, 'x-child': 'yes' })).toBe('both')
  expect(await ask('/in/a?q', { 'x-child': 'yes' })).toBe('404')
  expect(await ask('/in/a', { ...parent, 'x-child': 'yes' })).toBe('404')
  expect(await ask('/in/more?q', parent, 'POST')).toBe('path')
  expect(await ask('/in/more?q', {}, 'POST')).toBe('404')
  expect(await ask('/anything?q', parent, 'POST')).toBe('404')
  // A route that does not inherit them must have them itself.
  expect(status.reason).toContain('must have all headers that were specified on their parent')
})

test('a delegated route inherits the options that it does not set', async () => {
  const upstream = await bench.upstream('inherited')
  const action = 'routeAction: { single: { upstream: { name: inherited } } }'
  await bench.routeTable(
    'options',
    `
routes:
- { matchers: [{ prefix: /o/parent }], ${action} }
- { matchers: [{ prefix: /o/own }], ${action}, options: { prefixRewrite: /child } }
`,
  )
  await bench.serve(
    'inherit-options',
    `
routes:
- matchers: [{ prefix: /o }]
  options: { prefixRewrite: /parent, hostRewrite: inherited.test }
  delegateAction: { ref: { name: options } }
`,
  )
  await bench.call('inherit-options', '/o/parent/a')
  await bench.call('inherit-options', '/o/own/a')
  expect(upstream.requests.map(({ path, headers }) => [path, headers.host])).toEqual([
    ['/parent/a', 'inherited.test'],
    ['/child/a', 'inherited.test'],
  ])
})

const option = (kind: string, name: string, options: object, namespace = 'default') => ({
  apiVersion: 'gateway.solo.io/v1',
  kind,
  metadata: { name, namespace },
  spec: { options },
})

const header = (key: string) => ({
  headerManipulation: { requestHeadersToAdd: [{ header: { key, value: 'set' } }] },
})

test('options of referenced objects fill in what the route does not set', async () => {
  const upstream = await bench.upstream('external')
  await bench.apply(
    option('RouteOption', 'near', { prefixRewrite: '/near', ...header('x-near') }),
    option('RouteOption', 'far', { hostRewrite: 'far.test', ...header('x-far') }, 'team'),
    option('VirtualHostOption', 'host-near', header('x-host-near')),
    option('VirtualHostOption', 'host-far', header('x-host-far'), 'team'),
  )
  const serve = (name: string, refs: string, hostRefs: string) =>
    bench.serve(
      name,
      `
optionsConfigRefs: { delegateOptions: [${hostRefs}] }
routes:
- matchers: [{ prefix: /e }]
  options: { prefixRewrite: /own }
  optionsConfigRefs: { delegateOptions: [${refs}] }
  routeAction: { single: { upstream: { name: external } } }
`,
    )
  await serve('refs', '{ name: near }, { name: far, namespace: team }', '{ name: host-near }')
  await bench.call('refs', '/e/a')
  expect(upstream.requests.at(-1)).toMatchObject({
    path: '/own/a',
    headers: { host: 'far.test', 'x-near': 'set', 'x-host-near': 'set' },
  })
  // The earlier object has set the whole field.
  expect(upstream.requests.at(-1)?.headers).not.toHaveProperty('x-far')

  const far = '{ name: host-far, namespace: team }'
  const status = await serve('other-refs', '{ name: missing }', `${far}, { name: host-near }`)
  await bench.call('other-refs', '/e/a')
  expect(upstream.requests.at(-1)?.headers).toMatchObject({ 'x-host-far': 'set' })
  expect(upstream.requests.at(-1)?.headers).not.toHaveProperty('x-host-near')
  expect(status.reason).toContain('list did not find routeOption default.missing')
})
