import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2, { type ClientHttp2Session } from 'node:http2'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Kubectl, startKubectl } from './start-kubectl.ts'

let cluster: Kubectl
let client: ClientHttp2Session
let token: string

beforeAll(async () => {
  cluster = await startKubectl()
  const kubeconfig = parse(readFileSync(join(cluster.home, 'kubeconfig'), 'utf8'))
  const { server, 'certificate-authority-data': ca } = kubeconfig.clusters[0].cluster
  token = kubeconfig.users[0].user.token
  client = http2.connect(server, { ca: Buffer.from(ca, 'base64') })
  client.setMaxListeners(0)
})

afterAll(async () => {
  client.destroy()
  await cluster.close()
  expect(cluster.errors).toEqual([])
})

function watch(query: string) {
  const path = `/api/v1/namespaces/default/configmaps?watch=true&${query}`
  const stream = client.request({ ':path': path, authorization: `Bearer ${token}` })
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value ?? 'null')
  return { stream, next }
}

test('hundreds of watches see the same changes in order, beside one that reads nothing', async () => {
  const version = await cluster.kubectl('get configmaps -o jsonpath={.metadata.resourceVersion}')
  const watches = Array.from({ length: 300 }, () => watch(`resourceVersion=${version}`))
  const idle = watch(`resourceVersion=${version}`)
  idle.stream.pause()
  await cluster.kubectl('create configmap first')
  await cluster.kubectl('create configmap second')
  await cluster.kubectl('delete configmap first')
  for (const { next } of watches) {
    const events = [await next(), await next(), await next()]
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      ...['ADDED first', 'ADDED second', 'DELETED first'],
    ])
  }
})

test('a watch from a version that is forgotten or never was is told so', async () => {
  const { stream, next } = watch('resourceVersion=999999999')
  const [headers] = await once(stream, 'response')
  const first = await next()
  const status = headers[':status'] === 200 ? first.object : first
  expect(status).toMatchObject({ kind: 'Status', status: 'Failure' })
})

test('a watch ends at its time', async () => {
  const { stream } = watch('timeoutSeconds=1')
  stream.resume()
  await once(stream, 'end')
})
