import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { startRecordingUpstream } from '../harness/recording-upstream.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { catchAllRoute } from './catch-all-route.ts'

const running: SluiceProcess[] = []
const folders: string[] = []

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-restarts-'))
  folders.push(folder)
  return folder
}

afterEach(async () => {
  for (const sluice of running.splice(0)) if (sluice.child.exitCode === null) await sluice.stop()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function start(...parameters: Parameters<typeof startSluice>): Promise<SluiceProcess> {
  const sluice = await startSluice(...parameters)
  running.push(sluice)
  return sluice
}

/** A virtual host that answers its own number. */
const virtualService = (number: number) => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: answer-${number}, namespace: default }
spec:
  virtualHost:
    domains: [host-${number}.test]
    routes:
    - matchers: [{ prefix: / }]
      directResponseAction: { status: 200, body: 'answer ${number}' }
`

async function answerOf(address: string, number: number): Promise<string | undefined> {
  const headers = { host: `host-${number}.test` }
  const answer = await callHttp({ address, path: '/', headers }).catch(() => undefined)
  return answer?.status === 200 ? answer.body : undefined
}

test('what was acknowledged before kill -9 is there afterwards, and served', async () => {
  const folder = makeFolder()
  const flags = ['--address-pool', '127.16.5.0/24']
  const first = await start({ folder, flags })
  const kube = new KubeClient(first)
  const acknowledged = new Set<number>()
  let next = 0
  const writer = async () => {
    for (;;) {
      const number = next++
      await kube.apply(virtualService(number))
      acknowledged.add(number)
    }
  }
  const writers = Array.from({ length: 8 }, () => writer().catch(() => 'cut off'))
  await waitUntil('a storm of writes', () => acknowledged.size >= 150)
  first.child.kill('SIGKILL')
  // A writer ends only by the connection that was cut, so that there was a write under way in each of them.
  expect(await Promise.all(writers)).toEqual(Array(8).fill('cut off'))
  expect(await first.stop('SIGKILL')).toBeNull()

  const second = await start({ folder, flags })
  const restarted = new KubeClient(second)
  const list = await restarted.get('/apis/gateway.solo.io/v1/namespaces/default/virtualservices')
  const names = new Set((list['items'] as { metadata: { name: string } }[]).map(nameOf))
  expect([...acknowledged].filter((number) => !names.has(`answer-${number}`))).toEqual([])
  const address = await restarted.serviceAddress('gloo-system', 'gateway-proxy')
  for (const number of acknowledged)
    expect(await answerOf(address, number)).toBe(`answer ${number}`)
})

const nameOf = ({ metadata }: { readonly metadata: { readonly name: string } }) => metadata.name

function isRefused(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(80, address, () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}

test('SIGTERM lets an open stream end, takes no new connections and exits with 0', async () => {
  let finish = () => {}
  const upstream = await startRecordingUpstream({
    answer(_, response) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
      finish = () => response.end('data: last\n\n')
    },
  })
  const sluice = await start({ flags: ['--resolve', `api.test:80:127.0.0.1:${upstream.port}`] })
  const kube = new KubeClient(sluice)
  await kube.apply(catchAllRoute)
  const address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
  await waitUntil('the route', () =>
    kube
      .get('/apis/gateway.solo.io/v1/namespaces/default/virtualservices/api')
      .then((object) => JSON.stringify(object['status'] ?? '').includes('Accepted')),
  )
  let text = ''
  const ended = new Promise<void>((resolve, reject) => {
    const call = request({ host: address, path: '/', agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', resolve).on('error', reject)
    })
    call.on('error', reject).end()
  })
  await waitUntil('the first event', () => text === 'data: first\n\n')

  const stopped = sluice.stop()
  await waitUntil('new connections to be refused', () => isRefused(address))
  expect(sluice.child.exitCode).toBeNull()
  const ready = await callHttp({ address: '127.0.0.1', port: sluice.adminPort, path: '/readyz' })
  expect(ready).toMatchObject({ status: 503, body: expect.stringContaining('Draining') })
  finish()
  await ended
  expect(text).toBe('data: first\n\ndata: last\n\n')
  expect(await stopped).toBe(0)
  await upstream.close()
})

test('--data-dir :memory: keeps nothing on disk', async () => {
  const folder = makeFolder()
  const sluice = await start({ folder, flags: ['--data-dir', ':memory:'] })
  const kubeconfig = /\(([^()]*\/kubeconfig)\)/.exec(sluice.output())?.[1] ?? ''
  const dataDir = dirname(kubeconfig)
  expect(readdirSync(dataDir).filter((name) => name.startsWith('objects'))).toEqual([])
  expect(await sluice.stop()).toBe(0)
  expect(existsSync(dataDir)).toBe(false)
  expect(readdirSync(folder)).toEqual(['access.log'])
})
