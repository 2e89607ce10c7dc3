import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApiUnderTest, runCommand, startApi, testKinds } from '../../testing/start-api.ts'
import {
  accepted,
  routeTo,
  staticHosts,
  upstream,
  virtualService,
} from '../testing/gloo-objects.ts'

let api: ApiUnderTest
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

test('get upstream prints the table that the vendor prints', async () => {
  api.create(upstream('huggingface-upstream', staticHosts('api-inference.huggingface.co')))
  api.create(
    upstream('local', { kube: { serviceName: 'a', serviceNamespace: 'b', servicePort: 8 } }),
  )
  api.create(upstream('model', { ai: { openai: {} } }, {}))
  const { code, out } = await api.run('glooctl', 'get', 'upstream', '-n', 'default')
  expect(code).toBe(0)
  expect(out).toBe(`\
+----------------------+------------+----------+----------------------------------+
|       UPSTREAM       |    TYPE    |  STATUS  |             DETAILS              |
+----------------------+------------+----------+----------------------------------+
| huggingface-upstream | Static     | Accepted | hosts:                           |
|                      |            |          | -                                |
|                      |            |          | api-inference.huggingface.co:443 |
|                      |            |          |                                  |
| local                | Kubernetes | Accepted | svc name: a                      |
|                      |            |          | svc namespace: b                 |
|                      |            |          | port: 8                          |
|                      |            |          |                                  |
| model                | AI         | Pending  | provider: openai                 |
|                      |            |          |                                  |
+----------------------+------------+----------+----------------------------------+
`)
})

test('get upstream tells the providers of language models and no credential', async () => {
  const member = (model: string, inline: string) => ({
    openai: { model, authToken: { inline }, customHost: { host: 'llm.example' } },
  })
  const priorities = [{ pool: [member('big', 'sk-1')] }, { pool: [member('small', 'sk-2')] }]
  api.create(upstream('pools', { ai: { multi: { priorities } } }))
  api.create(upstream('early', { ai: { custom: { host: 'h', port: 80 }, inlineAuthToken: 'sk' } }))
  const { out } = await api.run('glooctl', 'get', 'upstream', '-n', 'default')
  expect(out).not.toContain('sk')
  const words = out.replaceAll(/[|\s]+/g, ' ')
  expect(words).toContain('priority 0: - provider: openai, model: big, host: llm.example:443')
  expect(words).toContain('priority 1: - provider: openai, model: small')
  expect(words).toContain('provider: custom host: h:80')
})

test('get virtualservice has a row for each route', async () => {
  const group = { upstreamGroup: { name: 'g', namespace: 'default' } }
  api.create(
    virtualService([
      routeTo('/openai', 'openai'),
      { name: 'shared', matchers: [{ exact: '/a' }, { regex: '/b.*' }], routeAction: group },
      { matchers: [{ prefix: '/x' }], directResponseAction: { status: 503 } },
      { delegateAction: { ref: { name: 'rt', namespace: 'default' } } },
    ]),
  )
  const { out } = await api.run('glooctl', 'get', 'vs', '-n', 'default')
  expect(out).toBe(`\
+-----------------+--------------+---------+------+----------+-----------------+--------------------------------+
| VIRTUAL SERVICE | DISPLAY NAME | DOMAINS | SSL  |  STATUS  | LISTENERPLUGINS |             ROUTES             |
+-----------------+--------------+---------+------+----------+-----------------+--------------------------------+
| ai-services-vs  |              | *       | none | Accepted |                 | /openai -> default.openai      |
|                 |              |         |      |          |                 | (upstream)                     |
|                 |              |         |      |          |                 | shared: /a, /b.* -> upstream   |
|                 |              |         |      |          |                 | group: g.default               |
|                 |              |         |      |          |                 | /x -> 503                      |
|                 |              |         |      |          |                 | -> default.rt (route table)    |
+-----------------+--------------+---------+------+----------+-----------------+--------------------------------+
`)
})

test('get proxy counts the virtual hosts of its listeners', async () => {
  api.create({
    ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Proxy', status: accepted },
    metadata: {
      ...{ name: 'gateway-proxy', namespace: 'gloo-system' },
      labels: { created_by: 'gloo-gateway-translator' },
    },
    spec: {
      listeners: [
        { bindAddress: '::', bindPort: 8080, httpListener: { virtualHosts: [{}, {}] } },
        { bindAddress: '::', bindPort: 8443, hybridListener: { matchedListeners: [] } },
      ],
    },
  })
  const { out } = await api.run('glooctl', 'get', 'proxies')
  expect(out).toBe(`\
+---------------+-----------------+-------------------------+-----------+---------------+----------+
|  PROXY NAME   | PROXY NAMESPACE |       CREATED BY        | LISTENERS | VIRTUAL HOSTS |  STATUS  |
+---------------+-----------------+-------------------------+-----------+---------------+----------+
| gateway-proxy | gloo-system     | gloo-gateway-translator | :::8080   | 2             | Accepted |
|               |                 |                         | :::8443   |               |          |
+---------------+-----------------+-------------------------+-----------+---------------+----------+
`)
})

test('get proxy shows what the Gateways make where no Proxy is stored', async () => {
  const gatewayNamed = (name: string, bindPort: number, state: string) => ({
    ...{ apiVersion: 'gateway.solo.io/v1', kind: 'Gateway' },
    metadata: { name, namespace: 'gloo-system' },
    spec: { bindAddress: '::', bindPort, ...(name === 'own' ? { proxyNames: ['other'] } : {}) },
    status: { statuses: { 'gloo-system': { state } } },
  })
  api.create(gatewayNamed('plain', 8080, 'Accepted'))
  api.create(gatewayNamed('tls', 8443, 'Warning'))
  api.create(gatewayNamed('own', 9000, 'Accepted'))
  const host = (kind: string) => ({
    ...{ origin: { kind, namespace: 'default', name: 'a' }, domains: ['*'] },
  })
  const listeners = [
    {
      origin: { kind: 'Gateway', namespace: 'gloo-system', name: 'plain' },
      virtualHosts: [host('VirtualService'), host('Gateway')],
    },
  ]
  const parts = {
    workingDirectory: api.folder,
    loadKinds: async () => ({
      ...{ kinds: testKinds, translate: () => [], describeListeners: () => listeners },
    }),
  }
  const { out } = await runCommand(['glooctl', 'get', 'proxy'], parts)
  expect(out).toBe(`\
+---------------+-----------------+-------------------------+-----------+---------------+----------+
|  PROXY NAME   | PROXY NAMESPACE |       CREATED BY        | LISTENERS | VIRTUAL HOSTS |  STATUS  |
+---------------+-----------------+-------------------------+-----------+---------------+----------+
| gateway-proxy | gloo-system     | gloo-gateway-translator | :::8080   | 1             | Warning  |
|               |                 |                         | :::8443   |               |          |
| other         | gloo-system     | gloo-gateway-translator | :::9000   | 0             | Accepted |
+---------------+-----------------+-------------------------+-----------+---------------+----------+
`)
  const one = await runCommand(['glooctl', 'get', 'proxy', 'gateway-proxy', '-o', 'json'], parts)
  expect(JSON.parse(one.out)).toMatchObject([
    {
      listeners: [{ httpListener: { virtualHosts: [{ name: 'default.a', domains: ['*'] }] } }, {}],
    },
  ])
  const none = await runCommand(['glooctl', 'get', 'proxy', 'nope'], parts)
  expect(none.err).toContain('gloo-system.nope does not exist')
})

test('objects are printed as manifests that can be applied again, and as Gloo resources', async () => {
  api.create(upstream('openai', staticHosts('api.openai.com')))
  const get = ['glooctl', 'get', 'us', 'openai', '-n', 'default', '-o']
  const manifest = await api.run(...get, 'kube-yaml')
  expect(manifest.out).toMatch(/^apiVersion: gloo.solo.io\/v1\nkind: Upstream\nmetadata:\n/)
  expect(manifest.out).toContain('spec:\n  static:\n    hosts:\n')
  expect(manifest.out).not.toContain('managedFields')
  const resource = await api.run(...get, 'yaml')
  expect(resource.out).toMatch(/^---\nmetadata:\n/)
  expect(resource.out).toContain('static:\n  hosts:\n')
  const [json] = JSON.parse((await api.run(...get, 'json')).out)
  expect(json).toMatchObject({
    metadata: { name: 'openai' },
    static: { useTls: true },
    namespacedStatuses: accepted,
  })
})

test('what is missing is named, with the way to what is there', async () => {
  const missing = await api.run('glooctl', 'get', 'upstream', 'nope', '-n', 'default')
  expect(missing).toMatchObject({ code: 1, out: '' })
  expect(missing.err).toBe(
    'Error: default.nope does not exist. "glooctl get upstream -n default" lists what does.\n',
  )
  const namespace = await api.run('glooctl', 'get', 'upstream', '-n', 'nowhere')
  expect(namespace.err).toContain('namespace nowhere does not exist')
  const kind = await api.run('glooctl', 'get', 'authconfig')
  expect(kind.err).toBe('Error: this server does not know authconfigs.enterprise.gloo.solo.io\n')
  const format = await api.run('glooctl', 'get', 'upstream', '-o', 'xml')
  expect(format).toMatchObject({ code: 1 })
  expect(format.err).toContain('xml is not a valid output type')
})
