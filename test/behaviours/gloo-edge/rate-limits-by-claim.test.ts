import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RecordingUpstream } from '../../harness/recording-upstream.ts'
import { type Call, EdgeBench } from './edge-bench.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

let bench: EdgeBench
let upstream: RecordingUpstream
beforeAll(async () => {
  bench = await EdgeBench.start(['--workers', '2'])
  upstream = await bench.upstream('model')
})
afterAll(() => bench.stop())

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function callAs(subject: string, team = 'dev'): Call {
  const claims = { iss: 'solo.io', sub: subject, team }
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  const token = `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
  return { headers: { authorization: `Bearer ${token}` } }
}

const pem = JSON.stringify(publicKey.export({ format: 'pem', type: 'spki' }))

test('limits by a claim know the caller; refused callers do not count and never reach the upstream', async () => {
  await bench.apply({
    apiVersion: 'ratelimit.solo.io/v1alpha1',
    kind: 'RateLimitConfig',
    metadata: { name: 'per-user', namespace: 'gloo-system' },
    spec: parse(`
raw:
  descriptors: [{ key: user-id, rateLimit: { unit: DAY, requestsPerUnit: 1000000 } }]
  setDescriptors: [{ simpleDescriptors: [{ key: user-id, value: alice }], rateLimit: { unit: DAY, requestsPerUnit: 0 } }]
  rateLimits:
  - actions: &user
    - metadata:
        descriptorKey: user-id
        source: DYNAMIC
        default: unknown
        metadataKey: { key: envoy.filters.http.jwt_authn, path: [{ key: principal }, { key: sub }] }
    setActions: *user
`),
  })
  const status = await bench.serve(
    'claims',
    `
options:
  jwt: { providers: { own: { issuer: solo.io, jwks: { local: { key: ${pem} } } } } }
  rbac:
    policies:
      dev:
        principals: [{ jwtPrincipal: { claims: { team: dev } } }]
routes:
- routeAction: { single: { upstream: { name: model } } }
  options: { rateLimitConfigs: { refs: [{ name: per-user, namespace: gloo-system }] } }`,
  )
  expect(status.state).toBe('Accepted')
  upstream.requests.length = 0
  expect(await bench.ask('claims', '/')).toBe('Jwt is missing')
  expect(await bench.ask('claims', '/', callAs('alice', 'sales'))).toBe('RBAC: access denied')
  expect(await bench.ask('claims', '/', callAs('alice'))).toBe('429')
  expect(upstream.requests).toEqual([])
  expect((await bench.call('claims', '/', callAs('bob'))).status).toBe(200)
  expect(upstream.requests).toHaveLength(1)
})

test('early limits know the callers whose tokens are checked before external authorisation', async () => {
  const status = await bench.serve(
    'early',
    `
options:
  jwtStaged: { beforeExtAuth: { providers: { own: { issuer: solo.io, jwks: { local: { key: ${pem} } } } } } }
  rbac: { policies: { nobody: { principals: [{ jwtPrincipal: { claims: { team: none } } }] } } }
routes:
- routeAction: { single: { upstream: { name: model } } }
  options: { rateLimitEarlyConfigs: { refs: [{ name: per-user, namespace: gloo-system }] } }`,
  )
  expect(status.state).toBe('Accepted')
  expect(await bench.ask('early', '/')).toBe('Jwt is missing')
  expect(await bench.ask('early', '/', callAs('alice'))).toBe('429')
  expect(await bench.ask('early', '/', callAs('bob'))).toBe('RBAC: access denied')
})
