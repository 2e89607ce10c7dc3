import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import type { UpMessage } from './messages.ts'
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts'

/** A thread that says `ready` and then answers configurations as `behaviour` says. */
const scriptOf = (behaviour: string) => `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', (message) => {
    if (message.type === 'start') parentPort.postMessage({ type: 'ready', linkVersion: 1 })
    if (message.type === 'drain') parentPort.postMessage({ type: 'drained' })
    if (message.type !== 'configuration') return
    const { generation } = message
    const ack = () =>
      parentPort.postMessage({ type: 'ack', generation, buildMs: 1, errors: [], bindings: [] })
    ${behaviour}
  })`

const answering = scriptOf('ack()')
const silent = scriptOf('')
const dying = scriptOf('process.exit(1)')
const unstartable = 'process.exit(1)'

const pools: WorkerPool[] = []
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.stop(0)
})

function createPool(
  scripts: readonly string[],
  options: Partial<WorkerPoolOptions> = {},
): { pool: WorkerPool; spawned: string[] } {
  const spawned: string[] = []
  const pool = new WorkerPool({
    count: 1,
    spawn() {
      const script = scripts[spawned.length] ?? scripts.at(-1) ?? answering
      spawned.push(script)
      return new Worker(script, { eval: true })
    },
    startMessage: {
      endpointTable: new SharedArrayBuffer(64),
      counterTable: {
        counters: new SharedArrayBuffer(64),
        reservations: new SharedArrayBuffer(64),
      },
      vocabulary: new SharedArrayBuffer(64),
      ticketKeys: new Uint8Array(48),
      options: {
        ...{ extraAuthorities: [], allowLoopbackUpstreams: false, forbiddenAddresses: [] },
        ...{ accessLog: '', retryBufferBytes: 0, maxConnections: 1, redis: undefined },
      },
    },
    stateMessages: () => [configuration(1)],
    onEndpointEvent: () => undefined,
    onLimitStore: () => undefined,
    onWorkerLost: () => undefined,
    ...options,
  })
  pools.push(pool)
  return { pool, spawned }
}

const configuration = (generation: number) =>
  ({ type: 'configuration', generation, full: true, delta: {} }) as const

test('every thread answers a generation', async () => {
  const { pool } = createPool([answering], { count: 2 })
  await pool.start()
  expect((await pool.answersOf(1)).map(({ type }) => type)).toEqual(['ack', 'ack'])
})

test('a thread that does not answer counts as failed and holds nobody up', async () => {
  const { pool } = createPool([silent, answering], { count: 2, answerTimeoutMs: 200 })
  await pool.start()
  const answers: readonly UpMessage[] = await pool.answersOf(1)
  expect(answers).toMatchObject([
    { type: 'nack', generation: 1, message: 'gateway thread 0 has not answered within 200 ms' },
    { type: 'ack', generation: 1 },
  ])
})

const hung = 'for (;;) {}'

test('a thread that hangs over a generation is replaced, and the new one takes it', async () => {
  const { pool, spawned } = createPool([scriptOf(hung), answering], {
    answerTimeoutMs: 1000,
    replacePauseMs: 0,
  })
  await pool.start()
  expect((await pool.answersOf(1)).map(({ type }) => type)).toEqual(['nack'])
  expect((await pool.answersOf(1)).map(({ type }) => type)).toEqual(['ack'])
  expect(spawned).toHaveLength(2)
})

test('a thread that takes no turn any more is replaced', async () => {
  const hangsLater = `${answering}
    parentPort.on('message', ({ type }) => { if (type === 'ping') ${hung} })`
  const replaced = Promise.withResolvers<void>()
  const { pool } = createPool(
    [hangsLater.replace('const { parentPort }', 'var { parentPort }'), answering],
    {
      pingIntervalMs: 50,
      onWorkerLost: () => replaced.resolve(),
    },
  )
  await pool.start()
  await replaced.promise
})

test('a thread that dies over a generation is replaced, and the new one answers for it', async () => {
  const lost: number[] = []
  const { pool, spawned } = createPool([dying, dying, answering], {
    onWorkerLost: (index) => lost.push(index),
    replacePauseMs: 20,
  })
  await pool.start()
  expect(await pool.answersOf(1)).toMatchObject([{ type: 'ack', generation: 1 }])
  expect(spawned).toEqual([dying, dying, answering])
  expect(lost).toEqual([0, 0])
})

test('a thread that cannot start says so', async () => {
  const { pool } = createPool([unstartable])
  await expect(pool.start()).rejects.toThrow('A gateway thread ended while it started.')
})

test('stopping ends although a thread is gone, and replaces nobody', async () => {
  const gone = Promise.withResolvers<void>()
  const { pool, spawned } = createPool([dying], {
    onWorkerLost: () => gone.resolve(),
    replacePauseMs: 60_000,
  })
  await pool.start()
  await gone.promise
  await pool.stop(0)
  expect(spawned).toHaveLength(1)
})
