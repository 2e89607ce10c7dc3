import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApiUnderTest, runCommand, startApi, testKinds } from '../testing/start-api.ts'

let api: ApiUnderTest
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const accepted = { statuses: { 'gloo-system': { state: 'Accepted', reportedBy: 'gloo' } } }

const upstream = (name: string, spec: unknown, status: unknown = accepted) => ({
  ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', spec },
  ...{ metadata: { name, namespace: 'default' }, status },
})

const staticHosts = (...hosts: string[]) => ({
  static: { hosts: hosts.map((addr) => ({ addr, port: 443 })), useTls: true },
})

const virtualService = (routes: unknown[], status: unknown = accepted) => ({
  ...{ apiVersion: 'gateway.solo.io/v1', kind: 'VirtualService', status },
  metadata: { name: 'ai-services-vs', namespace: 'default' },
  spec: { virtualHost: { domains: ['*'], routes } },
})

const routeTo = (prefix: string, name: string) => ({
  matchers: [{ prefix }],
  routeAction: { single: { upstream: { name, namespace: 'default' } } },
})

const gatewayService = {
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: { name: 'gateway-proxy', namespace: 'gloo-system' },
  spec: {
    type: 'LoadBalancer',
    ports: [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
    ],
  },
  status: { loadBalancer: { ingress: [{ ip: '127.1.2.3' }] } },
}

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
| model                | Unknown    | Pending  |                                  |
+----------------------+------------+----------+----------------------------------+
`)
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

test('create secret header stores one entry for each header and prints no value', async () => {
  const headers = ['--headers', 'Authorization=Bearer hf_a=b==']
  const created = await api.run(
    'glooctl',
    'create',
    'secret',
    'header',
    'hftoken',
    ...headers,
    '-n',
    'default',
  )
  expect(created).toEqual({
    code: 0,
    err: '',
    out: `\
+---------+--------+
| SECRET  |  TYPE  |
+---------+--------+
| hftoken | Header |
+---------+--------+
`,
  })
  expect(api.find('v1', 'Secret', 'hftoken')).toMatchObject({
    type: 'gloo.solo.io/header',
    stringData: { Authorization: 'Bearer hf_a=b==' },
  })
  const again = await api.run(
    'glooctl',
    'create',
    'secret',
    'header',
    'hftoken',
    ...headers,
    '-n',
    'default',
  )
  expect(again.code).toBe(1)
  expect(again.err).toContain('secrets "hftoken" already exists in namespace default')
  expect(again.err).not.toContain('hf_a')
  expect((await api.run('glooctl', 'get', 'secret', '-n', 'default')).out).toBe(created.out)
})

test('--dry-run prints the secret and stores nothing', async () => {
  const dry = await api.run(
    ...['glooctl', 'create', 'secret', 'header', '--name', 'keys', '--dry-run'],
    ...['--headers', 'x-b=1,x-a="q"', '--headers', '"accept=a, b"'],
  )
  expect(dry.out).toBe(`\
apiVersion: v1
kind: Secret
metadata:
  name: keys
  namespace: gloo-system
stringData:
  accept: a, b
  x-a: '"q"'
  x-b: "1"
type: gloo.solo.io/header

`)
  expect(api.find('v1', 'Secret', 'keys', 'gloo-system')).toBeUndefined()
})

test.each([
  [['header', 'a'], 'must provide headers'],
  [['header', '--headers', 'a=b'], 'name must be specified in flag (--name) or via first arg'],
  [['header', 'a', '--headers', 'x=1, 2'], 'entry 2 of --headers is no name=value'],
  [['header', 'a', '--headers', 'x y=1'], 'is no header name'],
  [['header', 'a', '--headers', 'x=1\r\ny: 2'], 'line break'],
  [['apikey', 'a'], 'ApiKey not provided or generated'],
  [['tls', 'a'], 'name the files'],
  [['tls', 'a', '--certchain', 'missing.crt'], 'the file of --certchain cannot be read'],
])('create secret %j is refused', async (parameters, message) => {
  const { code, err } = await api.run('glooctl', 'create', 'secret', ...parameters)
  expect(code).toBe(1)
  expect(err).toContain(message)
  expect(err).not.toMatch(/\n\s+at /)
})

test('a header without credential is created with a warning', async () => {
  const { code, err } = await api.run(
    ...['glooctl', 'create', 'secret', 'header', 'a', '--headers', 'Authorization=Bearer '],
  )
  expect(code).toBe(0)
  expect(err).toContain('header Authorization holds no credential')
})

test('an API key is generated on request, and labels are kept', async () => {
  const { out } = await api.run(
    ...['glooctl', 'create', 'secret', 'apikey', 'team', '--apikey-generate', '-n', 'default'],
    ...['--apikey-labels', 'team=a,tier=gold'],
  )
  expect(out).toContain('| team   | ApiKey |')
  expect(api.find('v1', 'Secret', 'team')).toMatchObject({
    type: 'extauth.solo.io/apikey',
    metadata: { labels: { team: 'a', tier: 'gold' } },
    stringData: {
      'api-key': Buffer.from('6c0d2f9e-0000-4000-8000-000000000000').toString('base64'),
    },
  })
})

test('create upstream static reads hosts and ports', async () => {
  const flags = ['--static-hosts', 'api.openai.com:443,plain.test', '--static-outbound-tls']
  const dry = await api.run(
    'glooctl',
    'create',
    'upstream',
    'static',
    'openai',
    ...flags,
    '--dry-run',
  )
  expect(dry.out).toBe(`\
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata:
  name: openai
  namespace: gloo-system
spec:
  static:
    hosts:
    - addr: api.openai.com
      port: 443
    - addr: plain.test
      port: 80
    useTls: true
status: {}

`)
  const table = await api.run('glooctl', 'create', 'upstream', 'static', 'openai', ...flags)
  expect(table.out).toContain('| openai   | Static | Pending | hosts:               |')
  const bad = await api.run('glooctl', 'create', 'us', 'static', 'x', '--static-hosts', 'http://a')
  expect(bad.err).toContain('"http://a" is no host')
})

test('check passes where every object was accepted', async () => {
  api.create(upstream('openai', staticHosts('api.openai.com')))
  api.create(virtualService([routeTo('/openai', 'openai')]))
  const { code, out } = await api.run('glooctl', 'check')
  expect(code).toBe(0)
  expect(out).toBe(`\
Checking Upstreams... OK
Checking UpstreamGroups... OK
Checking Secrets... OK
Checking VirtualServices... OK
Checking Gateways... OK
Checking Proxies... OK
No problems detected.
`)
})

test('check lists every problem and ends with 1', async () => {
  const rejected = { statuses: { 'gloo-system': { state: 'Rejected', reason: 'no such host\n' } } }
  api.create(upstream('broken', staticHosts('a'), rejected))
  api.create(upstream('new', staticHosts('b'), {}))
  const warned = { statuses: { 'gloo-system': { state: 3, reason: 'odd' } } }
  api.create(virtualService([routeTo('/x', 'gone')], warned))
  const { code, out, err } = await api.run('glooctl', 'check')
  expect(code).toBe(1)
  expect(out).toContain('Checking Upstreams... 2 Errors!\n')
  expect(out).toContain('Checking VirtualServices... 2 Errors!\n')
  expect(out).not.toContain('No problems')
  expect(err).toBe(`\
Error: 4 errors occurred:
\t* Found rejected upstream by 'gloo-system': default broken (Reason: no such host)
\t* Found upstream with no status: default new
\t* Found virtual service with warnings by 'gloo-system': default ai-services-vs (Reason: odd)
\t* Virtual service references unknown upstream: (Virtual service: default ai-services-vs | Upstream: default gone)

`)
  const excluded = await api.run('glooctl', 'check', '-x', 'upstreams,virtual-services')
  expect(excluded.code).toBe(0)
  const json = await api.run('glooctl', 'check', '-o', 'json')
  expect(json).toMatchObject({ code: 1, err: '' })
  expect(JSON.parse(json.out).resources[0]).toEqual({ name: 'Upstreams', status: '2 Errors!' })
})

test('proxy url and address read the address of the Service', async () => {
  expect((await api.run('glooctl', 'proxy', 'url')).err).toContain(
    "could not detect 'gateway-proxy' service in gloo-system namespace",
  )
  api.create(gatewayService)
  expect((await api.run('glooctl', 'proxy', 'url')).out).toBe('http://127.1.2.3:80\n')
  const https = ['--name', 'gateway-proxy', '--port', 'https']
  expect((await api.run('glooctl', 'proxy', 'url', ...https)).out).toBe('https://127.1.2.3:443\n')
  expect((await api.run('glooctl', 'proxy', ...https, 'address')).out).toBe('127.1.2.3:443\n')
  const other = await api.run('glooctl', 'proxy', 'url', '--port', 'grpc')
  expect(other.err).toContain('named port grpc not found')
})

test('version tells of client and server', async () => {
  const json = JSON.parse((await api.run('glooctl', 'version')).out)
  expect(json).toMatchObject({
    client: { version: '0.1.0' },
    server: [{ kubernetes: { containers: [{ Name: 'sluice', Tag: '0.1.0' }] }, type: 'Gateway' }],
  })
  const table = await api.run('glooctl', 'version', '-o', 'table')
  expect(table.out).toContain('Client version: 0.1.0\nServer version:\n+--')
  expect(table.out).toContain('sluice: 0.1.0')
})

test('add route puts a route first, into a VirtualService of its own if need be', async () => {
  const add = ['glooctl', 'add', 'route', '-n', 'default', '--dest-name', 'openai']
  await api.run(...add, '--path-prefix', '/a', '--prefix-rewrite', '/v1')
  const second = await api.run(...add, '--path-exact', '/b')
  expect(second.out).toContain('/b -> gloo-system.openai')
  const found = api.find('gateway.solo.io/v1', 'VirtualService', 'default')
  expect(found).toMatchObject({
    spec: {
      virtualHost: {
        routes: [
          { matchers: [{ exact: '/b' }] },
          { matchers: [{ prefix: '/a' }], options: { prefixRewrite: '/v1' } },
        ],
      },
    },
  })
  const none = await api.run(...add)
  expect(none.err).toContain('give one of --path-prefix')
})

test('its help names it as people call it', async () => {
  const { code, out } = await api.run('glooctl', 'create', 'secret', 'header', '--help')
  expect(code).toBe(0)
  expect(out).toContain('Usage: glooctl create secret header [options] [name]')
  expect(out).toContain('--kubeconfig')
  expect(out).toContain('Examples:')
  const unknown = await api.run('glooctl', 'delete')
  expect(unknown.code).toBe(1)
  expect(unknown.err).toContain('delete')
})
