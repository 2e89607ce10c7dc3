import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { findFreePort } from '../../../src/lib/http/testing/free-port.ts'
import { callHttp } from '../../harness/http-call.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { type Call, EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start(['--workers', '2'])
  await bench.upstream('limited')
})
afterAll(() => bench.stop())

const action = 'routeAction: { single: { upstream: { name: limited } } }'

const dayMs = 86_400_000
const today = () => Math.floor(Date.now() / dayMs)
let users = 0

/** Counts by a user of its own, and once more where midnight in UTC came in between. */
async function withinOneDay<Result>(run: (user: string) => Promise<Result>): Promise<Result> {
  for (;;) {
    const day = today()
    users += 1
    const result = await run(`user-${users}`)
    if (today() === day) return result
  }
}

/** The statuses of the answers to `count` requests, one after another. */
async function statuses(name: string, path: string, call: Call, count: number) {
  const answers: number[] = []
  for (let index = 0; index < count; index += 1) {
    answers.push((await bench.call(name, path, call)).status)
  }
  return answers
}

const as = (user: string, more: Record<string, string> = {}): Call => ({
  headers: { 'x-user': user, ...more },
})

/** Makes the RateLimitConfig `default/name` and resolves with its status. */
async function rateLimitConfig(name: string, raw: string) {
  await bench.apply({
    apiVersion: 'ratelimit.solo.io/v1alpha1',
    kind: 'RateLimitConfig',
    metadata: { name, namespace: 'default' },
    spec: { raw: parse(raw) },
  })
  const path = `/apis/ratelimit.solo.io/v1alpha1/namespaces/default/ratelimitconfigs/${name}`
  return waitUntil(`a status of ${name}`, async () => {
    const object = await bench.kube.get(path)
    return object['status'] as { state: string; message?: string } | undefined
  })
}

const byUser = (limit: number) => `
  descriptors: [{ key: user, rateLimit: { unit: DAY, requestsPerUnit: ${limit} } }]
  rateLimits: [{ actions: [{ requestHeaders: { headerName: X-User, descriptorKey: user } }] }]`

test('requests above the limits of a RateLimitConfig are refused', async () => {
  expect(
    await rateLimitConfig(
      'plans',
      `
  descriptors:
  - key: user
    descriptors:
    - { key: generic_key, value: plain, rateLimit: { unit: DAY, requestsPerUnit: 2 } }
    - { key: header_match, value: heavy, weight: 1, rateLimit: { unit: DAY, requestsPerUnit: 1 } }
  setDescriptors:
  - simpleDescriptors: [{ key: tool, value: big }, { key: user }]
    rateLimit: { unit: DAY, requestsPerUnit: 3 }
  rateLimits:
  - actions:
    - { requestHeaders: { headerName: x-user, descriptorKey: user } }
    - { genericKey: { descriptorValue: plain } }
  - actions:
    - { requestHeaders: { headerName: x-user, descriptorKey: user } }
    - { headerValueMatch: { descriptorValue: heavy, headers: [{ name: x-size, rangeMatch: { start: 100, end: 1000 } }] } }
  - setActions:
    - { requestHeaders: { headerName: x-user, descriptorKey: user } }
    - { requestHeaders: { headerName: x-tool, descriptorKey: tool } }
    - { remoteAddress: {} }`,
    ),
  ).toMatchObject({ state: 'ACCEPTED', observedGeneration: 1 })
  await bench.serve(
    'plans',
    `routes: [{ matchers: [{ prefix: / }], ${action}, options: { rateLimitConfigs: { refs: [{ name: plans }] } } }]`,
  )
  const run = (more: Record<string, string>) =>
    withinOneDay((user) => statuses('plans', '/', as(user, more), 4))
  expect(await run({})).toEqual([200, 200, 429, 429])
  expect(await run({ 'x-size': '99' })).toEqual([200, 200, 429, 429])
  expect(await run({ 'x-size': '100' })).toEqual([200, 429, 429, 429])
  expect(await run({ 'x-tool': 'big' })).toEqual([200, 200, 429, 429])

  const refused = await withinOneDay(async (user) => {
    await statuses('plans', '/', as(user), 2)
    return bench.call('plans', '/', as(user))
  })
  expect(refused.body).toBe('')
  expect(refused.headers['x-envoy-ratelimited']).toBe('true')
  expect(refused.headers['x-ratelimit-limit']).toBeUndefined()
  // Without the header there is nothing to count by.
  expect(await statuses('plans', '/', {}, 3)).toEqual([200, 200, 200])
})

test('a RateLimitConfig that is wrong is rejected and names what is wrong', async () => {
  const status = await rateLimitConfig(
    'wrong',
    'descriptors: [{ key: user, rateLimit: { requestsPerUnit: 1 } }]',
  )
  expect(status.state).toBe('REJECTED')
  expect(status.message).toContain('descriptors[0].rateLimit.unit')
  const served = await bench.serve(
    'wrong',
    `
routes:
- { matchers: [{ prefix: /wrong }], ${action}, options: { rateLimitConfigs: { refs: [{ name: wrong }] } } }
- { matchers: [{ prefix: /missing }], ${action}, options: { rateLimitConfigs: { refs: [{ name: nowhere }] } } }
- { matchers: [{ prefix: /open }], ${action} }`,
  )
  expect(served.state).toBe('Rejected')
  expect(served.reason).toContain('could not find RateLimitConfig default.nowhere')
  expect(await bench.ask('wrong', '/wrong')).toContain('RateLimitConfig default.wrong is rejected')
  expect((await bench.call('wrong', '/missing')).status).toBe(500)
  expect((await bench.call('wrong', '/open')).status).toBe(200)
})

test('every RateLimitConfig that a route refers to limits its requests', async () => {
  await rateLimitConfig('three', byUser(3))
  await rateLimitConfig('five', byUser(5))
  await bench.serve(
    'refs',
    `
routes:
- matchers: [{ prefix: /both }]
  ${action}
  options: { rateLimitConfigs: { refs: [{ name: five }, { name: three, namespace: default }] } }
- matchers: [{ prefix: /early }]
  ${action}
  options:
    rateLimitEarlyConfigs: { refs: [{ name: three }] }
    rateLimitRegularConfigs: { refs: [{ name: five }] }
- { matchers: [{ prefix: /five }], ${action}, options: { rateLimitRegularConfigs: { refs: [{ name: five }] } } }`,
  )
  const [both, after] = await withinOneDay(async (user) => [
    await statuses('refs', '/both', as(user), 4),
    // Refused requests have counted, too.
    await statuses('refs', '/five', as(user), 2),
  ])
  expect(both).toEqual([200, 200, 200, 429])
  expect(after).toEqual([200, 429])
  const early = await withinOneDay(async (user) => [
    await statuses('refs', '/early', as(user), 4),
    // What the early stage refuses does not reach the later one.
    await statuses('refs', '/five', as(user), 3),
  ])
  expect(early).toEqual([
    [200, 200, 200, 429],
    [200, 200, 429],
  ])
})

test('all gateway threads count together', async () => {
  await rateLimitConfig('together', byUser(17))
  await bench.serve(
    'together',
    `routes: [{ matchers: [{ prefix: / }], ${action}, options: { rateLimitConfigs: { refs: [{ name: together }] } } }]`,
  )
  const answers = await withinOneDay((user) =>
    // Each request has a connection of its own, and the threads share the connections.
    Promise.all(Array.from({ length: 40 }, () => bench.call('together', '/', as(user)))),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(17)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(23)
})

async function settings(spec: string): Promise<void> {
  await bench.apply({
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Settings',
    metadata: { name: 'default', namespace: 'gloo-system' },
    spec: parse(spec),
  })
}

const settingsLimits = `
ratelimit:
  descriptors:
  - { key: user, rateLimit: { unit: DAY, requestsPerUnit: 2 } }
  - { key: tier, value: gold, descriptors: [{ key: user, rateLimit: { unit: DAY, requestsPerUnit: 3 } }] }
  - { key: tier, value: lead, descriptors: [{ key: user, rateLimit: { unit: DAY, requestsPerUnit: 1 } }] }
  setDescriptors: [{ simpleDescriptors: [{ key: other }], rateLimit: { unit: DAY, requestsPerUnit: 1 } }]
`

const header = '{ requestHeaders: { headerName: x-user, descriptorKey: user } }'
const user = `{ rateLimits: [{ actions: [${header}] }] }`
const tier = `{ metadata: { source: ROUTE_ENTRY, descriptorKey: tier, defaultValue: lead, metadataKey: { key: app, path: [{ key: tier }] } } }`

test('actions of a route are held against the limits of the settings', async () => {
  await settings(settingsLimits)
  await bench.serve(
    'inline',
    `
routes:
- { matchers: [{ prefix: /user }], ${action}, options: { ratelimit: ${user} } }
- matchers: [{ prefix: /gold }]
  ${action}
  options: { envoyMetadata: { app: { tier: gold } }, ratelimitEarly: { rateLimits: [{ actions: [${tier}, ${header}] }] } }
- { matchers: [{ prefix: /lead }], ${action}, options: { ratelimitRegular: { rateLimits: [{ actions: [${tier}, ${header}] }] } } }
- matchers: [{ prefix: /set }]
  ${action}
  options: { ratelimit: { rateLimits: [{ setActions: [{ requestHeaders: { headerName: x-user, descriptorKey: other } }] }] } }`,
  )
  const run = (path: string) => withinOneDay((name) => statuses('inline', path, as(name), 4))
  expect(await run('/user')).toEqual([200, 200, 429, 429])
  expect(await run('/gold')).toEqual([200, 200, 200, 429])
  expect(await run('/lead')).toEqual([200, 429, 429, 429])
  expect(await run('/set')).toEqual([200, 429, 429, 429])
})

test('limits of the virtual host hold on routes without limits of their own', async () => {
  await settings(settingsLimits)
  const set = `rateLimits: [{ setActions: [{ requestHeaders: { headerName: x-other, descriptorKey: other } }] }]`
  await bench.serve(
    'inherit',
    `
options: { ratelimit: ${user} }
routes:
- { matchers: [{ prefix: /inherits }], ${action} }
- { matchers: [{ prefix: /own }], ${action}, options: { ratelimit: { ${set} } } }
- { matchers: [{ prefix: /both }], ${action}, options: { ratelimit: { includeVhRateLimits: true, ${set} } } }
- { matchers: [{ prefix: /none }], ${action}, options: { rateLimitConfigs: { refs: [] } } }`,
  )
  const run = (path: string) => withinOneDay((name) => statuses('inherit', path, as(name), 3))
  expect(await run('/inherits')).toEqual([200, 200, 429])
  expect(await run('/own')).toEqual([200, 200, 200])
  expect(await run('/both')).toEqual([200, 200, 429])
  expect(await run('/none')).toEqual([200, 200, 200])
})

test('basic limits hold for each client address', async () => {
  // Each run has a route of its own: there is one client address only.
  const answers = await withinOneDay(async (name) => {
    await bench.serve(
      'basic',
      `
routes:
- matchers: [{ prefix: /${name}/ }]
  ${action}
  options: { ratelimitBasic: { anonymousLimits: { unit: DAY, requestsPerUnit: 2 } } }
- { matchers: [{ prefix: / }], ${action} }`,
    )
    return Promise.all([statuses('basic', `/${name}/`, {}, 3), statuses('basic', '/open', {}, 3)])
  })
  expect(answers).toEqual([
    [200, 200, 429],
    [200, 200, 200],
  ])
})

test('settings decide when limits are checked and what answers say of them', async () => {
  await settings(`${settingsLimits}
ratelimitServer: { enableXRatelimitHeaders: true, rateLimitBeforeAuth: true, denyOnFail: true }`)
  await bench.serve(
    'told',
    `routes: [{ matchers: [{ prefix: / }], ${action}, options: { ratelimit: ${user} } }]`,
  )
  const answers = await withinOneDay(async (name) => {
    const headers: Record<string, unknown>[] = []
    for (let index = 0; index < 3; index += 1) {
      const answer = await bench.call('told', '/', as(name))
      headers.push({ status: answer.status, ...answer.headers })
    }
    return headers
  })
  const left = answers.map((answer) => [answer['status'], answer['x-ratelimit-remaining']])
  expect(left).toEqual([
    [200, '1'],
    [200, '0'],
    [429, '0'],
  ])
  expect(answers[0]?.['x-ratelimit-limit']).toBe('2, 2;w=86400')
  expect(Number(answers[0]?.['x-ratelimit-reset'])).toBeLessThanOrEqual(86_400)
})

test('requests that cannot be counted pass, unless the settings say that they must not', async () => {
  const away = `redis://127.0.0.1:${await findFreePort()}`
  const small = await EdgeBench.start(['--workers', '1', '--redis', away])
  try {
    await small.upstream('limited')
    const serve = (name: string, denyOnFail: boolean) => {
      const limits = `{ rateLimits: [{ actions: [${header}] }] }`
      return small
        .apply({
          apiVersion: 'gloo.solo.io/v1',
          kind: 'Settings',
          metadata: { name: 'default', namespace: 'gloo-system' },
          spec: { ...parse(settingsLimits), ratelimitServer: { denyOnFail } },
        })
        .then(() =>
          small.serve(
            name,
            `routes: [{ matchers: [{ prefix: / }], ${action}, options: { ratelimit: ${limits} } }]`,
          ),
        )
    }
    await serve('open', false)
    const call = async (name: string, caller: string) => {
      const { status, body } = await small.call(name, '/', as(caller))
      return status === 500 ? body : status
    }
    expect(await call('open', 'first')).toBe(200)
    expect(await call('open', 'second')).toBe(200)
    expect(await call('open', 'second')).toBe(200)
    expect(await call('open', 'second')).toBe(200)
    await serve('closed', true)
    expect(await call('closed', 'second')).toContain('VirtualService default/closed')
    const { body: metrics } = await callHttp({
      ...{ address: '127.0.0.1', port: small.sluice.adminPort, path: '/metrics' },
    })
    expect(metrics).toMatch(/^sluice_limit_uncounted_hits_total.* 5$/m)
  } finally {
    await small.stop()
  }
})

test('a caller who makes more counters than there is room for switches no limit off', async () => {
  const small = await EdgeBench.start(['--workers', '1', '--limit-counters', '4'])
  try {
    await small.upstream('limited')
    await small.apply({
      ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Settings' },
      metadata: { name: 'default', namespace: 'gloo-system' },
      spec: parse(settingsLimits),
    })
    await small.serve(
      'full',
      `routes: [{ matchers: [{ prefix: / }], ${action}, options: { ratelimit: ${user} } }]`,
    )
    const call = async (name: string) => (await small.call('full', '/', as(name))).status
    const last = await withinOneDay(async (name) => {
      for (let made = 0; made < 20; made += 1) await call(`${name}-${made}`)
      const answers = [await call(name), await call(name), await call(name)]
      return answers[2]
    })
    expect(last).toBe(429)
    const { body: metrics } = await callHttp({
      ...{ address: '127.0.0.1', port: small.sluice.adminPort, path: '/metrics' },
    })
    expect(metrics).toMatch(/^sluice_limit_shared_hits_total.* [1-9]\d*$/m)
    expect(metrics).toMatch(/^sluice_limit_uncounted_hits_total.* 0$/m)
  } finally {
    await small.stop()
  }
})
