import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { openCertificateAuthority } from '../../../src/lib/certificates/certificate-authority.ts'
import { startRecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { GatewayBench } from './gateway-bench.ts'

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
  await bench.kube.apply('{ apiVersion: v1, kind: Namespace, metadata: { name: team } }')
  await bench.service('a')
  await bench.service('b')
  await bench.service('far', undefined, { namespace: 'team' })
})
afterAll(() => bench.stop())

async function countAnswers(path: string, calls: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let index = 0; index < calls; index += 1) {
    const answer = await bench.ask(path)
    counts[answer] = (counts[answer] ?? 0) + 1
  }
  return counts
}

test('backends share requests by their weights and a missing one answers 500 for its share', async () => {
  const conditions = await bench.route(
    'weights',
    `
rules:
- matches: [{ path: { value: /weights } }]
  backendRefs:
  - { name: a, port: 80, weight: 6 }
  - { name: b, port: 80, weight: 2 }
  - { name: missing, port: 80, weight: 2 }
  - { name: a, port: 9999, weight: 0 }
- matches: [{ path: { value: /zero } }]
  backendRefs: [{ name: a, port: 80, weight: 0 }]
- matches: [{ path: { value: /nothing } }]
`,
  )
  expect(conditions).toEqual({
    Accepted: 'True/Accepted',
    ResolvedRefs: 'False/BackendNotFound',
  })
  const counts = await countAnswers('/weights', 400)
  expect(Object.keys(counts).sort()).toEqual(['500', 'a', 'b'])
  // Five standard deviations around 240, 80 and 80.
  expect(counts['a']).toBeGreaterThan(190)
  expect(counts['a']).toBeLessThan(290)
  expect(counts['b']).toBeGreaterThan(40)
  expect(counts['b']).toBeLessThan(120)
  expect(await bench.ask('/zero')).toBe('500')
  expect(await bench.ask('/nothing')).toBe('500')
})

test('a Service without endpoints answers 503 until it has one', async () => {
  await bench.endpoints('late', 1, { addresses: [] })
  const labels = { 'kubernetes.io/service-name': 'late' }
  const bare = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' }
  await bench.kube.apply(stringify({ ...bare, metadata: { name: 'bare', labels } }))
  await bench.route(
    'late',
    '{ rules: [{ matches: [{ path: { value: /late } }], backendRefs: [{ name: late, port: 80 }] }] }',
  )
  expect(await bench.ask('/late')).toBe('503')
  await bench.service('late')
  await waitUntil('the endpoint', async () => (await bench.ask('/late')) === 'late')
})

const grant = {
  apiVersion: 'gateway.networking.k8s.io/v1beta1',
  kind: 'ReferenceGrant',
  metadata: { name: 'far', namespace: 'team' },
  spec: {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'default' }],
    to: [{ group: '', kind: 'Service', name: 'far' }],
  },
}

test('a backend of another namespace is reached only while it is granted', async () => {
  const conditions = await bench.route(
    'far',
    '{ rules: [{ matches: [{ path: { value: /far } }], backendRefs: [{ name: far, namespace: team, port: 80 }] }] }',
  )
  expect(conditions['ResolvedRefs']).toBe('False/RefNotPermitted')
  expect(await bench.ask('/far')).toBe('500')

  await bench.kube.apply(stringify(grant))
  await waitUntil('the grant', async () => (await bench.ask('/far')) === 'far')
  await waitUntil(
    'the status',
    async () => (await bench.routeConditions('far'))['ResolvedRefs'] === 'True/ResolvedRefs',
  )

  const grants = '/apis/gateway.networking.k8s.io/v1/namespaces/team/referencegrants'
  await bench.kube.delete(`${grants}/far`)
  await waitUntil('the end of the grant', async () => (await bench.ask('/far')) === '500')
})

test('requests of one session reach the same endpoint', async () => {
  const upstream = await bench.service('sticky', (response) =>
    response.end(String(response.socket?.localAddress)),
  )
  // The upstream listens on every address of the machine that it is asked for.
  await new Promise<void>((resolve) => upstream.server.close(() => resolve()))
  await new Promise<void>((resolve) => upstream.server.listen(upstream.port, '0.0.0.0', resolve))
  const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']
  await bench.endpoints('sticky', upstream.port, { addresses })
  await bench.route(
    'sticky',
    `
rules:
- matches: [{ path: { value: /sticky } }]
  sessionPersistence: { sessionName: seat, type: Cookie }
  backendRefs: [{ name: sticky, port: 80 }]
- matches: [{ path: { value: /loose } }]
  backendRefs: [{ name: sticky, port: 80 }]
`,
  )
  expect(Object.keys(await countAnswers('/loose', 8)).length).toBe(4)
  const first = await bench.call('/sticky')
  const [cookie = ''] = (first.headers['set-cookie'] ?? [])[0]?.split(';') ?? []
  expect(cookie).toMatch(/^seat=/)
  for (let index = 0; index < 8; index += 1) {
    expect(await bench.ask('/sticky', { headers: { cookie } })).toBe(first.body)
  }
})

test('a backend with a TLS policy is reached by verified TLS', async () => {
  const authority = openCertificateAuthority({ now: Date.now })
  const tls = authority.issueServerCertificate({ names: ['secure.test'] })
  const upstream = await startRecordingUpstream({ tls })
  try {
    await bench.endpoints('secure', upstream.port)
    await bench.kube.apply(
      stringify({
        ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'authority' } },
        data: { 'ca.crt': authority.certificate },
      }),
    )
    await bench.route(
      'secure',
      '{ rules: [{ matches: [{ path: { value: /secure } }], backendRefs: [{ name: secure, port: 80 }] }] }',
    )
    const policy = (hostname: string) =>
      bench.kube.apply(
        stringify({
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'BackendTLSPolicy',
          metadata: { name: 'secure' },
          spec: {
            targetRefs: [{ group: '', kind: 'Service', name: 'secure' }],
            validation: {
              hostname,
              caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'authority' }],
            },
          },
        }),
      )
    await policy('secure.test')
    await waitUntil('TLS', async () => (await bench.ask('/secure')) === '{"ok":true}')
    expect(upstream.requests.at(-1)?.serverName).toBe('secure.test')

    await policy('other.test')
    await waitUntil(
      'another name to be refused',
      async () => (await bench.ask('/secure')) === '503',
    )

    await bench.kube.delete('/api/v1/namespaces/default/configmaps/authority')
    const path = '/apis/gateway.networking.k8s.io/v1/namespaces/default/backendtlspolicies/secure'
    const ancestor = await waitUntil('the policy to be refused', async () => {
      const { status } = (await bench.kube.get(path)) as {
        status?: { ancestors?: { conditions: { type: string; reason: string }[] }[] }
      }
      const [found] = status?.ancestors ?? []
      return found?.conditions.some(({ reason }) => reason === 'InvalidCACertificateRef') && found
    })
    expect(ancestor.conditions).toMatchObject([
      { type: 'Accepted', status: 'False', reason: 'NoValidCACertificate' },
      { type: 'ResolvedRefs', status: 'False', reason: 'InvalidCACertificateRef' },
    ])
    expect(await bench.ask('/secure')).toBe('500')
  } finally {
    await upstream.close()
  }
})
