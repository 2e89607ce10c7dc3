import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WorkerAnswer } from '../link/messages.ts'
import { accepted } from './testing/widget-dialect.ts'
import { ack, createWidgetLoop, settle } from './testing/widget-loop.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the first generation has the seeds and what was applied before', async () => {
  const seed = { apiVersion: 'test.dev/v1', kind: 'Widget', metadata: { name: 'seed' }, spec: {} }
  const { loop, source, reports } = createWidgetLoop({ seeds: [seed] })
  source.put('Widget', 'early', { spec: {} })
  await loop.start()
  expect(reports.map(({ generation }) => generation)).toEqual([1])
  expect([...loop.configuration.backends.keys()]).toEqual(['early', 'seed'])
})

test('a namespace that is made again gets its seeds', async () => {
  const seed = (name: string, namespace: string) => ({
    ...{ apiVersion: 'test.dev/v1', kind: 'Widget', spec: {} },
    metadata: { name, namespace },
  })
  const seeds = [seed('gate', 'home'), seed('other', 'elsewhere')]
  const { loop, source } = createWidgetLoop({ seeds })
  const backends = () => [...loop.configuration.backends.keys()]
  await loop.start()
  for (const name of ['gate', 'other']) source.remove('Widget', name)
  await settle()
  expect(backends()).toEqual([])
  source.put('Namespace', 'gone', {})
  source.put('Namespace', 'home', {})
  await settle()
  expect(backends()).toEqual(['gate'])

  source.remove('Widget', 'gate')
  source.put('Namespace', 'home', { spec: {} })
  await settle()
  expect(backends()).toEqual([])
  source.remove('Namespace', 'home')
  source.put('Namespace', 'home', {})
  source.remove('Namespace', 'home')
  await settle()
  expect(backends()).toEqual([])
})

test('a burst of writes is published once', async () => {
  const { loop, source, generations, translations } = createWidgetLoop()
  await loop.start()
  const before = translations()
  for (let index = 0; index < 50; index += 1) source.put('Widget', `w${index}`, { spec: {} })
  await settle()
  expect(generations()).toBe(2)
  expect(translations() - before).toBe(1)
  expect(loop.configuration.backends.size).toBe(50)
})

test('an object that a translation owns is published after the translation that made it', async () => {
  const { loop, source, generations, worker } = createWidgetLoop()
  await loop.start()
  const waiting = Promise.withResolvers<readonly WorkerAnswer[]>()
  worker.answer = () => waiting.promise
  source.put('Widget', 'owner', { spec: {} })
  await settle()
  expect(generations()).toBe(2)
  worker.answer = (generation) => Promise.resolve([ack(generation)])
  waiting.resolve([ack(2)])
  await settle()
  expect(generations()).toBe(3)
  expect([...loop.configuration.backends.keys()].sort()).toEqual(['owned', 'owner'])
})

test('what changes while the threads build is published after they have answered', async () => {
  const { loop, source, generations, worker } = createWidgetLoop()
  await loop.start()
  const waiting = Promise.withResolvers<readonly WorkerAnswer[]>()
  worker.answer = () => waiting.promise
  source.put('Widget', 'a', { spec: {} })
  await settle()
  source.put('Widget', 'b', { spec: {} })
  await settle()
  expect(generations()).toBe(2)
  worker.answer = (generation) => Promise.resolve([ack(generation)])
  waiting.resolve([ack(2)])
  await settle()
  expect(generations()).toBe(3)
  expect([...loop.configuration.backends.keys()]).toEqual(['a', 'b'])
})

test('statuses are written when every thread has answered, not before', async () => {
  const { loop, source, statusOf, worker } = createWidgetLoop()
  await loop.start()
  const waiting = Promise.withResolvers<readonly WorkerAnswer[]>()
  worker.answer = () => waiting.promise
  source.put('Widget', 'a', { spec: {} })
  await settle()
  expect(statusOf('a')).toBeUndefined()
  waiting.resolve([ack(2)])
  await settle()
  expect(statusOf('a')).toEqual({ state: 'Accepted' })
})

test('statuses that it writes itself cause no further translation', async () => {
  const { loop, source, translations, generations } = createWidgetLoop()
  await loop.start()
  source.put('Widget', 'a', { spec: {} })
  await settle()
  const before = translations()
  await settle()
  expect(translations()).toBe(before)
  expect(generations()).toBe(2)
})

test('an object that takes the place of one of its name gets its status', async () => {
  const { loop, source, statusOf, worker } = createWidgetLoop()
  source.put('Widget', 'a', { spec: {} })
  await loop.start()
  source.remove('Widget', 'a')
  source.put('Widget', 'a', { spec: {} })
  expect(statusOf('a')).toBeUndefined()
  await settle()
  expect(statusOf('a')).toEqual(accepted)

  const waiting = Promise.withResolvers<readonly WorkerAnswer[]>()
  worker.answer = () => waiting.promise
  source.put('Widget', 'b', { spec: {} })
  await settle()
  source.remove('Widget', 'a')
  waiting.resolve([ack(4)])
  worker.answer = (generation) => Promise.resolve([ack(generation)])
  await vi.advanceTimersByTimeAsync(0)
  source.put('Widget', 'a', { spec: {} })
  await settle()
  expect(statusOf('a')).toEqual(accepted)
})

test('a translator that throws keeps what it said last in force', async () => {
  const { loop, source, errors, generations } = createWidgetLoop()
  source.put('Widget', 'a', { spec: {} })
  await loop.start()
  source.put('Widget', 'b', { spec: { throws: true } })
  await settle()
  expect(errors).toEqual(['Dialect widgets failed. a broken widget'])
  expect([...loop.configuration.backends.keys()]).toEqual(['a'])
  expect(generations()).toBe(1)
  source.put('Widget', 'b', { spec: {} })
  await settle()
  expect([...loop.configuration.backends.keys()]).toEqual(['a', 'b'])
})

const unbound = (generation: number): WorkerAnswer =>
  ack(generation, {
    bindings: [{ listenerId: 'gate', address: '127.0.0.9', port: 99, error: 'no such address' }],
  })

test('an address that a thread cannot bind stands in the status of who asked for it', async () => {
  const { loop, source, statusOf, worker, reports } = createWidgetLoop()
  worker.answer = (generation) => Promise.resolve([unbound(generation), unbound(generation)])
  source.put('Widget', 'gate', { spec: { port: 99 } })
  await loop.start()
  const state = '127.0.0.9:99 cannot be served: no such address'
  expect(statusOf('gate')).toEqual({ state })
  expect(reports[0]?.errors).toHaveLength(1)

  // A change that the threads need not hear of takes nothing back.
  source.put('Secret', 'unrelated', {})
  await settle()
  expect(reports).toHaveLength(2)
  expect(statusOf('gate')).toEqual({ state })
})

test('no status says that something is in force which a thread has not taken', async () => {
  const { loop, source, worker, reports, errors, statusOf } = createWidgetLoop()
  worker.answer = (generation) =>
    Promise.resolve([ack(generation), { type: 'nack', generation, message: 'out of memory' }])
  source.put('Widget', 'a', { spec: {} })
  await loop.start()
  expect(statusOf('a')).toBeUndefined()
  source.put('Secret', 'unrelated', {})
  await settle()
  expect(statusOf('a')).toBeUndefined()
  // Told and counted once, however often the thread is asked.
  expect(reports.map(({ failedWorkers }) => failedWorkers)).toEqual([1, 0])
  expect(errors).toEqual(['A gateway thread keeps an older configuration: out of memory'])

  worker.answer = (generation) => Promise.resolve([ack(generation), ack(generation)])
  source.put('Secret', 'unrelated', {})
  await settle()
  expect(statusOf('a')).toEqual({ state: 'Accepted' })
  await loop.stop()
})

test('a publication that fails is tried again without another change', async () => {
  const { loop, source, errors, statusOf } = createWidgetLoop()
  await loop.start()
  const { writeStatus } = source
  source.writeStatus = () => {
    throw new Error('the disk is full')
  }
  source.put('Widget', 'a', { spec: {} })
  await settle()
  expect(errors).toEqual(['Publishing a configuration failed and is tried again. the disk is full'])
  source.writeStatus = writeStatus
  await vi.advanceTimersByTimeAsync(1100)
  expect(statusOf('a')).toEqual({ state: 'Accepted' })
})

test('nothing is translated after it was stopped', async () => {
  const { loop, source, translations } = createWidgetLoop()
  await loop.start()
  source.put('Widget', 'a', { spec: {} })
  await loop.stop()
  source.put('Widget', 'b', { spec: {} })
  await settle()
  expect(translations()).toBe(1)
})
