import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from '../harness/recording-upstream.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { catchAllRoute } from './catch-all-route.ts'

const streams = 32

let upstream: RecordingUpstream
let sluice: SluiceProcess
let address: string
const endings: (() => void)[] = []

beforeAll(async () => {
  upstream = await startRecordingUpstream({
    answer({ path }, response) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      if (path !== '/stream') return void response.end('whole')
      response.write('data: first\n\n')
      endings.push(() => response.end('data: last\n\n'))
    },
  })
  const hook = join(import.meta.dirname, '../harness/end-a-thread-on-signal.ts')
  sluice = await startSluice({
    workers: 2,
    flags: ['--resolve', `api.test:80:127.0.0.1:${upstream.port}`],
    environment: { NODE_OPTIONS: `--import ${hook}` },
  })
  const kube = new KubeClient(sluice)
  await kube.apply(catchAllRoute)
  address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
  await waitUntil('the route', async () => (await callOnce()) === 'whole')
})
afterAll(async () => {
  await sluice.stop()
  await upstream.close()
})

const callOnce = () =>
  callHttp({ address, path: '/' }).then(
    ({ body }) => body,
    ({ code }: NodeJS.ErrnoException) => code,
  )

/** Opens a stream; resolves once its first event is here, with what will become of it. */
function openStream(): Promise<{ readonly ended: Promise<string> }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: address, path: '/stream', agent: false }, (response) => {
      let text = ''
      const ended = new Promise<string>((settle) => {
        response.on('end', () => settle(text)).on('error', () => settle('cut'))
      })
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        resolve({ ended })
      })
    })
    call.on('error', reject).end()
  })
}

/** How many sockets listen at port 80 of the gateway's address: each thread has one. */
function countListeners(): number {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))
  const local = `${bytes.reverse().join('').toUpperCase()}:0050`
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n')
  return lines.filter((line) => line.includes(` ${local} 00000000:0000 0A `)).length
}

/** Ends the oldest thread while streams run on both; resolves with how each stream ended. */
async function endAThread(index: number): Promise<string[]> {
  const open = await Promise.all(Array.from({ length: streams }, openStream))
  const toldBefore = sluice.output().length
  sluice.child.kill('SIGUSR2')
  await waitUntil('the loss to be told', () =>
    sluice.output().slice(toldBefore).includes(`Gateway thread ${index} was lost`),
  )
  for (const finish of endings.splice(0)) finish()
  const outcomes = await Promise.all(open.map(({ ended }) => ended))
  await waitUntil(`thread ${index} to listen again`, () => countListeners() === 2)
  return outcomes
}

test('a gateway thread that ends takes only its own requests with it, and comes back', async () => {
  // In turn both of the first threads: what answers afterwards are the threads that replaced them.
  for (const index of [0, 1]) {
    const outcomes = await endAThread(index)
    const whole = outcomes.filter((text) => text === 'data: first\n\ndata: last\n\n')
    const cut = outcomes.filter((text) => text === 'cut')
    expect(whole.length + cut.length).toBe(streams)
    expect(whole.length).toBeGreaterThan(0)
    expect(cut.length).toBeGreaterThan(0)
    const answers = await Promise.all(Array.from({ length: streams }, callOnce))
    expect(new Set(answers)).toEqual(new Set(['whole']))
  }
})
