import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApiUnderTest, runCommand, startApi } from '../testing/start-api.ts'
import { loadKubeconfig } from './load-kubeconfig.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-kubeconfig-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function writeConfig(path: string, server: string, more = ''): string {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(
    file,
    `current-context: one
contexts:
- {name: one, context: {cluster: c, user: u, namespace: team}}
- {name: two, context: {cluster: d, user: u}}
clusters:
- {name: c, cluster: {server: '${server}', certificate-authority: ca.pem}}
- {name: d, cluster: {server: 'https://two.test', insecure-skip-tls-verify: true}}
users:
- {name: u, user: {token: abc}}
${more}`,
  )
  return file
}

const choice = () => ({ environment: {}, workingDirectory: folder, homeDirectory: folder })

test('the flag goes before KUBECONFIG, that before the data dir, that before the home folder', () => {
  const named = writeConfig('named', 'https://named.test')
  const listed = writeConfig('listed', 'https://listed.test')
  writeFileSync(join(folder, 'ca.pem'), 'PEM')
  const environment = { KUBECONFIG: `${join(folder, 'missing')}:${listed}` }
  expect(loadKubeconfig({ ...choice(), environment, path: named }).server).toBe(
    'https://named.test',
  )
  expect(loadKubeconfig({ ...choice(), environment }).server).toBe('https://listed.test')
  writeConfig('.kube/config', 'https://home.test')
  writeFileSync(join(folder, '.kube/ca.pem'), 'PEM')
  expect(loadKubeconfig(choice()).server).toBe('https://home.test')
  writeConfig('.sluice/kubeconfig', 'https://data.test')
  writeFileSync(join(folder, '.sluice/ca.pem'), 'PEM')
  expect(loadKubeconfig(choice())).toEqual({
    ...{ server: 'https://data.test', caCertificate: 'PEM', skipVerification: false },
    ...{ token: 'abc', namespace: 'team' },
  })
})

test('a context is chosen by name', () => {
  const path = writeConfig('config', 'https://one.test')
  expect(loadKubeconfig({ ...choice(), path, context: 'two' })).toMatchObject({
    ...{ server: 'https://two.test', skipVerification: true, namespace: 'default' },
  })
  expect(() => loadKubeconfig({ ...choice(), path, context: 'three' })).toThrow(
    /has no context "three"; it has one, two/,
  )
})

test('files of KUBECONFIG are taken together, the first counts', () => {
  const first = join(folder, 'first')
  writeFileSync(first, 'contexts:\n- {name: mine, context: {cluster: c, user: u}}\n')
  const second = writeConfig('sub/second', 'https://second.test')
  writeFileSync(join(folder, 'sub/ca.pem'), 'PEM')
  const environment = { KUBECONFIG: `${first}:${second}` }
  expect(loadKubeconfig({ ...choice(), environment }).namespace).toBe('team')
  expect(loadKubeconfig({ ...choice(), environment, context: 'mine' })).toMatchObject({
    ...{ server: 'https://second.test', caCertificate: 'PEM', token: 'abc', namespace: 'default' },
  })
})

test.each([
  ['a: [', /is no valid YAML/],
  ['', /is empty or no kubeconfig/],
  ['kind: Config', /has no current-context/],
])('the kubeconfig %j is refused with its path', (text, message) => {
  const path = join(folder, 'config')
  writeFileSync(path, text)
  expect(() => loadKubeconfig({ ...choice(), path })).toThrow(message)
  expect(() => loadKubeconfig({ ...choice(), path })).toThrow(path)
})

test('without any kubeconfig the person is told how to get one', async () => {
  const { code, err } = await runCommand(['glooctl', 'get', 'upstream'], {
    workingDirectory: folder,
    homeDirectory: folder,
  })
  expect(code).toBe(1)
  expect(err).toContain('Start Sluice with "sluice dev"')
})

test('a server that does not run is told in words', async () => {
  const api = await startApi()
  const kubeconfig = readFileSync(api.kubeconfig)
  await api.close()
  const path = join(folder, 'config')
  writeFileSync(path, kubeconfig)
  const { code, err } = await runCommand(['glooctl', 'get', 'upstream', '--kubeconfig', path])
  expect(code).toBe(1)
  expect(err).toMatch(/cannot reach the Kubernetes API at https:.*Is "sluice dev" running\?/)
})

test('a wrong credential and another authority are told in words', async () => {
  const [api, other] = await Promise.all([startApi(), startApi()])
  try {
    const path = join(folder, 'config')
    const run = () => runCommand(['glooctl', 'get', 'upstream', '--kubeconfig', path])
    const config = readFileSync(api.kubeconfig, 'utf8')
    writeFileSync(path, config.replace('only-this-test-knows', 'is-wrong'))
    expect((await run()).err).toMatch(/Unauthorized/)
    const authorityOf = (text: string) => /certificate-authority-data: (\S+)/.exec(text)?.[1] ?? ''
    const foreign = readFileSync(other.kubeconfig, 'utf8')
    writeFileSync(path, config.replace(authorityOf(config), authorityOf(foreign)))
    expect((await run()).err).toContain('its certificate is not signed by the authority')
  } finally {
    await Promise.all([api.close(), other.close()])
  }
})

test('an answer that is no Kubernetes API is told, without what it could do to a terminal', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(500).end('\u001b[2Jgone')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const path = writeConfig('config', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    writeFileSync(join(folder, 'ca.pem'), '')
    const { err } = await runCommand(['glooctl', 'get', 'upstream', '--kubeconfig', path])
    expect(err).toBe('Error: the server answered 500: \\u{1b}[2Jgone\n')
  } finally {
    server.close()
  }
})

test('lists longer than a page are read to their end', async () => {
  const api: ApiUnderTest = await startApi()
  try {
    for (let index = 0; index < 501; index += 1) {
      api.create({
        ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', spec: {} },
        metadata: { name: `u${index}`, namespace: 'default' },
      })
    }
    const { out } = await api.run('glooctl', 'get', 'upstream', '-n', 'default', '-o', 'json')
    expect(JSON.parse(out)).toHaveLength(501)
  } finally {
    await api.close()
  }
})
