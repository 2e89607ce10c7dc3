import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { GatewayBench } from './gateway-bench.ts'

let bench: GatewayBench
let one: RecordingUpstream
let two: RecordingUpstream
beforeAll(async () => {
  bench = await GatewayBench.start()
  one = await bench.service('one')
  two = await bench.service('two')
})
afterAll(() => bench.stop())

const accepted = { Accepted: 'True/Accepted', ResolvedRefs: 'True/ResolvedRefs' }

const lastOf = (upstream: RecordingUpstream) => {
  const request = upstream.requests.at(-1)
  if (request === undefined) throw new Error('The upstream has received nothing.')
  return request
}

/** Calls until every one of the answers was seen. */
async function seesAll(path: string, answers: readonly string[]): Promise<void> {
  const seen = new Set<string>()
  await waitUntil(`answers ${answers.join(', ')}`, async () => {
    const { status, body, headers } = await bench.call(path)
    seen.add(status === 200 ? body : `${status} ${headers.location ?? ''}`.trim())
    return seen.size >= answers.length
  })
  expect([...seen].sort()).toEqual([...answers].sort())
}

test('a redirect of a backend answers its share of the requests', async () => {
  const redirect = (path: string) =>
    `filters: [{ type: RequestRedirect, requestRedirect: { path: ${path} } }]`
  const conditions = await bench.route(
    'backend-redirect',
    `
hostnames: [old.test]
rules:
- matches: [{ path: { value: /full } }]
  backendRefs:
  - { name: one, port: 80, ${redirect('{ type: ReplaceFullPath, replaceFullPath: /new-full }')} }
- matches: [{ path: { value: /prefix } }]
  backendRefs:
  - { name: one, port: 80, ${redirect('{ type: ReplacePrefixMatch, replacePrefixMatch: /new }')} }
- matches: [{ path: { value: /headers } }]
  backendRefs:
  - name: one
    port: 80
    filters:
    - { type: RequestRedirect, requestRedirect: { scheme: https, statusCode: 308 } }
    - { type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: x-from, value: one }] } }
`,
  )
  expect(conditions).toMatchObject(accepted)
  const call = (path: string) => bench.call(path, { headers: { host: 'old.test' } })
  const full = await call('/full/original?q=1')
  expect([full.status, full.headers.location]).toEqual([302, 'http://old.test:8080/new-full?q=1'])
  const prefix = await call('/prefix/original')
  expect(prefix.headers.location).toBe('http://old.test:8080/new/original')
  const changed = await call('/headers')
  expect([changed.status, changed.headers.location]).toEqual([308, 'https://old.test/headers'])
  expect(changed.headers['x-from']).toBe('one')
  expect(one.requests).toEqual([])

  await bench.route(
    'backend-redirect-share',
    `
rules:
- matches: [{ path: { value: /share } }]
  backendRefs:
  - { name: one, port: 80, filters: [{ type: RequestRedirect, requestRedirect: { hostname: new.test, port: 80 } }] }
  - { name: two, port: 80 }
  - { name: missing, port: 80, filters: [{ type: RequestRedirect, requestRedirect: { hostname: lost.test } }] }
`,
  )
  await seesAll('/share', ['302 http://new.test/share', 'two', '500'])
})

test('a rewrite of a backend changes the requests of that backend only', async () => {
  const rewrite = (fields: string) => `filters: [{ type: URLRewrite, urlRewrite: ${fields} }]`
  const conditions = await bench.route(
    'backend-rewrite',
    `
rules:
- matches: [{ path: { value: /full } }]
  backendRefs:
  - { name: one, port: 80, ${rewrite('{ path: { type: ReplaceFullPath, replaceFullPath: /new-full } }')} }
- matches: [{ path: { value: /both } }]
  ${rewrite('{ hostname: rule.test, path: { type: ReplacePrefixMatch, replacePrefixMatch: /rule } }')}
  backendRefs:
  - { name: one, port: 80, ${rewrite('{ path: { type: ReplacePrefixMatch, replacePrefixMatch: /one } }')} }
  - { name: two, port: 80 }
- matches: [{ path: { value: /host } }]
  backendRefs:
  - { name: one, port: 80, ${rewrite('{ hostname: one.test }')} }
`,
  )
  expect(conditions).toMatchObject(accepted)
  expect(await bench.ask('/full/original?q=1')).toBe('one')
  expect(lastOf(one).path).toBe('/new-full?q=1')
  await seesAll('/both/original', ['one', 'two'])
  expect([lastOf(one).path, lastOf(two).path]).toEqual(['/one/original', '/rule/original'])
  // What the backend does not change stays as the rule says.
  expect([lastOf(one).headers.host, lastOf(two).headers.host]).toEqual(['rule.test', 'rule.test'])
  await bench.ask('/host', { headers: { host: 'client.test' } })
  expect(lastOf(one).path).toBe('/host')
  expect(lastOf(one).headers).toMatchObject({
    host: 'one.test',
    'x-forwarded-host': 'client.test',
  })
})

test('a mirror of a backend receives copies of the requests of that backend only', async () => {
  const ofRule = await bench.service('mirror-of-rule')
  const ofOne = await bench.service('mirror-of-one')
  const mirror = (name: string) =>
    `filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: ${name}, port: 80 } } }]`
  await bench.route(
    'backend-mirror',
    `
rules:
- matches: [{ path: { value: /mirrored } }]
  ${mirror('mirror-of-rule')}
  backendRefs:
  - { name: one, port: 80, ${mirror('mirror-of-one')} }
  - { name: two, port: 80 }
`,
  )
  const asked: string[] = []
  for (let index = 0; index < 40; index += 1) {
    const body = String(index)
    if ((await bench.ask('/mirrored', { method: 'POST', body })) === 'one') asked.push(body)
  }
  await waitUntil('every copy', () => ofRule.requests.length === 40)
  await waitUntil('the copies of one', () => ofOne.requests.length >= asked.length)
  expect(ofOne.requests.map(({ body }) => body).sort()).toEqual(asked.sort())
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.length).toBeLessThan(40)
})

test('a filter that only rules can have answers 500 on a backend', async () => {
  const conditions = await bench.route(
    'backend-cors',
    `
rules:
- matches: [{ path: { value: /cors } }]
  backendRefs:
  - { name: one, port: 80, filters: [{ type: CORS, cors: { allowOrigins: ['*'] } }] }
`,
  )
  expect(conditions['Accepted']).toBe('False/UnsupportedValue')
  expect(await bench.ask('/cors')).toBe('500')
})
