import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../harness/wait-until.ts'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
})
afterAll(() => bench.stop())

test('the default gateways come back with their namespace', async () => {
  await bench.serve('shop', 'routes: [{ directResponseAction: { status: 200, body: open } }]')
  expect(await bench.ask('shop', '/')).toBe('open')
  const namespace = '/api/v1/namespaces/gloo-system'
  expect(await bench.kube.delete(namespace)).toMatchObject({ status: 200 })
  const isGone = () =>
    bench.kube.get(namespace).then(
      () => false,
      () => true,
    )
  await waitUntil('the namespace to be gone', isGone)

  await bench.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gloo-system' } })
  const address = await waitUntil('the Service', () =>
    bench.kube.serviceAddress('gloo-system', 'gateway-proxy').catch(() => undefined),
  )
  const asked = () => bench.ask('shop', '/', { address }).catch(() => undefined)
  await waitUntil('the gateway', async () => (await asked()) === 'open')
})
