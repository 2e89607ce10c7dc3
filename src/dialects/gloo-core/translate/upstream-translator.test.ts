import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { createObjectView } from '../../shared/testing/object-view.ts'
import { createUpstreamTranslator } from './upstream-translator.ts'

const upstream = (name: string, spec: unknown, metadata: object = {}): KubeObject => ({
  apiVersion: 'gloo.solo.io/v1',
  kind: 'Upstream',
  metadata: { namespace: 'default', name, uid: name, ...metadata },
  spec,
})
const host = (addr: string) => ({ static: { hosts: [{ addr, port: 443 }] } })
const withSecret = { ...host('b.example'), sslConfig: { secretRef: { name: 'ca' } } }
const secret = (resourceVersion: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'default', name: 'ca', resourceVersion },
  data: { 'ca.crt': 'Y2E=' },
})
const openai = { namespace: 'default', name: 'openai' }
const other = { namespace: 'default', name: 'other' }
const stateOf = (statuses: readonly { status: unknown }[]) => JSON.stringify(statuses)

function backendOf(
  translation: ReturnType<ReturnType<typeof createUpstreamTranslator>['translate']>,
  reference: { namespace: string; name: string },
) {
  const found = translation.find(reference)
  return found.type === 'found' ? found.backend : undefined
}

test('an upstream that did not change keeps its backend, also when only its status was written', () => {
  const translator = createUpstreamTranslator()
  const objects = [upstream('openai', host('a.example')), upstream('other', host('b.example'))]
  const first = translator.translate(createObjectView(objects))
  const second = translator.translate(
    createObjectView([
      { ...upstream('openai', host('a.example'), { resourceVersion: '9' }), status: { x: 1 } },
      upstream('other', host('c.example')),
    ]),
  )
  expect(backendOf(second, openai)).toBe(backendOf(first, openai))
  expect(backendOf(second, other)?.endpoints[0]?.host).toBe('c.example')
})

test('a new version of its secret changes the backend, and nothing else does', () => {
  const translator = createUpstreamTranslator()
  const objects = [upstream('openai', host('a.example')), upstream('other', withSecret)]
  const first = translator.translate(createObjectView([...objects, secret('1')]))
  const second = translator.translate(createObjectView([...objects, secret('2')]))
  expect([...second.secretIds]).toEqual(['default/ca'])
  expect(backendOf(second, openai)).toBe(backendOf(first, openai))
  expect(backendOf(second, other)?.tls?.verification).toMatchObject({
    authority: { secretId: 'default/ca', key: 'ca.crt', version: '2' },
  })
})

test('an upstream whose secret is gone is rejected, and served again when it is back', () => {
  const translator = createUpstreamTranslator()
  const object = upstream('other', withSecret)
  translator.translate(createObjectView([object, secret('1')]))
  const without = translator.translate(createObjectView([object]))
  expect(without.find(other)).toEqual({
    type: 'rejected',
    message: 'SSL secret not found: list did not find secret default.ca',
  })
  const again = translator.translate(createObjectView([object, secret('2')]))
  expect(again.find(other).type).toBe('found')
})

test('a broken change leaves the last good state serving and says so', () => {
  const translator = createUpstreamTranslator()
  const first = translator.translate(createObjectView([upstream('openai', host('a.example'))]))
  const broken = upstream('openai', { static: { hosts: [{ addr: 'a.example' }] } })
  const second = translator.translate(createObjectView([broken]))
  expect(backendOf(second, openai)).toBe(backendOf(first, openai))
  expect(stateOf(second.statuses)).toContain('port cannot be empty for host')
  expect(stateOf(second.statuses)).toContain(
    'the last accepted state of this upstream keeps serving',
  )
  const replaced = { ...broken, metadata: { ...broken.metadata, uid: 'another' } }
  const third = createUpstreamTranslator().translate(createObjectView([replaced]))
  expect(third.find(openai).type).toBe('rejected')
})

test('an upstream that does not exist is missing in the words of Gloo', () => {
  const translation = createUpstreamTranslator().translate(createObjectView([]))
  expect(translation.find(openai)).toEqual({
    type: 'missing',
    message: '*v1.Upstream { default.openai } not found',
  })
  expect(translation.findGroup(openai)).toEqual({
    type: 'missing',
    message: '*v1.UpstreamGroup { default.openai } not found',
  })
})

test('a port of a Service is a destination of its own, the same one while nothing changes', () => {
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name: 'openai' },
    spec: { ports: [{ port: 80 }] },
  }
  const translator = createUpstreamTranslator()
  const first = translator.translate(createObjectView([service])).findService(openai, 80)
  const second = translator.translate(createObjectView([service])).findService(openai, 80)
  expect(first).toMatchObject({ backend: { id: 'gloo/default/kube-svc:openai-80' } })
  expect(
    second.type === 'found' && first.type === 'found' && second.backend === first.backend,
  ).toBe(true)
})

test('whatever an upstream holds, translating it ends with a status and disturbs no other', () => {
  const good = upstream('openai', host('a.example'))
  const names = [
    'static',
    'kube',
    'sslConfig',
    'failover',
    'healthChecks',
    'connectionConfig',
    'ai',
  ]
  const keys = ['hosts', 'addr', 'openai', 'multi', 'priorities', 'pool', 'authToken', 'secretRef']
  const spec = fc.oneof(
    fc.anything(),
    fc.dictionary(fc.constantFrom(...names), fc.object({ key: fc.constantFrom(...keys) })),
  )
  fc.assert(
    fc.property(spec, (value) => {
      const objects = createObjectView([upstream('other', value), good])
      const translation = createUpstreamTranslator().translate(objects)
      expect(translation.statuses).toHaveLength(2)
      expect(translation.find(openai).type).toBe('found')
    }),
  )
})
