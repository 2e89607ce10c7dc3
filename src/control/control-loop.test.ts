import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Dialect, Translation } from '../dialects/dialect.ts'
import { emptyConfiguration } from '../dialects/empty-configuration.ts'
import type { Listener } from '../ir/listener.ts'
import type { KubeObject } from '../kube/kube-object.ts'
import { EndpointRowAllocator, EndpointTable } from '../link/endpoint-table.ts'
import type { DownMessage } from '../link/messages.ts'
import type { WorkerAnswer } from '../link/worker-pool.ts'
import { ControlLoop } from './control-loop.ts'
import { EndpointRows } from './endpoints/endpoint-rows.ts'
import type { GenerationReport } from './generations/generation-report.ts'
import { createBackend, createEndpoint } from './testing/backend-nodes.ts'
import { MemorySource, widgetKind } from './testing/memory-source.ts'

interface WidgetSpec {
  readonly port?: number
  readonly secret?: string
  readonly throws?: boolean
}

const specOf = (object: KubeObject) => (object['spec'] ?? {}) as WidgetSpec

function listenerOf(name: string, port: number): Listener {
  return {
    id: name,
    origin: { kind: 'Widget', namespace: 'default', name, fieldPath: 'spec.port' },
    bindings: [{ address: '127.0.0.9', port }],
    virtualHostIds: [],
    tls: undefined,
    http: {
      ...{ idleTimeoutMs: 0, streamIdleTimeoutMs: 0, requestHeadersTimeoutMs: 0 },
      ...{ maxRequestHeadersBytes: 1, serverName: '', useRemoteAddress: true, xffTrustedHops: 0 },
      ...{ normalizePath: true, mergeSlashes: false, mostSpecificHeaderMutationsWin: false },
    },
  }
}

/** The same object each time: a status that stays is not written again. */
const accepted = { state: 'Accepted' }

/** Each Widget becomes a backend, and a listener where it has a port. */
function translateWidgets(widgets: readonly KubeObject[]): Translation {
  if (widgets.some((widget) => specOf(widget).throws === true)) throw new Error('a broken widget')
  const names = widgets.map(({ metadata }) => metadata.name)
  const listeners = widgets.flatMap((widget) => {
    const { port } = specOf(widget)
    return port === undefined ? [] : [listenerOf(widget.metadata.name, port)]
  })
  return {
    configuration: {
      ...emptyConfiguration,
      listeners: new Map(listeners.map((listener) => [listener.id, listener])),
      backends: new Map(
        names.map((name) => [name, createBackend(name, [createEndpoint(`${name}/1`)], [])]),
      ),
    },
    statuses: names.map((name) => ({
      object: { ...widgetKind, namespace: 'default', name },
      status: accepted,
    })),
    owned: widgets
      .filter(({ metadata }) => metadata.name === 'owner')
      .map((widget) => ({ ...widget, metadata: { name: 'owned', namespace: 'default' } })),
    secretIds: new Set(
      widgets.flatMap((widget) => {
        const { secret } = specOf(widget)
        return secret === undefined ? [] : [`default/${secret}`]
      }),
    ),
  }
}

function createDialect(source: MemorySource, seeds: readonly KubeObject[]) {
  let translations = 0
  const dialect: Dialect = {
    ...{ name: 'widgets', kinds: [], seeds },
    createTranslator: () => ({
      translate(objects) {
        translations += 1
        return translateWidgets(objects.list(widgetKind))
      },
    }),
    addErrors: (_status, errors) => ({ state: errors.map(({ message }) => message).join() }),
  }
  return { dialect, source, translations: () => translations }
}

const ack = (generation: number, more: object = {}): WorkerAnswer => ({
  ...{ type: 'ack', generation, buildMs: 1, errors: [], bindings: [], ...more },
})

function createSubject(settings: { readonly seeds?: readonly KubeObject[] } = {}) {
  const source = new MemorySource()
  const { dialect, translations } = createDialect(source, settings.seeds ?? [])
  const sent: DownMessage[] = []
  const reports: GenerationReport[] = []
  const errors: string[] = []
  const prepared: number[] = []
  const worker = {
    answer: (generation: number): Promise<readonly WorkerAnswer[]> =>
      Promise.resolve([ack(generation)]),
  }
  const table = EndpointTable.create({ rows: 16, workers: 1 }, 0)
  const loop = new ControlLoop({
    source,
    dialects: [dialect],
    publisher: {
      broadcast: (message) => sent.push(message),
      answersOf: (generation) => worker.answer(generation),
    },
    secretValuesOf: (secret) => (secret['stringData'] ?? {}) as Record<string, string>,
    bindAddress: undefined,
    ports: { claim: () => Promise.resolve(undefined), releaseAllBut: () => undefined },
    rows: new EndpointRows(new EndpointRowAllocator(table), () => undefined),
    addressOverrides: [],
    ...{ now: () => performance.now(), wallClock: () => 0 },
    onPublishing: () => prepared.push(sent.length),
    onPublished: (report) => reports.push(report),
    onError: (message, error) => errors.push(`${message} ${(error as Error).message}`),
  })
  const statusOf = (name: string) =>
    source.get({ ...widgetKind, namespace: 'default', name })?.['status']
  const generations = () => sent.filter(({ type }) => type === 'configuration').length
  return {
    ...{ source, sent, reports, errors, prepared, worker, loop, table },
    ...{ translations, statusOf, generations },
  }
}

/** Lets the loop's pause go by and everything that follows from it. */
const settle = () => vi.advanceTimersByTimeAsync(20)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the first generation has the seeds and what was applied before', async () => {
  const seed = { apiVersion: 'test.dev/v1', kind: 'Widget', metadata: { name: 'seed' }, spec: {} }
  const { loop, source, reports } = createSubject({ seeds: [seed] })
  source.put('Widget', 'early', { spec: {} })
  await loop.start()
  expect(reports.map(({ generation }) => generation)).toEqual([1])
  expect([...loop.configuration.backends.keys()]).toEqual(['early', 'seed'])
})

test('a burst of writes is published once', async () => {
  const { loop, source, generations, translations } = createSubject()
  await loop.start()
  const before = translations()
  for (let index = 0; index < 50; index += 1) source.put('Widget', `w${index}`, { spec: {} })
  await settle()
  expect(generations()).toBe(2)
  expect(translations() - before).toBe(1)
  expect(loop.configuration.backends.size).toBe(50)
})

test('an object that a translation owns is published after the translation that made it', async () => {
  const { loop, source, generations, worker } = createSubject()
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
  const { loop, source, generations, worker } = createSubject()
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

test('secrets and rows go out before the configuration that needs them', async () => {
  const { loop, source, sent, prepared } = createSubject()
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
  const { loop, source, sent } = createSubject()
  source.put('Secret', 'key', { stringData: { token: 'old' } })
  source.put('Widget', 'a', { spec: { secret: 'key' } })
  await loop.start()
  sent.length = 0
  source.put('Secret', 'key', { stringData: { token: 'new' } })
  await settle()
  expect(sent.map(({ type }) => type)).toEqual(['secrets', 'configuration'])
  expect(sent[0]).toMatchObject({ set: [{ values: { token: 'new' } }] })
})

test('statuses are written when every thread has answered, not before', async () => {
  const { loop, source, statusOf, worker } = createSubject()
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
  const { loop, source, translations, generations } = createSubject()
  await loop.start()
  source.put('Widget', 'a', { spec: {} })
  await settle()
  const before = translations()
  await settle()
  expect(translations()).toBe(before)
  expect(generations()).toBe(2)
})

test('an object that takes the place of one of its name gets its status', async () => {
  const { loop, source, statusOf, worker } = createSubject()
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
  const { loop, source, errors, generations } = createSubject()
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
  const { loop, source, statusOf, worker, reports } = createSubject()
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
  const { loop, source, worker, reports, errors, statusOf } = createSubject()
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

test('what several threads say of a generation is told once each', async () => {
  const { loop, source, worker, errors } = createSubject()
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

test('a publication that fails is tried again without another change', async () => {
  const { loop, source, errors, statusOf } = createSubject()
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

test('a thread that starts is told everything in the order in which it is needed', async () => {
  const { loop, source } = createSubject()
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

test('nothing is translated after it was stopped', async () => {
  const { loop, source, translations } = createSubject()
  await loop.start()
  source.put('Widget', 'a', { spec: {} })
  await loop.stop()
  source.put('Widget', 'b', { spec: {} })
  await settle()
  expect(translations()).toBe(1)
})
