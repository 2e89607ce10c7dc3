import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { waitUntil } from '../../harness/wait-until.ts'
import { GatewayBench } from './gateway-bench.ts'

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
  await bench.service('echo')
})
afterAll(() => bench.stop())

const apiVersion = 'gateway.networking.k8s.io/v1'

interface SetStatus {
  readonly conditions: readonly { readonly type: string; readonly reason: string }[]
  readonly listeners?: readonly { readonly name: string; readonly attachedRoutes: number }[]
}

const apply = (name: string, port: number) =>
  bench.kube.apply(
    stringify({
      ...{ apiVersion, kind: 'ListenerSet', metadata: { name, namespace: 'default' } },
      spec: { parentRef: { name: 'gw' }, listeners: [{ name: 'more', port, protocol: 'HTTP' }] },
    }),
  )

async function statusOf(name: string): Promise<SetStatus> {
  const set = await bench.kube.get(`/apis/${apiVersion}/namespaces/default/listenersets/${name}`)
  return set['status'] as SetStatus
}

const reasonsOf = async (name: string) =>
  (await statusOf(name)).conditions.map(({ type, reason }) => `${type}/${reason}`)

test('a ListenerSet adds listeners to a gateway that allows it', async () => {
  await apply('added', 8081)
  await waitUntil('the refusal', async () =>
    (await reasonsOf('added')).includes('Accepted/NotAllowed'),
  )
  await bench.gateway(
    'gw',
    `
allowedListeners: { namespaces: { from: Same } }
listeners: [{ name: http, port: 8080, protocol: HTTP }]
`,
  )
  await waitUntil('the new port', async () =>
    (await reasonsOf('added')).includes('Programmed/Programmed'),
  )
  const rules = 'rules: [{ backendRefs: [{ name: echo, port: 80 }] }]'
  await bench.route('added', `{ parentRefs: [{ kind: ListenerSet, name: added }], ${rules} }`)
  expect(await bench.ask('/', { port: 8081 })).toBe('echo')
  expect(await bench.ask('/')).toBe('404')
  expect((await statusOf('added')).listeners).toMatchObject([{ name: 'more', attachedRoutes: 1 }])
  expect(await bench.gatewayStatus('gw')).toMatchObject({ attachedListenerSets: 1 })

  // A second one for the same port comes too late.
  await apply('late', 8081)
  await waitUntil('the conflict', async () =>
    (await reasonsOf('late')).includes('Accepted/ListenersNotValid'),
  )
  await bench.kube.delete(`/apis/${apiVersion}/namespaces/default/listenersets/added`)
  await waitUntil('the other one', async () =>
    (await reasonsOf('late')).includes('Accepted/Accepted'),
  )
})
