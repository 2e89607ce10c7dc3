import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { openCertificateAuthority } from '../../../src/lib/certificates/certificate-authority.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { conditionOf, GatewayBench } from './gateway-bench.ts'

const authority = openCertificateAuthority({ now: Date.now })

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start(
    `
- { name: any, port: 8080, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }
- { name: wild, port: 8080, protocol: HTTP, hostname: '*.iso.test' }
- { name: exact, port: 8080, protocol: HTTP, hostname: a.iso.test }
- { name: second, port: 8081, protocol: HTTP }
- name: blue
  port: 8082
  protocol: HTTP
  allowedRoutes:
    namespaces: { from: Selector, selector: { matchLabels: { team: blue } } }
    kinds: [{ kind: HTTPRoute }]
`,
    async ({ kube }) => {
      await kube.apply(
        '{ apiVersion: v1, kind: Namespace, metadata: { name: blue, labels: { team: blue } } }',
      )
      await kube.apply('{ apiVersion: v1, kind: Namespace, metadata: { name: red } }')
    },
  )
  await bench.service('a')
  for (const namespace of ['blue', 'red']) await bench.service(namespace, undefined, { namespace })
})
afterAll(() => bench.stop())

const rules = (path: string, name = 'a') =>
  `rules: [{ matches: [{ path: { value: ${path} } }], backendRefs: [{ name: ${name}, port: 80 }] }]`
const to = (fields: string) => `parentRefs: [{ name: gw, namespace: default, ${fields} }]`

test('a gateway listens on an address of its own and reports it', async () => {
  const spec = 'listeners: [{ name: http, port: 8080, protocol: HTTP }]'
  await bench.gateway('mine', spec)
  const status = await bench.programmed('mine')
  const address = status.addresses?.[0]?.value ?? ''
  expect(address).not.toBe(bench.address)
  expect((await bench.call('/nothing', { address })).status).toBe(404)
  const time = status.conditions.find(({ type }) => type === 'Programmed')?.lastTransitionTime
  expect(Date.parse(time ?? '')).toBeGreaterThan(0)

  const table = await bench.kube.call(
    'GET',
    '/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/mine?includeObject=None',
  )
  expect(table.status).toBe(200)

  await bench.kube.delete('/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/mine')
  await waitUntil('the Service to go with its gateway', async () => {
    const { status: code } = await bench.kube.call(
      'GET',
      '/api/v1/namespaces/default/services/sluice-mine',
    )
    return code === 404
  })
  await waitUntil('the port to be closed', () =>
    bench.call('/nothing', { address }).then(
      () => false,
      () => true,
    ),
  )
})

test('a listener that changes is served anew, and its routes stay', async () => {
  await bench.gateway('changing', 'listeners: [{ name: http, port: 8080, protocol: HTTP }]')
  const { addresses } = await bench.programmed('changing')
  const address = addresses?.[0]?.value ?? ''
  await bench.route('changing', `parentRefs: [{ name: changing }]\n${rules('/changing')}`)
  await bench.gateway(
    'changing',
    'listeners: [{ name: http, port: 8085, protocol: HTTP }, { name: more, port: 8086, protocol: HTTP }]',
  )
  for (const port of [8085, 8086]) {
    await waitUntil(`port ${port}`, async () => {
      const answer = await bench.ask('/changing', { address, port }).catch(() => '')
      return answer === 'a'
    })
  }
  const status = await bench.gatewayStatus('changing')
  expect(status.listeners.map(({ name, attachedRoutes }) => [name, attachedRoutes])).toEqual([
    ['http', 1],
    ['more', 1],
  ])
})

test('a gateway gets the address that it asks for', async () => {
  const wanted = bench.address.replace(/\d+$/, '77')
  await bench.gateway(
    'static',
    `addresses: [{ type: IPAddress, value: ${wanted} }]
listeners: [{ name: http, port: 8080, protocol: HTTP }]`,
  )
  const { addresses } = await bench.programmed('static')
  expect(addresses).toEqual([{ type: 'IPAddress', value: wanted }])

  await bench.gateway(
    'elsewhere',
    `addresses: [{ value: 192.0.2.1 }]
listeners: [{ name: http, port: 8080, protocol: HTTP }]`,
  )
  const refused = await waitUntil('the address to be refused', async () => {
    const { conditions } = await bench.gatewayStatus('elsewhere')
    return conditionOf(conditions, 'Programmed') === 'False/AddressNotUsable' && conditions
  })
  expect(conditionOf(refused, 'Accepted')).toBe('True/Accepted')
})

test('labels and annotations of the infrastructure reach the service of the gateway', async () => {
  await bench.gateway(
    'labelled',
    `infrastructure: { labels: { team: blue }, annotations: { note: hello } }
listeners: [{ name: http, port: 8080, protocol: HTTP }]`,
  )
  const { metadata } = await waitUntil('the Service', () =>
    bench.kube.get('/api/v1/namespaces/default/services/sluice-labelled').catch(() => undefined),
  )
  expect(metadata).toMatchObject({ labels: { team: 'blue' }, annotations: { note: 'hello' } })
})

test('a gateway is served when its class names this controller', async () => {
  const classes = '/apis/gateway.networking.k8s.io/v1/gatewayclasses'
  const { status } = (await bench.kube.get(`${classes}/sluice`)) as {
    status: { supportedFeatures: { name: string }[]; conditions: never[] }
  }
  expect(conditionOf(status.conditions, 'Accepted')).toBe('True/Accepted')
  const features = status.supportedFeatures.map(({ name }) => name)
  expect(features).toContain('HTTPRoute')
  expect(features).toEqual([...features].sort())

  const apply = (name: string, spec: object) =>
    bench.kube.apply(
      stringify({
        apiVersion: 'gateway.networking.k8s.io/v1',
        ...{ kind: 'GatewayClass', metadata: { name }, spec },
      }),
    )
  await apply('foreign', { controllerName: 'other.test/controller' })
  await apply('odd', {
    controllerName: 'sluice.dev/gateway-controller',
    parametersRef: { group: 'x.test', kind: 'Odd', name: 'p' },
  })
  const odd = await waitUntil('the class to be looked at', async () => {
    const found = (await bench.kube.get(`${classes}/odd`)) as { status?: typeof status }
    const accepted = conditionOf(found.status?.conditions ?? [], 'Accepted')
    return accepted !== undefined && !accepted.startsWith('Unknown') && accepted
  })
  expect(odd).toBe('False/InvalidParameters')
  const foreign = (await bench.kube.get(`${classes}/foreign`)) as { status?: typeof status }
  expect(foreign.status?.supportedFeatures).toBeUndefined()
})

test('a route attaches to the listeners that its parent reference names', async () => {
  await bench.route('by-name', `${to('sectionName: second')}\n${rules('/by-name')}`)
  await bench.route('by-port', `${to('port: 8080')}\n${rules('/by-port')}`)
  const conditions = await bench.route('nowhere', `${to('port: 1234')}\n${rules('/nowhere')}`)
  expect(conditions['Accepted']).toBe('False/NoMatchingParent')
  expect(await bench.ask('/by-name', { port: 8081 })).toBe('a')
  expect(await bench.ask('/by-name')).toBe('404')
  expect(await bench.ask('/by-port')).toBe('a')
  expect(await bench.ask('/by-port', { port: 8081 })).toBe('404')
  expect(await bench.ask('/nowhere')).toBe('404')
})

test('a listener takes routes of the namespaces and kinds that it allows', async () => {
  const attach = (name: string, namespace: string, section: string, kind = 'HTTPRoute') => {
    const parent = to(`sectionName: ${section}`)
    const match = kind === 'HTTPRoute' ? rules(`/${name}`, namespace) : 'rules: [{}]'
    return bench.route(name, `${parent}\n${match}`, { namespace, kind })
  }
  expect((await attach('blue-blue', 'blue', 'blue'))['Accepted']).toBe('True/Accepted')
  const refusal = 'False/NotAllowedByListeners'
  expect((await attach('red-blue', 'red', 'blue'))['Accepted']).toBe(refusal)
  expect((await attach('red-same', 'red', 'second'))['Accepted']).toBe(refusal)
  expect((await attach('red-any', 'red', 'any'))['Accepted']).toBe('True/Accepted')
  expect((await attach('grpc-blue', 'blue', 'blue', 'GRPCRoute'))['Accepted']).toBe(refusal)
  expect(await bench.ask('/blue-blue', { port: 8082 })).toBe('blue')
  expect(await bench.ask('/red-blue', { port: 8082 })).toBe('404')
  expect(await bench.ask('/red-any')).toBe('red')
})

test('a route that looks for its gateway in the wrong namespace gets an Event and no status', async () => {
  const metadata = { name: 'lost', namespace: 'red' }
  const spec = { parentRefs: [{ name: 'gw' }] }
  const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata, spec }
  await bench.kube.apply(stringify(route))
  const message = await waitUntil('the Event', async () => {
    const { items } = (await bench.kube.get('/api/v1/namespaces/red/events')) as unknown as {
      items: { reason: string; message: string; involvedObject: { name: string } }[]
    }
    const about = items.find(({ involvedObject }) => involvedObject.name === 'lost')
    return about?.reason === 'ParentNotFound' && about.message
  })
  expect(message).toBe(
    'parentRef gw: there is no Gateway gw in namespace red; did you mean namespace default? Set spec.parentRefs[0].namespace.',
  )
  const path = '/apis/gateway.networking.k8s.io/v1/namespaces/red/httproutes/lost'
  const stored: { readonly status?: unknown } = await bench.kube.get(path)
  expect(stored.status ?? {}).toEqual({})
})

test('a request meets the routes of the most specific listener only', async () => {
  await bench.route('iso-any', `${to('sectionName: any')}\n${rules('/iso-any')}`)
  await bench.route('iso-wild', `${to('sectionName: wild')}\n${rules('/iso-wild')}`)
  await bench.route('iso-exact', `${to('sectionName: exact')}\n${rules('/iso-exact')}`)
  const found = async (host: string) => {
    const answers = await Promise.all(
      ['any', 'wild', 'exact'].map(async (name) =>
        (await bench.ask(`/iso-${name}`, { headers: { host } })) === 'a' ? name : '',
      ),
    )
    return answers.filter(Boolean)
  }
  expect(await found('other.test')).toEqual(['any'])
  expect(await found('b.iso.test')).toEqual(['wild'])
  expect(await found('a.iso.test')).toEqual(['exact'])
})

interface TlsAnswer {
  readonly names: string
  readonly status: string
}

/** One request over TLS: the names of the certificate and the status. */
function callTls(address: string, servername: string, host: string): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      { host: address, port: 8443, servername, ca: authority.certificate },
      () => socket.write(`GET /tls HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`),
    )
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', reject)
    socket.on('end', () => {
      const { subjectaltname = '' } = socket.getPeerCertificate()
      resolve({ names: subjectaltname, status: text.split(' ')[1] ?? '' })
    })
  })
}

const secretOf = (name: string, host: string) => {
  const { certificate, privateKey } = authority.issueServerCertificate({ names: [host] })
  return stringify({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'kubernetes.io/tls' },
    stringData: { 'tls.crt': certificate, 'tls.key': privateKey },
  })
}

test('an HTTPS listener presents the certificate of its hostname', async () => {
  await bench.kube.apply(secretOf('one', 'one.tls.test'))
  const listener = (name: string, port = 8443) =>
    `{ name: ${name}, port: ${port}, protocol: HTTPS, hostname: ${name}.tls.test, tls: { certificateRefs: [{ name: ${name} }] } }`
  await bench.gateway('tls', `listeners: [${listener('one')}, ${listener('two')}]`)
  const { addresses, listeners } = await bench.programmed('tls')
  expect(listeners.map(({ conditions }) => conditionOf(conditions, 'ResolvedRefs'))).toEqual([
    'True/ResolvedRefs',
    'False/InvalidCertificateRef',
  ])
  await bench.kube.apply(secretOf('two', 'two.tls.test'))
  await waitUntil('the certificate', async () => {
    const status = await bench.gatewayStatus('tls')
    const conditions = status.listeners[1]?.conditions ?? []
    return conditionOf(conditions, 'Programmed') === 'True/Programmed'
  })
  await bench.route('tls', `parentRefs: [{ name: tls }]\n${rules('/tls')}`)
  const address = addresses?.[0]?.value ?? ''
  for (const name of ['one.tls.test', 'two.tls.test']) {
    expect(await callTls(address, name, name)).toEqual({ names: `DNS:${name}`, status: '200' })
  }
  // A name of the other listener on this connection, and one of no listener.
  expect((await callTls(address, 'one.tls.test', 'two.tls.test')).status).toBe('421')
  expect((await callTls(address, 'one.tls.test', 'three.tls.test')).status).toBe('404')
})
