import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openCertificateAuthority } from '../../src/lib/certificates/certificate-authority.ts'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { collectOutputs, formsOf } from './collect-outputs.ts'
import { complaintNames, modelComplaintNames, startEchoingProvider } from './echoing-provider.ts'

/** The part of each secret value that no output may show in any encoding; around it stand characters that get escaped. */
const cores = {
  header: 'cOre0fTheHeaderToken',
  opaque: 'cOre0fTheOpaqueToken',
  badHeader: 'cOre0fTheBrokenValue',
  wrongType: 'cOre0fTheWrongType',
  badBase64: 'cOre0fTheBadBase64',
  nested: 'cOre0fTheNestedValue',
  unparsable: 'cOre0fTheUnparsable',
  badField: 'cOre0fTheUnknownField',
  inFile: 'cOre0fTheFileSecret',
  inBrokenFile: 'cOre0fTheBrokenFile',
  badKey: 'cOre0fTheBrokenKey',
  patched: 'cOre0fThePatchedValue',
  inline: 'cOre0fTheInlineToken',
  inlineBroken: 'cOre0fTheBrokenInline',
  inlineEarly: 'cOre0fTheEarlyInline',
  inlinePool: 'cOre0fThePoolInline',
  inlineAws: 'cOre0fTheInlineAwsKey',
  inlineGuard: 'cOre0fTheGuardsToken',
  inModelSecret: 'cOre0fTheModelSecret',
  echoed: 'cOre0fTheEchoedToken',
  echoedByModel: 'cOre0fTheEchoedModelKey',
  apiKey: 'cOre0fTheApiKeyOfClients',
  clientBearer: 'cOre0fTheClientsBearer',
  clientQuery: 'cOre0fTheClientsQuery',
  clientCookie: 'cOre0fTheClientsCookie',
  clientAbsolute: 'cOre0fTheUserInfo',
} as const

const folder = mkdtempSync(join(tmpdir(), 'secrets-'))
const escaped = (core: string) => `x"\\/+ %é=${core}=é% +/\\"x`
const headerValue = (core: string) => `Bearer sk-x${core}x`
const base64 = (text: string) => Buffer.from(text).toString('base64')

let sluice: SluiceProcess
let kube: KubeClient
let address: string
/** Everything that was answered on the way, whoever answered. */
const answers: Record<string, string> = {}

beforeAll(async () => {
  writeFileSync(
    join(folder, 'secret.yaml'),
    `
apiVersion: v1
kind: Secret
metadata: { name: in-file, namespace: default }
data: { token: "%%${base64(escaped(cores.inFile))}" }
`,
  )
  writeFileSync(
    join(folder, 'broken.yaml'),
    `apiVersion: v1\nkind: Secret\nstringData:\n  token: ${cores.inBrokenFile}\n bad: [\n`,
  )
  sluice = await startSluice({ command: 'dev', flags: ['-f', folder] })
  kube = new KubeClient(sluice)
  address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
})
afterAll(async () => {
  await sluice.stop()
  rmSync(folder, { recursive: true })
})

const upstream = (name: string, host: string, extra = '') => `
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: ${name}, namespace: default }
spec:
  ${extra}
  static: { useTls: true, autoSniRewrite: true, hosts: [{ addr: ${host}, port: 443 }] }
`

const routesTo = (secrets: readonly string[]) => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: secrets, namespace: default }
spec:
  sslConfig: { secretRef: { name: bad-key, namespace: default } }
  virtualHost: { domains: [tls.test], routes: [] }
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: routes, namespace: default }
spec:
  virtualHost:
    domains: ['*']
    routes:
    - matchers: [{ prefix: /refused }]
      routeAction: { single: { upstream: { name: refused, namespace: default } } }
      options: { headerManipulation: { requestHeadersToAdd: [{ headerSecretRef: { name: header, namespace: default } }] } }
${secrets
  .map(
    (name) => `
    - matchers: [{ prefix: /${name} }]
      routeAction: { single: { upstream: { name: openai, namespace: default } } }
      options:
        prefixRewrite: /v1/chat/completions
        autoHostRewrite: true
        headerManipulation:
          requestHeadersToAdd: [{ headerSecretRef: { name: ${name}, namespace: default } }]
          responseHeadersToAdd: [{ header: { key: x-route, value: ${name} } }]
`,
  )
  .join('')}
`

const secret = (name: string, fields: object, type = 'Opaque') => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' }, type },
  ...fields,
})

async function write(name: string, ...call: Parameters<KubeClient['call']>): Promise<number> {
  const answer = await kube.call(...call)
  // A Secret that was taken comes back with its values to the one who wrote it.
  const echoed = answer.status < 300 ? '' : JSON.stringify(answer.body)
  answers[`writing ${name}`] = `${answer.status} ${echoed} ${answer.warnings.join()}`
  return answer.status
}

const secretsPath = '/api/v1/namespaces/default/secrets'
const create = (name: string, object: object) =>
  write(name, 'POST', secretsPath, JSON.stringify(object))

test('secrets of every form are written, and what is wrong with some of them is told', async () => {
  const header = (core: string) => ({ stringData: { authorization: headerValue(core) } })
  const headerType = 'gloo.solo.io/header'
  expect(await create('header', secret('header', header(cores.header), headerType))).toBe(201)
  expect(await create('opaque', secret('opaque', header(cores.opaque)))).toBe(201)
  const broken = { stringData: { authorization: `line\nbreak ${cores.badHeader}` } }
  expect(await create('bad-header', secret('bad-header', broken, headerType))).toBe(201)
  const apiKey = { stringData: { 'api-key': escaped(cores.apiKey) } }
  expect(await create('api-key', secret('api-key', apiKey, 'extauth.solo.io/apikey'))).toBe(201)
  const wrongType = { data: { 'tls.crt': base64('none'), 'tls.key': base64(cores.wrongType) } }
  expect(await create('wrong-type', secret('wrong-type', wrongType, 'kubernetes.io/tls'))).toBe(201)
  const { certificate } = openCertificateAuthority({ now: Date.now })
  const key = `-----BEGIN PRIVATE KEY-----\n${cores.badKey}\n-----END PRIVATE KEY-----\n`
  const badKey = { data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) } }
  expect(await create('bad-key', secret('bad-key', badKey, 'kubernetes.io/tls'))).toBe(201)

  const refused = [
    await create('bad base64', secret('a', { data: { token: `%%${cores.badBase64}` } })),
    await create('a nested value', secret('b', { stringData: { token: { x: cores.nested } } })),
    await create('an unknown field', secret('c', { [cores.badField]: cores.badField, data: 7 })),
    await write('unparsable JSON', 'POST', secretsPath, `{"stringData":{"t":${cores.unparsable}`),
    await write(
      'a patch that is refused',
      'PATCH',
      `${secretsPath}/header`,
      JSON.stringify([{ op: 'test', path: '/data/authorization', value: cores.patched }]),
      'application/json-patch+json',
    ),
    await write(
      'a patch of the wrong type',
      'PATCH',
      `${secretsPath}/header`,
      JSON.stringify({ data: { authorization: [cores.patched] } }),
      'application/merge-patch+json',
    ),
  ]
  for (const status of refused) expect(status).toBeGreaterThanOrEqual(400)
})

/** Credentials that stand in objects, which list them like everything else that stands there. */
const inlineCores = [
  'inline',
  'inlineBroken',
  'inlineEarly',
  'inlinePool',
  'inlineAws',
  'echoedByModel',
] as const
const ownListOf = (name: string) =>
  (inlineCores as readonly string[]).includes(name)
    ? 'upstreams'
    : name === 'inlineGuard'
      ? 'virtualservices'
      : undefined

const aiUpstreams = {
  inline: { openai: { authToken: { inline: `sk-x${cores.inline}x` } } },
  broken: { openai: { authToken: { inline: `sk\nx${cores.inlineBroken}x` } } },
  early: { mistral: {}, inlineAuthToken: `sk-x${cores.inlineEarly}x` },
  pools: {
    multi: {
      priorities: [{ pool: [{ openai: { authToken: { inline: cores.inlinePool } } }] }],
    },
  },
  aws: {
    bedrock: {
      ...{ model: 'amazon.titan', region: 'us-east-1' },
      credentialProvider: { inline: { accessKeyId: 'AKIA', secretAccessKey: cores.inlineAws } },
    },
  },
  held: { openai: { authToken: { secretRef: { name: 'for-models', namespace: 'default' } } } },
} as const

test('language models are called with credentials that stand in objects', async () => {
  const held = secret('for-models', { stringData: { Authorization: cores.inModelSecret } })
  expect(await create('for-models', held)).toBe(201)
  const names = Object.keys(aiUpstreams)
  for (const [name, ai] of Object.entries(aiUpstreams)) {
    const metadata = { name: `ai-${name}`, namespace: 'default' }
    const object = { apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', metadata, spec: { ai } }
    await kube.apply(JSON.stringify(object))
  }
  const moderation = { openai: { authToken: { inline: cores.inlineGuard } } }
  const routes = names.map((name) => ({
    matchers: [{ prefix: `/${name}` }],
    routeAction: { single: { upstream: { name: `ai-${name}` } } },
    options: name === 'pools' ? { ai: { promptGuard: { request: { moderation } } } } : {},
  }))
  const metadata = { name: 'models', namespace: 'default' }
  const virtualHost = { domains: ['models.test'], routes }
  const object = {
    ...{ apiVersion: 'gateway.solo.io/v1', kind: 'VirtualService' },
    ...{ metadata, spec: { virtualHost } },
  }
  await kube.apply(JSON.stringify(object))
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] })
  const statusOf = async (name: string) => {
    const headers = { host: 'models.test', 'content-type': 'application/json' }
    const answer = await callHttp({ address, path: `/${name}`, method: 'POST', headers, body })
    answers[`call of the model ${name}`] = JSON.stringify(answer)
    return answer.status
  }
  await waitUntil('the models', async () => (await statusOf('inline')) === 200)
  expect(await statusOf('held')).toBe(200)
  expect(await statusOf('broken')).toBe(500)
  for (const name of names) await statusOf(name)
})

test.each(['HTTP/1.1', 'HTTP/2'] as const)(
  'upstreams that speak %s repeat in every way what they were shown',
  async (version) => {
    const provider = await startEchoingProvider(version)
    onTestFinished(() => provider.close())
    const name = `echo-${version.replace(/\W/g, '').toLowerCase()}`
    const shown = { authorization: `Bearer ${escaped(cores.echoed)}` }
    await create('the echoed token', secret(name, { stringData: shown }, 'gloo.solo.io/header'))
    const apply = (object: object) => kube.apply(JSON.stringify(object))
    const metadata = { name, namespace: 'default' }
    const own = { apiVersion: 'gloo.solo.io/v1', kind: 'Upstream' }
    const useHttp2 = version === 'HTTP/2'
    const host = { addr: '127.0.0.1', port: provider.port }
    await apply({ ...own, metadata, spec: { static: { hosts: [host] }, useHttp2 } })
    const authToken = { inline: `sk-x${cores.echoedByModel}x` }
    const openai = { authToken, customHost: { host: '127.0.0.1', port: provider.port } }
    const model = { ...metadata, name: `ai-${name}` }
    await apply({ ...own, metadata: model, spec: { ai: { openai }, useHttp2 } })
    const requestHeadersToAdd = [{ headerSecretRef: metadata }]
    const routeTo = (prefix: string, upstream: object, options = {}) => ({
      ...{ matchers: [{ prefix }], routeAction: { single: { upstream } }, options },
    })
    const routes = [
      routeTo('/model', model),
      routeTo('/', metadata, { headerManipulation: { requestHeadersToAdd } }),
    ]
    const virtualHost = { domains: [`${name}.test`], routes }
    const kind = { apiVersion: 'gateway.solo.io/v1', kind: 'VirtualService' }
    await apply({ ...kind, metadata, spec: { virtualHost } })
    const ask = async (path: string, way: string) => {
      const body = JSON.stringify({ model: 'm', messages: [], stream: true })
      const type = { 'content-type': 'application/json' }
      const headers = { ...type, host: `${name}.test`, 'x-complain': way }
      const answer = await callHttp({ address, path, method: 'POST', headers, body })
      answers[`${way} of ${name}${path}`] = JSON.stringify(answer)
      return answer
    }
    await waitUntil('the route', async () => (await ask('/', 'not')).status === 200)
    for (const way of complaintNames) expect((await ask('/', way)).status).not.toBe(200)
    for (const way of modelComplaintNames) {
      const { body, headers } = await ask('/model', way)
      const isMasked = `${body} ${headers.location}`.includes('***')
      expect([way, isMasked || body.includes('cannot be searched')]).toEqual([way, true])
    }
  },
)

test('calls that succeed and calls that fail run over all of them', async () => {
  const names = ['header', 'opaque', 'bad-header', 'api-key', 'wrong-type', 'missing']
  await kube.apply(upstream('openai', 'api.openai.com'))
  const ssl = 'sslConfig: { secretRef: { name: bad-key, namespace: default } }'
  await kube.apply(upstream('refused', '127.0.0.1', ssl))
  await kube.apply(routesTo(names))
  const headers = {
    'content-type': 'application/json',
    cookie: `session=${cores.clientCookie}`,
    'x-api-key': cores.clientBearer,
  }
  const call = async (name: string, path: string, extra: Record<string, string> = {}) => {
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] })
    const method = 'POST'
    const answer = await callHttp({
      ...{ address, path, method, body },
      headers: { ...headers, ...extra },
    })
    answers[`call of ${name}`] = JSON.stringify(answer)
    return answer.status
  }
  await waitUntil('the routes', async () => (await call('header', '/header')) === 200)
  const query = `?api_key=${cores.clientQuery}&access_token=${cores.clientQuery}`
  for (const name of names)
    await call(name, `/${name}${query}`, { authorization: `Bearer ${cores.clientBearer}` })
  expect(await call('a missing secret', '/missing')).toBe(500)
  expect(await call('a refused upstream', `/refused${query}`)).toBeGreaterThanOrEqual(500)
  expect(await call('no route', `/nothing${query}`)).toBe(404)
  await call('an absolute URL', `http://user:${cores.clientAbsolute}@${address}/header`)
  await call('headers that are too large', '/header', { 'x-large': 'x'.repeat(200_000) }).catch(
    () => 0,
  )
  expect(await kube.delete(`${secretsPath}/header`)).toMatchObject({ status: 200 })
  await waitUntil('the secret to be missed', async () => (await call('gone', '/header')) === 500)
})

test('no output holds a secret value in any encoding', async () => {
  const accessLog = () => readFileSync(join(sluice.folder, 'access.log'), 'utf8')
  // Threads write their lines a moment later; the requests before the last one are the ones that matter.
  await waitUntil('the access log', () => accessLog().includes('"path":"http://***@'))
  await waitUntil('the last request in it', () =>
    accessLog().includes('"error":"configuration-error"'),
  )
  const outputs = { ...answers, ...(await collectOutputs(sluice, kube)) }
  const own = {
    kubeToken: readFileSync(join(sluice.folder, 'data/kube-token'), 'utf8').trim(),
    adminToken: readFileSync(join(sluice.folder, 'data/admin-token'), 'utf8').trim(),
  }
  const found: string[] = []
  for (const [where, text] of Object.entries(outputs)) {
    for (const [name, value] of Object.entries({ ...cores, ...own })) {
      if (where === ownListOf(name)) continue
      for (const form of formsOf(value)) if (text.includes(form)) found.push(`${name} in ${where}`)
    }
  }
  expect(found).toEqual([])
  // The search itself is alive: what is not secret is found where it belongs.
  expect(outputs['access log']).toContain('"path":"/header')
  expect(outputs['/config']).toContain('openai')
  expect(outputs['simulator log']).toContain('/v1/chat/completions')
  expect(outputs['standard output and error']).toContain('secret.yaml')
  expect(outputs['virtualservices']).toContain('default')
  expect(outputs['upstreams']).toContain(cores.inline)
  expect(outputs['/metrics']).toMatch(/sluice_masked_credentials_total{.*route="default.echo-http2/)
  expect(outputs['access log']).toContain('"masked_credentials":')
})
