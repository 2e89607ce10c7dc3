import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { readAccessLog } from '../../harness/sluice-process.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { type Call, EdgeBench } from './edge-bench.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

let bench: EdgeBench
let upstream: RecordingUpstream
beforeAll(async () => {
  bench = await EdgeBench.start()
  upstream = await bench.upstream('guarded')
})
afterAll(() => bench.stop())

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function createToken(claims: object, key: KeyObject = privateKey): string {
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iss: 'solo.io', ...claims })}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}

const bearing = (token: string): Call => ({ headers: { authorization: `Bearer ${token}` } })
const alice = createToken({ sub: 'alice', team: 'dev', llms: { openai: ['gpt-4o-mini'] } })
const bob = createToken({ sub: 'bob', team: 'ops', llms: { mistralai: ['nemo'] } })

const pem = JSON.stringify(publicKey.export({ format: 'pem', type: 'spki' }))
const local = `jwks: { local: { key: ${pem} } }`
const own = `providers: { own: { issuer: solo.io, ${local} } }`
const action = 'routeAction: { single: { upstream: { name: guarded } } }'
const route = (path: string, options = '') =>
  `- { matchers: [{ prefix: ${path} }], ${action}, options: { ${options} } }`

async function statusAndBody(name: string, path: string, call?: Call): Promise<string> {
  const { status, body } = await bench.call(name, path, call)
  return status === 200 ? '200' : `${status} ${body}`
}

const lastRequest = () => upstream.requests.at(-1)

test('a virtual host asks for a token that its provider signed', async () => {
  const status = await bench.serve('jwt', `options: { jwt: { ${own} } }\nroutes: [{ ${action} }]`)
  expect(status.state).toBe('Accepted')
  upstream.requests.length = 0
  const answer = await bench.call('jwt', '/')
  expect(answer).toMatchObject({ status: 401, body: 'Jwt is missing' })
  expect(answer.headers['content-type']).toBe('text/plain')
  const ask = (token: string) => statusAndBody('jwt', '/', bearing(token))
  expect(await ask(createToken({}, stranger))).toBe('401 Jwt verification fails')
  expect(await ask(createToken({ iss: 'x' }))).toBe('401 Jwt issuer is not configured')
  expect(await ask(createToken({ exp: 1 }))).toBe('401 Jwt is expired')
  expect(await ask(`${encode({ alg: 'none' })}.${encode({ iss: 'solo.io' })}.`)).toBe(
    '401 Jwt header [alg] is not supported',
  )
  expect(await ask('nonsense')).toBe(
    '401 Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
  )
  expect(await ask('a'.repeat(20_000))).toBe('401 Jwt is larger than 16384 bytes')
  expect(upstream.requests).toEqual([])
  expect(await ask(alice)).toBe('200')
  expect(lastRequest()?.headers.authorization).toBeUndefined()
  expect(JSON.stringify(lastRequest())).not.toContain(alice)
})

test('routes opt out of the tokens of their virtual host, or have providers of their own', async () => {
  const other = createPublicKey(stranger).export({ format: 'jwk' })
  const jwk = JSON.stringify(JSON.stringify(other))
  const providers = `providers: { other: { jwks: { local: { key: ${jwk} } } } }`
  await bench.serve(
    'jwt-routes',
    `options: { jwtStaged: { afterExtAuth: { ${own} } } }
routes:
${route('/flat', 'jwt: { disable: true }')}
${route('/staged', 'jwtStaged: { afterExtAuth: { disable: true } }')}
${route('/other-stage', 'jwtStaged: { beforeExtAuth: { disable: true } }')}
${route('/own', `jwtProvidersStaged: { afterExtAuth: { ${providers} } }`)}
- matchers: [{ prefix: /direct }]
  directResponseAction: { status: 200, body: secret }
- ${action}`,
  )
  const ask = (path: string, token?: string) =>
    statusAndBody('jwt-routes', path, token === undefined ? {} : bearing(token))
  expect(await ask('/flat')).toBe('200')
  expect(await ask('/staged')).toBe('200')
  expect(await ask('/other-stage')).toBe('401 Jwt is missing')
  expect(await ask('/direct')).toBe('401 Jwt is missing')
  expect(await ask('/direct', alice)).toBe('200')
  expect(await ask('/own', alice)).toBe('401 Jwt verification fails')
  expect(await ask('/own', createToken({}, stranger))).toBe('200')
  expect(await ask('/', createToken({}, stranger))).toBe('401 Jwt verification fails')
})

test('claims must fit the provider and become headers', async () => {
  const claimsToHeaders = `claimsToHeaders:
    - { claim: sub, header: x-sub }
    - { claim: llms, header: x-llms }
    - { claim: team, header: x-team, append: true }`
  await bench.serve(
    'jwt-claims',
    `options:
  jwt:
    providers:
      own:
        ${local}
        audiences: [api]
        clockSkewSeconds: 0
        ${claimsToHeaders.replaceAll('\n', '\n    ')}
  headerManipulation:
    requestHeadersToAdd:
    - header: { key: x-meta, value: '%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:principal:team)%' }
routes: [{ ${action} }]`,
  )
  const token = createToken({ aud: ['api'], sub: 'alice', team: 'dev', llms: { openai: ['a'] } })
  const sent = { authorization: `Bearer ${token}`, 'x-sub': 'root', 'x-team': 'client' }
  expect((await bench.call('jwt-claims', '/', { headers: sent })).status).toBe(200)
  expect(lastRequest()?.headers).toMatchObject({
    ...{ 'x-sub': 'alice', 'x-llms': '{"openai":["a"]}', 'x-team': 'client, dev' },
    'x-meta': 'dev',
  })
  expect(await statusAndBody('jwt-claims', '/', bearing(createToken({ aud: 'web' })))).toBe(
    '403 Audiences in Jwt are not allowed',
  )
  const justExpired = createToken({ aud: 'api', exp: Math.floor(Date.now() / 1000) - 2 })
  expect(await statusAndBody('jwt-claims', '/', bearing(justExpired))).toBe('401 Jwt is expired')
})

test('tokens stand where the provider says and go no further unless it keeps them', async () => {
  const source = "tokenSource: { headers: [{ header: X-Token, prefix: 'jwt ' }], queryParams: [t] }"
  const provider = (more: string) => `providers: { own: { ${local}, ${source}${more} } }`
  await bench.serve(
    'jwt-sources',
    `options: { jwt: { ${provider('')} } }
routes:
${route('/kept', `jwtProvidersStaged: { afterExtAuth: { ${provider(', keepToken: true')} } }`)}
- ${action}`,
  )
  const ask = (path: string, call?: Call) => statusAndBody('jwt-sources', path, call)
  expect(await ask('/', bearing(alice))).toBe('401 Jwt is missing')
  expect(await ask('/', { headers: { 'x-token': `jwt ${alice}` } })).toBe('200')
  expect(lastRequest()?.headers['x-token']).toBeUndefined()
  expect(await ask(`/a?b=1&t=${alice}`)).toBe('200')
  expect(lastRequest()?.path).toBe('/a?b=1')
  expect(await ask('/kept', { headers: { 'x-token': `jwt ${alice}` } })).toBe('200')
  expect(lastRequest()?.headers['x-token']).toBe(`jwt ${alice}`)
})

test('the validation policy lets requests without a valid token pass', async () => {
  const policies = {
    missing: 'validationPolicy: ALLOW_MISSING',
    failed: 'validationPolicy: ALLOW_MISSING_OR_FAILED',
    deprecated: 'allowMissingOrFailedJwt: true',
    strict: 'validationPolicy: REQUIRE_VALID',
  }
  await bench.serve(
    'jwt-policy',
    `routes:\n${Object.entries(policies)
      .map(([path, policy]) =>
        route(`/${path}`, `jwtProvidersStaged: { beforeExtAuth: { ${own}, ${policy} } }`),
      )
      .join('\n')}`,
  )
  const wrong = bearing(createToken({}, stranger))
  const both = async (path: string) => [
    await statusAndBody('jwt-policy', path),
    await statusAndBody('jwt-policy', path, wrong),
  ]
  expect(await both('/missing')).toEqual(['200', '401 Jwt verification fails'])
  expect(await both('/failed')).toEqual(['200', '200'])
  expect(lastRequest()?.headers.authorization).toBeUndefined()
  expect(await both('/deprecated')).toEqual(['200', '200'])
  expect(await both('/strict')).toEqual(['401 Jwt is missing', '401 Jwt verification fails'])
})

test('keys are fetched from the upstream of the provider', async () => {
  let body = 'nonsense'
  const keysOf = (key: KeyObject, kid: string) =>
    JSON.stringify({ keys: [{ ...createPublicKey(key).export({ format: 'jwk' }), kid }] })
  const issuer = await bench.upstream('issuer', (_request, response) => response.end(body))
  const remote = `remote:
    url: http://keys.example/jwks?a=1
    upstreamRef: { name: issuer, namespace: default }
    cacheDuration: 1s`
  await bench.serve(
    'jwt-remote',
    `options:
  jwt:
    providers:
      idp:
        jwks:
          ${remote.replaceAll('\n', '\n        ')}
routes: [{ ${action} }]`,
  )
  const becomes = (token: string, expected: string) =>
    waitUntil(expected, async () => {
      return (await statusAndBody('jwt-remote', '/', bearing(token))) === expected
    })
  await becomes(alice, '401 Jwks remote fetch is failed')
  expect(issuer.requests[0]).toMatchObject({ path: '/jwks?a=1', headers: { host: 'keys.example' } })
  body = keysOf(privateKey, 'a')
  await becomes(alice, '200')
  body = keysOf(stranger, 'b')
  await becomes(alice, '401 Jwt verification fails')
  await becomes(createToken({}, stranger), '200')
  body = 'x'.repeat(300_000)
  const before = issuer.requests.length
  await waitUntil('a fetch that is too large', () => issuer.requests.length > before + 1)
  expect(await statusAndBody('jwt-remote', '/', bearing(createToken({}, stranger)))).toBe('200')
})

test('policies on claims, paths and methods decide who may pass', async () => {
  const claim = (matcher: string, claims: string) =>
    `principals: [{ jwtPrincipal: { matcher: ${matcher}, claims: { ${claims} } } }]`
  const nested = 'nestedClaimDelimiter: .'
  await bench.serve(
    'rbac',
    `options:
  jwt: { ${own} }
  rbac: { policies: { devs: { ${claim('EXACT_STRING', 'team: dev')} } } }
routes:
${route('/openai', `rbac: { policies: { p: { ${nested}, ${claim('LIST_CONTAINS', 'llms.openai: gpt-4o-mini')} } } }`)}
${route('/mistral', `rbac: { policies: { p: { ${nested}, ${claim('LIST_CONTAINS', 'llms.mistralai: nemo')} } } }`)}
${route('/read', 'rbac: { policies: { p: { permissions: { pathPrefix: /read/public, methods: [GET] } } } }')}
${route('/flag', `rbac: { policies: { p: { ${claim('BOOLEAN', 'admin: true')} } } }`)}
${route('/provider', 'rbac: { policies: { p: { principals: [{ jwtPrincipal: { provider: other } }] } } }')}
${route('/regex', `rbac: { policies: { p: { ${claim('REGEX_MATCH', "sub: 'b.*'")} } } }`)}
${route('/off', 'rbac: { disable: true }')}
${route('/nobody', 'rbac: { policies: {} }')}
- ${action}`,
  )
  upstream.requests.length = 0
  const denied = '403 RBAC: access denied'
  const ask = (path: string, token: string, method = 'GET') =>
    statusAndBody('rbac', path, { ...bearing(token), method })
  expect(await ask('/nobody', alice)).toBe(denied)
  expect(await ask('/openai', bob)).toBe(denied)
  expect(await ask('/mistral', alice)).toBe(denied)
  expect(await ask('/', bob)).toBe(denied)
  expect(await ask('/read/private', alice)).toBe(denied)
  expect(await ask('/read/public', alice, 'POST')).toBe(denied)
  expect(await ask('/flag', alice)).toBe(denied)
  expect(await ask('/provider', alice)).toBe(denied)
  expect(await ask('/regex', alice)).toBe(denied)
  expect(await statusAndBody('rbac', '/openai')).toBe('401 Jwt is missing')
  expect(upstream.requests).toEqual([])
  expect(await ask('/openai', alice)).toBe('200')
  expect(await ask('/mistral', bob)).toBe('200')
  expect(await ask('/', alice)).toBe('200')
  expect(await ask('/read/public/x', bob)).toBe('200')
  expect(await ask('/flag', createToken({ admin: true }))).toBe('200')
  expect(await ask('/regex', bob)).toBe('200')
  expect(await ask('/off', bob)).toBe('200')
})

test('the access log shows no token, whatever its query parameter is called', async () => {
  await bench.ask('jwt', `/?access_token=${alice}`)
  await bench.ask('jwt-sources', `/?b=1&t=${alice}`)
  await bench.ask('jwt-sources', `/?t=${bob}x`)
  await bench.ask('jwt', '/after-the-tokens')
  const lines = await waitUntil('the access log', () => {
    const all = readAccessLog(bench.sluice)
    return all.some((line) => line['path'] === '/after-the-tokens') && all
  })
  expect(lines.length).toBeGreaterThan(10)
  for (const token of [alice, bob]) {
    expect(JSON.stringify(lines)).not.toContain(token.split('.')[1])
  }
})
