import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

let sluice: SluiceProcess
let address: string
beforeAll(async () => {
  sluice = await startSluice({ workers: 2 })
  const kube = new KubeClient(sluice)
  address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
  await kube.apply(`
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: direct, namespace: default }
spec:
  virtualHost:
    domains: ['*']
    routes: [{ matchers: [{ prefix: / }], directResponseAction: { status: 200, body: hello } }]
`)
})
afterAll(() => sluice.stop())

test('after SIGUSR2 the access log goes on in a new file of its name', async () => {
  const file = join(sluice.folder, 'access.log')
  const has = (path: string, text: string) => () =>
    existsSync(path) && readFileSync(path, 'utf8').includes(text)
  await waitUntil('the route', async () => {
    const answer = await callHttp({ address, path: '/before' }).catch(() => undefined)
    return answer?.status === 200
  })
  await waitUntil('the first line', has(file, '/before'))
  renameSync(file, `${file}.1`)
  sluice.child.kill('SIGUSR2')
  // Each thread opens the file anew in its own time.
  await waitUntil('a line in the new file', async () => {
    await callHttp({ address, path: '/after' })
    return has(file, '/after')()
  })
})
