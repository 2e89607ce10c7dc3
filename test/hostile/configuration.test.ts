import { createServer, type Server } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCertificateAuthority } from '../../src/lib/certificates/certificate-authority.ts'
import { EdgeBench } from '../behaviours/gloo-edge/edge-bench.ts'
import { callHttp } from '../harness/http-call.ts'
import { startRecordingUpstream } from '../harness/recording-upstream.ts'
import { readAccessLog } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

const yearMs = 365 * 24 * 60 * 60 * 1000
const expired = openCertificateAuthority({ now: () => Date.now() - 2 * yearMs })
const authority = openCertificateAuthority({ now: Date.now })

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
  await bench.serve(
    'bystander',
    "routes: [{ directResponseAction: { status: 200, body: 'well' } }]",
  )
  await waitUntil('the bystander', async () => (await bench.ask('bystander', '/')) === 'well')
})
afterAll(async () => {
  expect(await bench.ask('bystander', '/')).toBe('well')
  await bench.stop()
})

const core = '/api/v1/namespaces/default/configmaps'
const virtualServices = '/apis/gateway.solo.io/v1/namespaces/default/virtualservices'
const configMap = (rest: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd' }, ...rest })
const virtualService = (name: string, spec: object) =>
  JSON.stringify({
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name },
    spec,
  })

describe('what is no object is refused with a Status that says why:', () => {
  const yaml = 'application/yaml'
  test.each([
    ['malformed JSON', core, '{"kind":', 400, 'not valid JSON', undefined],
    ['malformed YAML', core, 'a: [', 400, 'not valid YAML', yaml],
    ['a YAML bomb', core, bomb(), 400, 'alias', yaml],
    ['a list for an object', core, '[]', 400, 'object', undefined],
    ['an unknown content type', core, 'x', 415, 'media', 'text/plain'],
    [
      'an unknown kind',
      '/apis/gateway.solo.io/v1/namespaces/default/gizmos',
      '{}',
      404,
      '',
      undefined,
    ],
    [
      'another kind than the path says',
      core,
      '{"apiVersion":"v1","kind":"Secret"}',
      400,
      '',
      undefined,
    ],
    [
      'an unknown field of a core kind',
      `${core}?fieldValidation=Strict`,
      configMap({ odd: 1 }),
      400,
      'unknown field',
      undefined,
    ],
    ['a wrong type in a core kind', core, configMap({ data: { a: 1 } }), 422, 'data', undefined],
    [
      'a wrong type in a vendor kind',
      virtualServices,
      virtualService('odd', { virtualHost: { domains: 'x' } }),
      422,
      'spec.virtualHost.domains',
      undefined,
    ],
    [
      'an object that is too large',
      core,
      configMap({ data: { a: 'x'.repeat(3_500_000) } }),
      413,
      'large',
      undefined,
    ],
    ['nesting without end', core, `${'['.repeat(100_000)}`, 400, '', undefined],
  ] as const)('%s', async (...row) => {
    const [, path, body, status, text, contentType] = row
    const answer = await bench.kube.call('POST', path, body, contentType)
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.body)).toContain(text)
  })

  test('an unknown field of a vendor kind is kept, and warned about under Strict too', async () => {
    const body = virtualService('unknown-field', { virtualHost: { domains: ['u.test'], odd: 1 } })
    const answer = await bench.kube.call('POST', `${virtualServices}?fieldValidation=Strict`, body)
    expect(answer.status).toBe(201)
    expect(answer.warnings.join()).toContain('spec.virtualHost.odd')
    expect(answer.body).toMatchObject({ spec: { virtualHost: { odd: 1 } } })
  })
})

describe('an object that cannot work says so in its status and costs only itself:', () => {
  test('a reference to an Upstream that is missing', async () => {
    const route = 'routeAction: { single: { upstream: { name: nowhere, namespace: default } } }'
    const status = await bench.serve('dangling', `routes: [{ ${route} }]`)
    expect(status.reason).toContain('nowhere')
    const answer = await bench.call('dangling', '/')
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(answer.body).toContain('nowhere')
    const line = await waitUntil('the line', () =>
      readAccessLog(bench.sluice).find(({ host }) => host === 'dangling.test'),
    )
    expect(line).toMatchObject({ flags: 'NC', status: answer.status })
    const metrics = { address: '127.0.0.1', port: bench.sluice.adminPort, path: '/metrics' }
    expect((await callHttp(metrics)).body).toContain(
      `sluice_errors_total{code="${line['error']}"} 1`,
    )
  })

  test('a domain that two virtual services claim', async () => {
    const body = "routes: [{ directResponseAction: { status: 200, body: 'first' } }]"
    await bench.serve('claimed', body)
    expect(await bench.ask('claimed', '/')).toBe('first')
    const status = await bench.serve('claimant', `domains: [claimed.test]\n${body}`)
    expect(status.reason).toContain('claimed.test')
  })

  test('a regular expression that RE2 does not know', async () => {
    const status = await bench.serve(
      'regex',
      `
routes:
- matchers: [{ regex: '(?=a)b' }]
  directResponseAction: { status: 200, body: bad }
- directResponseAction: { status: 200, body: good }
`,
    )
    expect(status.reason).toMatch(/regex|regular expression/i)
    expect(await bench.ask('regex', '/')).toBe('good')
  })

  test('a port that another gateway has', async () => {
    await bench.gateway('port-first', 'bindPort: 18200\nhttpGateway: {}')
    const status = await bench.gateway('port-second', 'bindPort: 18200\nhttpGateway: {}')
    expect(status.reason).toContain('18200')
  })

  test('a port that another process has', async () => {
    const holder = await listenAt(18201, bench.address)
    const status = await bench.gateway('port-held', 'bindPort: 18201\nhttpGateway: {}')
    expect(status.reason).toContain('18201')
    await new Promise((resolve) => holder.close(resolve))
  })

  test.each([
    [
      'without-key',
      'Opaque',
      { 'tls.crt': pem('without-key.test') },
      'default.without-key is not a TLS secret',
    ],
    [
      'of-another-key',
      'kubernetes.io/tls',
      { 'tls.crt': pem('of-another-key.test'), 'tls.key': keyOf('x.test') },
      'The private key "tls.key" of Secret default/of-another-key does not belong to "tls.crt"',
    ],
    [
      'no-pem',
      'kubernetes.io/tls',
      { 'tls.crt': 'nonsense', 'tls.key': 'nonsense' },
      '"tls.crt" of Secret default/no-pem holds no certificate',
    ],
  ])('a certificate: %s', async (name, type, stringData, text) => {
    const metadata = { name, namespace: 'default' }
    await bench.apply({ apiVersion: 'v1', kind: 'Secret', metadata, type, stringData })
    const reason = await serveTls(name)
    expect(reason).toContain(text)
  })

  test('a TLS Secret without its key is refused', async () => {
    const metadata = { name: 'half', namespace: 'default' }
    const stringData = { 'tls.crt': pem('half.test') }
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/tls',
      stringData,
    }
    await expect(bench.apply(secret)).rejects.toThrow('tls.key')
  })

  test('a certificate that has expired', async () => {
    const { certificate, privateKey } = expired.issueServerCertificate({ names: ['expired.test'] })
    const metadata = { name: 'expired', namespace: 'default' }
    const stringData = { 'tls.crt': certificate, 'tls.key': privateKey }
    await bench.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/tls',
      stringData,
    })
    expect(await serveTls('expired')).toMatch(/expired/)
    const error = await new Promise<Error>((resolve) => {
      const options = { host: bench.address, port: 443, servername: 'expired.test' }
      connectTls({ ...options, ca: expired.certificate }).on('error', resolve)
    })
    expect(error.message).toMatch(/expired/)
  })
})

test('clear text on a TLS port is cut and counted', async () => {
  const refusals = async () => {
    const metrics = { address: '127.0.0.1', port: bench.sluice.adminPort, path: '/metrics' }
    const { body } = await callHttp(metrics)
    return Number(
      /^sluice_connections_refused_total\{.*"tls-handshake".*\} (\d+)$/m.exec(body)?.[1],
    )
  }
  await serveTls('expired')
  await expect(callHttp({ address: bench.address, port: 443, path: '/' })).rejects.toThrow()
  expect(await refusals()).toBeGreaterThan(0)
  const line = await waitUntil('the line', () =>
    readAccessLog(bench.sluice).find(({ error }) => error === 'tls-handshake'),
  )
  expect(line).toMatchObject({ flags: 'DPE', client: '127.0.0.1' })
})

test('an upstream whose certificate has expired is not called', async () => {
  const { certificate, privateKey } = expired.issueServerCertificate({ names: ['localhost'] })
  const upstream = await startRecordingUpstream({ tls: { certificate, privateKey } })
  const trust = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'old', namespace: 'default' },
  }
  const stringData = { 'ca.crt': expired.certificate }
  await bench.apply({ ...trust, type: 'Opaque', stringData })
  const hosts = [{ addr: 'localhost', port: upstream.port }]
  const secretRef = { name: 'old', namespace: 'default' }
  await bench.apply({
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'old', namespace: 'default' },
    spec: { static: { hosts }, sslConfig: { sni: 'localhost', secretRef } },
  })
  const route = 'routeAction: { single: { upstream: { name: old, namespace: default } } }'
  await bench.serve('old', `routes: [{ ${route} }]`)
  const answer = await bench.call('old', '/')
  expect(answer.status).toBe(503)
  expect(answer.body).toMatch(/expired/i)
  expect(upstream.requests).toEqual([])
  await upstream.close()
})

describe('the admin API answers nobody but its operator:', () => {
  test.each([
    ['a page of another origin', { origin: 'https://evil.example' }, 403],
    ['a fetch across sites', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a name that was rebound', { host: 'evil.example' }, 421],
    ['no token', {}, 401],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
  ])('%s', async (_name, headers, status) => {
    const port = bench.sluice.adminPort
    const answer = await callHttp({ address: '127.0.0.1', port, path: '/config', headers })
    expect(answer.status).toBe(status)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.body).not.toContain('listeners')
  })

  test('a preflight', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'GET' }
    const port = bench.sluice.adminPort
    const call = { address: '127.0.0.1', port, path: '/config', method: 'OPTIONS', headers }
    const answer = await callHttp(call)
    expect(answer.status).toBe(403)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

/** Serves `name.test` over TLS with the Secret of that name, and resolves with the status's reason. */
async function serveTls(name: string): Promise<string> {
  await bench.apply({
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'default' },
    spec: {
      sslConfig: { secretRef: { name, namespace: 'default' }, sniDomains: [`${name}.test`] },
      virtualHost: {
        domains: [`${name}.test`],
        routes: [{ directResponseAction: { status: 200, body: 'secure' } }],
      },
    },
  })
  const { reason } = await bench.statusOf('virtualservices', name)
  return reason
}

function pem(name: string): string {
  return authority.issueServerCertificate({ names: [name] }).certificate
}

function keyOf(name: string): string {
  return authority.issueServerCertificate({ names: [name] }).privateKey
}

async function listenAt(port: number, host: string): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  return server
}

function bomb(): string {
  const lines = ['a0: &a0 [x]']
  for (let level = 1; level < 10; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join()}]`,
    )
  }
  return lines.join('\n')
}
