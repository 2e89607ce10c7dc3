import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCertificateAuthority } from '../../../lib/certificates/certificate-authority.ts'
import { type ApiUnderTest, startApi } from '../../testing/start-api.ts'

let api: ApiUnderTest
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

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

test('create secret tls keeps certificate and key, once they are known to belong together', async () => {
  const write = (name: string, text: string) => writeFileSync(join(api.folder, name), text)
  const issue = () => {
    const authority = openCertificateAuthority({ now: Date.now })
    return {
      root: authority.certificate,
      ...authority.issueServerCertificate({ names: ['a.test'] }),
    }
  }
  const [own, other] = [issue(), issue()]
  write('tls.crt', own.certificate)
  write('tls.key', own.privateKey)
  write('ca.crt', own.root)
  write('other.key', other.privateKey)
  const create = ['glooctl', 'create', 'secret', 'tls', 'pair', '-n', 'default']
  const created = await api.run(
    ...[...create, '--certchain', 'tls.crt', '--privatekey', 'tls.key', '--rootca', 'ca.crt'],
  )
  expect(created.out).toContain('| pair   | TLS  |')
  expect(api.find('v1', 'Secret', 'pair')).toMatchObject({
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': own.certificate, 'tls.key': own.privateKey, 'ca.crt': own.root },
  })
  const wrong = async (...flags: string[]) => (await api.run(...create, ...flags)).err
  expect(await wrong('--certchain', 'tls.crt', '--privatekey', 'other.key')).toContain(
    'the key of --privatekey does not belong to the certificate',
  )
  expect(await wrong('--certchain', 'tls.key', '--privatekey', 'tls.key')).toContain(
    'the file of --certchain holds no PEM certificate',
  )
  expect(await wrong('--certchain', 'tls.crt', '--privatekey', 'tls.crt')).toContain(
    'holds no PEM key that can be read',
  )
  expect(await wrong('--certchain', 'tls.crt')).toContain('--certchain needs --privatekey')
})

test('a namespace that does not exist is told with the way to create it', async () => {
  const create = ['glooctl', 'create', 'secret', 'header', 'a', '--headers', 'x=1']
  const { code, err } = await api.run(...create, '-n', 'nowhere')
  expect(code).toBe(1)
  expect(err).toContain(
    'namespace nowhere does not exist. Create it with "kubectl create namespace',
  )
})
