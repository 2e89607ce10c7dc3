import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

const folder = mkdtempSync(join(tmpdir(), 'manifest-folder-'))
const manifests = join(folder, 'manifests')
const virtualServices = '/apis/gateway.solo.io/v1/namespaces/default/virtualservices'

let sluice: SluiceProcess
let kube: KubeClient
let address: string

const virtualService = (name: string, body: string) => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: default }
spec:
  virtualHost:
    domains: [${name}.test]
    routes: [{ matchers: [{ prefix: / }], directResponseAction: { status: 200, body: ${body} } }]
`

const write = (name: string, text: string) => writeFileSync(join(manifests, name), text)

async function answerOf(name: string): Promise<string> {
  const headers = { host: `${name}.test` }
  const answer = await callHttp({ address, path: '/', headers }).catch(() => undefined)
  return answer?.status === 200 ? answer.body : String(answer?.status)
}

const becomes = (name: string, body: string) =>
  waitUntil(`${name} to answer ${body}`, async () => (await answerOf(name)) === body)

beforeAll(async () => {
  mkdirSync(manifests)
  write('one.yaml', virtualService('one', 'first'))
  write('two.yaml', `${virtualService('two', 'second')}---${virtualService('three', 'third')}`)
  sluice = await startSluice({ folder, flags: ['-f', manifests] })
  kube = new KubeClient(sluice)
  address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
})
afterAll(async () => {
  await sluice.stop()
  rmSync(folder, { recursive: true })
})

test('what the folder holds is in force from the start', async () => {
  expect(await answerOf('one')).toBe('first')
  expect(await answerOf('two')).toBe('second')
  expect(await answerOf('three')).toBe('third')
})

test('a changed file and a new one in a new folder come into force', async () => {
  // As editors save: a new file takes the place of the old one.
  write('one.yaml.new', virtualService('one', 'changed'))
  renameSync(join(manifests, 'one.yaml.new'), join(manifests, 'one.yaml'))
  await becomes('one', 'changed')
  mkdirSync(join(manifests, 'more'))
  write('more/four.yml', virtualService('four', 'fourth'))
  await becomes('four', 'fourth')
})

test('a file that cannot be read is told by its line, and costs only itself', async () => {
  write('broken.yaml', 'kind: [')
  write('one.yaml', virtualService('one', 'again'))
  await becomes('one', 'again')
  await waitUntil('the complaint', () => /broken\.yaml:\d+: /.test(sluice.output()))
  expect(await answerOf('four')).toBe('fourth')
  rmSync(join(manifests, 'broken.yaml'))
})

test('what leaves the folder is removed, and nothing else', async () => {
  await kube.apply(virtualService('by-hand', 'kept'))
  await becomes('by-hand', 'kept')
  write('two.yaml', virtualService('two', 'second'))
  await becomes('three', '404')
  rmSync(join(manifests, 'more'), { recursive: true })
  await becomes('four', '404')
  const list = await kube.get(virtualServices)
  const names = (list['items'] as { metadata: { name: string } }[]).map(
    ({ metadata }) => metadata.name,
  )
  expect(names.sort()).toEqual(['by-hand', 'one', 'two'])
})

test('what left the folder while Sluice was away is removed at its next start', async () => {
  const pool = /gateway +(127\.\d+\.\d+)\./.exec(sluice.output())?.[1]
  await sluice.stop()
  rmSync(join(manifests, 'two.yaml'))
  sluice = await startSluice({ folder, flags: ['-f', manifests, '--address-pool', `${pool}.0/24`] })
  kube = new KubeClient(sluice)
  expect((await kube.call('GET', `${virtualServices}/two`)).status).toBe(404)
  expect((await kube.call('GET', `${virtualServices}/by-hand`)).status).toBe(200)
  expect(await answerOf('two')).toBe('404')
  expect(await answerOf('one')).toBe('again')
})
