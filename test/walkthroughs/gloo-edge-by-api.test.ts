import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from '../harness/recording-upstream.ts'
import { readAccessLog, type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

let upstream: RecordingUpstream
let sluice: SluiceProcess
let kube: KubeClient
let address: string

beforeAll(async () => {
  upstream = await startRecordingUpstream()
  sluice = await startSluice({ flags: ['--resolve', `api.test:80:127.0.0.1:${upstream.port}`] })
  kube = new KubeClient(sluice)
  address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
})
afterAll(async () => {
  await sluice.stop()
  await upstream.close()
})

const route = `
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: api, namespace: default }
spec: { static: { hosts: [{ addr: api.test, port: 80 }] } }
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: api, namespace: default }
spec:
  virtualHost:
    domains: ['*']
    routes:
    - matchers: [{ prefix: /api }]
      routeAction: { single: { upstream: { name: api, namespace: default } } }
      options:
        prefixRewrite: /v1
        autoHostRewrite: true
        headerManipulation:
          requestHeadersToAdd: [{ headerSecretRef: { name: token, namespace: default } }]
`

const call = (path: string) => callHttp({ address, path })

test('a route whose credential is missing answers for itself and works once the secret exists', async () => {
  await kube.apply(route)
  const missing = await waitUntil('the route', async () => {
    const answer = await call('/api/x').catch(() => undefined)
    return answer?.status === 404 ? undefined : answer
  })
  expect(missing.status).toBe(500)
  expect(missing.body).toContain('Secret default/token')
  expect(upstream.requests).toEqual([])

  await kube.apply(`
apiVersion: v1
kind: Secret
metadata: { name: token, namespace: default }
type: gloo.solo.io/header
stringData: { Authorization: Bearer abc }
`)
  const answer = await waitUntil(
    'the route to work within a second of its secret',
    async () => {
      const current = await call('/api/x')
      return current.status === 200 && current
    },
    1000,
  )
  expect(answer.body).toBe('{"ok":true}')
  expect(upstream.requests[0]).toMatchObject({
    path: '/v1/x',
    headers: { host: 'api.test', authorization: 'Bearer abc' },
  })
})

test('every request leaves a line that names the route, the object and the upstream', async () => {
  const line = await waitUntil('the line', () =>
    readAccessLog(sluice).find((each) => each['status'] === 200),
  )
  expect(line).toMatchObject({
    route_origin: 'VirtualService default/api spec.virtualHost.routes[0]',
    backend: 'default.api',
    upstream: 'api.test:80',
    flags: '-',
  })
})
