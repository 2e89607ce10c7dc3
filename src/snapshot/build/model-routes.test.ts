import { expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { Backend, Endpoint } from '../../ir/backend.ts'
import type { ConfigurationDelta } from '../../ir/configuration.ts'
import type { ModelProvider, ProviderCredential } from '../../ir/model-provider.ts'
import type { ForwardAction } from '../../ir/route.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import { policyServices } from '../../policies/testing/context.ts'
import {
  backendNode,
  forwardTo,
  listenerNode,
  routeNode,
  virtualHostNode,
} from '../testing/nodes.ts'
import { type BuildResult, createSnapshotBuilder } from './snapshot-builder.ts'

const { counters, tokenizer, unixTimeMs, callBackend } = policyServices()

const create = () =>
  createSnapshotBuilder({
    ...{ counters, tokenizer, unixTimeMs, callBackend },
    callHost: () => Promise.resolve(gatewayError('backend-not-found', 'no such host')),
    random: () => 0,
    now: unixTimeMs,
    monotonicNow: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  })

const set = <Node>(...nodes: Node[]) => ({ set: nodes, remove: [] })
const held = (key: string, version = '1') => ({ secretId: 'n/openai', key, version })
const token: ProviderCredential = { type: 'token', secret: held('Authorization') }

function endpoint(id: string, provider?: ModelProvider): Endpoint {
  return {
    ...{ id, host: `${id}.example`, port: 443, weight: 1, priority: 0, serverName: undefined },
    ...{ healthCheckPath: undefined, healthCheckMethod: undefined },
    ...(provider === undefined ? {} : { provider }),
  }
}

const openai = (credential: ProviderCredential): ModelProvider => ({
  ...{ type: 'openai', model: undefined, path: undefined, credential },
})

const provider = (id: string, ...endpoints: Endpoint[]): Backend => ({
  ...backendNode(id),
  endpoints,
})

function configuration(backend: Backend, changes: Partial<ForwardAction> = {}): ConfigurationDelta {
  return {
    listeners: set(listenerNode('l', ['v'])),
    virtualHosts: set(virtualHostNode('v', ['*'], ['r'])),
    routes: set(routeNode('r', '/', { ...forwardTo('b'), ...changes })),
    backends: set(backend, backendNode('plain')),
  }
}

const actionOf = ({ snapshot }: BuildResult) => {
  const request = { method: 'POST', path: '/', query: '', host: 'a', headers: new HeaderList() }
  return snapshot.listeners.get('l')?.virtualHosts.find('a')?.findRoute(request)?.route.action
}

test('a route whose provider lacks its credential says which, and calls once it is there', async () => {
  const builder = create()
  const delta = configuration(provider('b', endpoint('e', openai(token))))
  const broken = await builder.apply({ generation: 1, full: true, delta })
  const message =
    'Provider b has no credential: Secret n/openai does not exist or has not been sent.'
  expect(actionOf(broken)).toMatchObject({ type: 'unavailable', status: 500, message })
  expect(broken.errors.map((error) => error.message)).toContain(message)
  const values = { Authorization: 'Bearer held' }
  builder.updateSecrets({ set: [{ id: 'n/openai', version: '1', values }], remove: [] })
  const delta2 = configuration(provider('b', endpoint('e', openai(token))))
  const served = await builder.apply({ generation: 2, full: true, delta: delta2 })
  expect(served.errors).toEqual([])
  expect(actionOf(served)).toMatchObject({ type: 'forward', leadsToModels: true })
})

test('a key that no header can hold closes its route and is not told', async () => {
  const builder = create()
  const values = { Authorization: 'held\nsecret' }
  builder.updateSecrets({ set: [{ id: 'n/openai', version: '1', values }], remove: [] })
  const delta = configuration(provider('b', endpoint('e', openai(token))))
  const result = await builder.apply({ generation: 1, full: true, delta })
  expect(actionOf(result)).toMatchObject({ type: 'unavailable', status: 500 })
  expect(JSON.stringify([actionOf(result), result.errors])).not.toMatch(/held|secret/)
})

test('a backend is a provider altogether or not at all', async () => {
  const mixed = provider('b', endpoint('e', openai({ type: 'none' })), endpoint('f'))
  const result = await create().apply({ generation: 1, full: true, delta: configuration(mixed) })
  expect(actionOf(result)).toMatchObject({ type: 'unavailable' })
  expect(result.errors[0]?.message).toContain('are providers of language models, others not')
})

test('a route to anything else leads to no models', async () => {
  const result = await create().apply({
    ...{ generation: 1, full: true, delta: configuration(provider('b', endpoint('e'))) },
  })
  expect(actionOf(result)).toMatchObject({ type: 'forward', leadsToModels: false })
})

test('requests are not mirrored to providers, which would see what clients sent', async () => {
  const mirror = { backendId: 'b', percentage: 100, host: undefined, appendSuffix: false }
  const delta = configuration(provider('b', endpoint('e', openai({ type: 'none' }))), {
    destinations: [{ backendId: 'plain', weight: 1, policyIds: [] }],
    mirrors: [mirror],
  })
  const result = await create().apply({ generation: 1, full: true, delta })
  expect(actionOf(result)).toMatchObject({ type: 'forward', mirrors: [] })
  expect(result.errors[0]?.message).toContain('provider of language models')
})
