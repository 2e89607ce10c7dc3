import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWidgetLoop, settle } from '../testing/widget-loop.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('secrets and rows go out before the configuration that needs them', async () => {
  const { loop, source, sent, prepared } = createWidgetLoop()
  source.put('Secret', 'key', { stringData: { token: 'abc' } })
  source.put('Secret', 'other', { stringData: { token: 'unused' } })
  source.put('Widget', 'a', { spec: { secret: 'key' } })
  await loop.start()
  expect(sent.map(({ type }) => type)).toEqual(['secrets', 'endpoint-rows', 'configuration'])
  expect(sent[0]).toMatchObject({ set: [{ id: 'default/key', values: { token: 'abc' } }] })
  // Health checks hear of it when there are rows and before the threads do.
  expect(prepared).toEqual([2])
})

test('a secret that changes alone is sent, and makes a generation of its own', async () => {
  const { loop, source, sent } = createWidgetLoop()
  source.put('Secret', 'key', { stringData: { token: 'old' } })
  source.put('Widget', 'a', { spec: { secret: 'key' } })
  await loop.start()
  sent.length = 0
  source.put('Secret', 'key', { stringData: { token: 'new' } })
  await settle()
  expect(sent.map(({ type }) => type)).toEqual(['secrets', 'configuration'])
  expect(sent[0]).toMatchObject({ set: [{ values: { token: 'new' } }] })
})

test('what several threads say of a generation is told once each', async () => {
  const { loop, source, worker, errors } = createWidgetLoop()
  worker.answer = (generation) =>
    Promise.resolve([
      { type: 'nack', generation, message: 'thread 0 is silent' },
      { type: 'nack', generation, message: 'thread 1 is silent' },
    ])
  await loop.start()
  source.put('Secret', 'unrelated', {})
  await settle()
  expect(errors).toEqual([
    'A gateway thread keeps an older configuration: thread 0 is silent',
    'A gateway thread keeps an older configuration: thread 1 is silent',
  ])
  await loop.stop()
})

test('a thread that starts is told everything in the order in which it is needed', async () => {
  const { loop, source } = createWidgetLoop()
  expect(loop.stateMessages().map(({ type }) => type)).toEqual(['addresses'])
  source.put('Secret', 'key', { stringData: { token: 'abc' } })
  source.put('Widget', 'a', { spec: { secret: 'key' } })
  await loop.start()
  const messages = loop.stateMessages()
  expect(messages.map(({ type }) => type)).toEqual([
    ...['addresses', 'secrets', 'endpoint-rows', 'configuration'],
  ])
  expect(messages[1]).toMatchObject({ set: [{ id: 'default/key' }], remove: [] })
  expect(messages[2]).toMatchObject({
    rows: new Map([
      ['backend a', 0],
      ['a/1', 1],
    ]),
  })
  expect(messages[3]).toMatchObject({ full: true, generation: 1 })
})
