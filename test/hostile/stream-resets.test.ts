import { connect as connectHttp2, constants } from 'node:http2'
import { afterAll, beforeAll, test } from 'vitest'
import { type RecordingUpstream, startRecordingUpstream } from '../harness/recording-upstream.ts'
import { waitUntil } from '../harness/wait-until.ts'
import {
  type HostileGateway,
  routesManifest,
  startHostileGateway,
  upstreamManifest,
} from './hostile-gateway.ts'

/** Of a provider that takes POST only; others are refused with a text. */
const modelManifest = `
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: model, namespace: default }
spec: { ai: { openai: { authToken: { inline: key }, customHost: { host: 127.0.0.1, port: 9 } } } }
---
`

let upstream: RecordingUpstream
let gateway: HostileGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream()
  gateway = await startHostileGateway(
    upstreamManifest('api', upstream.port) + modelManifest + routesManifest(['api', 'model']),
  )
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

const codes = { NO_ERROR: constants.NGHTTP2_NO_ERROR, CANCEL: constants.NGHTTP2_CANCEL } as const
type Code = keyof typeof codes

interface Reset {
  readonly code: Code
  readonly method: string
  readonly path: string
  readonly place: 'with its head' | 'behind its head'
}

const paths = [
  { what: 'a route that leads to an upstream', method: 'POST', path: '/api' },
  { what: 'a route that answers itself', method: 'GET', path: '/ready' },
  { what: 'a call that is refused', method: 'GET', path: '/model' },
] as const

test.each(
  (Object.keys(codes) as Code[]).flatMap((code) => paths.map((path) => ({ ...path, code }))),
)('a stream that its client resets with $code is over at once: $what', async (path) => {
  for (const place of ['with its head', 'behind its head'] as const) {
    for (let count = 0; count < 10; count++) await resetStream({ ...path, place })
  }
  await waitUntil('requests and connections to be over', async () => {
    const requests = await gateway.metric('sluice_active_requests')
    return requests + (await gateway.metric('sluice_active_connections')) === 0
  })
})

/** Opens a connection with one stream, whose body never ends, and closes it after the reset. */
async function resetStream({ code, method, path, place }: Reset): Promise<void> {
  const session = connectHttp2(`http://${gateway.address}:${gateway.port}`)
  session.on('error', () => undefined)
  const head = { ':method': method, ':path': path }
  const stream = session.request(head, { endStream: false })
  stream.on('error', () => undefined)
  stream.resume()
  stream.write('a part of the body')
  const reset = () => stream.close(codes[code])
  if (place === 'with its head') reset()
  else stream.once('ready', () => session.ping(reset))
  await new Promise((resolve) => stream.once('close', resolve))
  // The gateway has seen the reset before the connection ends.
  await new Promise((resolve) => session.ping(resolve))
  const closed = new Promise((resolve) => session.once('close', resolve))
  session.destroy()
  await closed
}
