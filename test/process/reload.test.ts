import { Agent, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KubeClient } from '../harness/kube-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from '../harness/recording-upstream.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

const connections = 8
const reloads = 50

let upstream: RecordingUpstream
let sluice: SluiceProcess
let kube: KubeClient
let address: string

const route = (round: number) => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: api, namespace: default }
spec:
  virtualHost:
    domains: ['*']
    routes:
    - matchers: [{ prefix: /of-round-${round} }]
      directResponseAction: { status: 204 }
    - matchers: [{ prefix: / }]
      routeAction: { single: { upstream: { name: api, namespace: default } } }
      options:
        headerManipulation:
          requestHeadersToAdd:
          - { header: { key: x-round, value: '${round}' }, append: false }
`

beforeAll(async () => {
  upstream = await startRecordingUpstream()
  sluice = await startSluice({
    workers: 2,
    flags: ['--resolve', `api.test:80:127.0.0.1:${upstream.port}`],
  })
  kube = new KubeClient(sluice)
  await kube.apply(`
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: api, namespace: default }
spec: { static: { hosts: [{ addr: api.test, port: 80 }] } }
---${route(0)}`)
  address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
  await waitUntil('the route', async () => (await send('first').catch(() => 0)) === 200)
})
afterAll(async () => {
  await sluice.stop()
  await upstream.close()
})

/** One request whose id the upstream records; resolves with the status. */
function send(id: string, agent?: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: address, path: '/', method: 'POST', headers: { 'x-test-id': id } }
    const call = request({ ...options, agent: agent ?? false }, (response: IncomingMessage) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0)).on('error', reject)
    })
    call.on('error', reject)
    call.end(id)
  })
}

interface Load {
  readonly ids: string[]
  readonly statuses: Set<number>
  worstMs: number
}

/** Requests on several connections, one after the other on each, until `stopped` has settled. */
async function loadUntil(name: string, stopped: Promise<unknown>): Promise<Load> {
  const load: Load = { ids: [], statuses: new Set(), worstMs: 0 }
  let going = true
  const runOne = async (connection: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let count = 0; going; count++) {
      const id = `${name}-${connection}-${count}`
      load.ids.push(id)
      const startedAt = performance.now()
      load.statuses.add(await send(id, agent))
      load.worstMs = Math.max(load.worstMs, performance.now() - startedAt)
    }
    agent.destroy()
  }
  const running = Promise.all(Array.from({ length: connections }, (_, index) => runOne(index)))
  try {
    await stopped
  } finally {
    going = false
  }
  await running
  return load
}

const idsAtUpstream = (name: string) =>
  upstream.requests
    .map(({ headers }) => String(headers['x-test-id']))
    .filter((id) => id.startsWith(`${name}-`))

async function reloadManyTimes(): Promise<void> {
  for (let round = 1; round <= reloads; round++) {
    await kube.apply(route(round))
    await waitUntil(`round ${round}`, () =>
      upstream.requests.slice(-100).some(({ headers }) => headers['x-round'] === String(round)),
    )
  }
}

test('reloads under load lose no request and repeat none', async () => {
  // So that the first requests of all, which compile code, stand in neither window.
  await loadUntil('warm', new Promise((resolve) => setTimeout(resolve, 1000)))
  const startedAt = performance.now()
  const reloading = reloadManyTimes().then(() => performance.now() - startedAt)
  const busy = await loadUntil('busy', reloading)
  const windowMs = await reloading
  const quiet = await loadUntil('quiet', new Promise((resolve) => setTimeout(resolve, windowMs)))
  for (const [name, load] of Object.entries({ busy, quiet })) {
    expect([...load.statuses]).toEqual([200])
    expect(idsAtUpstream(name).sort()).toEqual(load.ids.sort())
  }
  expect(busy.ids.length).toBeGreaterThan(reloads)
  const told = (load: Load) => `${load.worstMs.toFixed(1)} ms of ${load.ids.length} requests`
  process.stdout.write(
    `Worst delay: ${told(busy)} with ${reloads} reloads in ${windowMs.toFixed(0)} ms, ` +
      `${told(quiet)} in as long a time without.\n`,
  )
})
