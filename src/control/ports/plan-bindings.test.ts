import { expect, test } from 'vitest'
import type { Listener, ListenerBinding } from '../../ir/listener.ts'
import { planBindings } from './plan-bindings.ts'

const listener = (id: string, ...bindings: ListenerBinding[]): [string, Listener] => [
  id,
  {
    id,
    origin: { kind: 'Gateway', namespace: 'gloo-system', name: id, fieldPath: 'spec.bindPort' },
    bindings,
    virtualHostIds: [],
    tls: undefined,
    http: {
      idleTimeoutMs: 75_000,
      streamIdleTimeoutMs: 300_000,
      requestHeadersTimeoutMs: 60_000,
      maxRequestHeadersBytes: 61_440,
      serverName: 'sluice',
      useRemoteAddress: true,
      xffTrustedHops: 0,
      normalizePath: true,
      mergeSlashes: false,
      mostSpecificHeaderMutationsWin: false,
    },
  },
]
const freeFrom = (firstFreePort: number) => ({
  claim: async ({ port }: { port: number }) =>
    port >= firstFreePort
      ? undefined
      : ({ reason: 'not-permitted', message: 'binding needs a right' } as const),
})
const address = '127.0.0.2'

test('a port that may not be bound moves up by 8000 and the plan says so', async () => {
  const listeners = new Map([listener('a', { address, port: 80 })])
  const plan = await planBindings(listeners, undefined, freeFrom(1024))
  expect(plan.listeners.get('a')?.bindings).toEqual([{ address, port: 8080 }])
  expect(plan.moved).toMatchObject([{ address, declaredPort: 80, port: 8080 }])
  expect([...plan.used]).toEqual(['127.0.0.2:8080'])
})

test('a port does not move onto one that a manifest declares', async () => {
  const listeners = new Map([
    listener('a', { address, port: 80 }),
    listener('b', { address, port: 8080 }),
  ])
  const plan = await planBindings(listeners, undefined, freeFrom(1024))
  expect(plan.listeners.get('a')?.bindings).toEqual([])
  expect(plan.listeners.get('b')?.bindings).toEqual([{ address, port: 8080 }])
  expect(plan.refused).toMatchObject([{ reason: 'not-permitted' }])
})

test('the second listener of an address and port is refused and told who has it', async () => {
  const listeners = new Map([
    listener('a', { address, port: 80 }),
    listener('b', { address: '127.0.0.3', port: 80 }),
  ])
  const plan = await planBindings(listeners, '0.0.0.0', freeFrom(0))
  expect(plan.listeners.get('a')?.bindings).toEqual([{ address: '0.0.0.0', port: 80 }])
  expect(plan.refused).toEqual([
    {
      origin: listener('b')[1].origin,
      reason: 'conflict',
      message:
        '0.0.0.0:80 is already served for Gateway gloo-system/a; give one of them another port',
    },
  ])
})

test('a listener whose sockets are as declared stays the same node', async () => {
  const listeners = new Map([listener('a', { address, port: 80 })])
  const plan = await planBindings(listeners, undefined, freeFrom(0))
  expect(plan.listeners.get('a')).toBe(listeners.get('a'))
})
