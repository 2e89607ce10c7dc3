import { expect, test } from 'vitest'
import { type LogSelection, PodLog } from './pod-log.ts'

const start = Date.UTC(2026, 0, 1)

function createLog(...lines: string[]): PodLog {
  let timeMs = start
  const log = new PodLog(() => timeMs++)
  for (const line of lines) log.add(line)
  return log
}

const selection = (changes: Partial<LogSelection> = {}): LogSelection => ({
  ...{ follow: false, timestamps: false, tailLines: undefined, sinceMs: undefined },
  ...{ limitBytes: undefined, signal: new AbortController().signal },
  ...changes,
})

async function read(log: PodLog, changes: Partial<LogSelection> = {}): Promise<string> {
  let text = ''
  for await (const piece of log.read(selection(changes))) text += piece
  return text
}

test('a log is read whole, or its end, or what is new enough', async () => {
  const log = createLog('one', 'two', 'three')
  expect(await read(log)).toBe('one\ntwo\nthree\n')
  expect(await read(log, { tailLines: 1 })).toBe('three\n')
  expect(await read(log, { tailLines: 0 })).toBe('')
  expect(await read(log, { sinceMs: start + 1 })).toBe('two\nthree\n')
  expect(await read(log, { limitBytes: 6 })).toBe('one\ntw')
  expect(await read(log, { timestamps: true, tailLines: 1 })).toBe(
    '2026-01-01T00:00:00.002Z three\n',
  )
})

test('who follows a log hears what comes, until it ends', async () => {
  const log = createLog('one')
  const followed = read(log, { follow: true })
  log.add('two')
  log.end()
  expect(await followed).toBe('one\ntwo\n')
})

test('who follows a log and goes away is let go', async () => {
  const log = createLog('one')
  const abort = new AbortController()
  const followed = read(log, { follow: true, signal: abort.signal })
  abort.abort()
  expect(await followed).toBe('one\n')
})

test('the oldest lines go when there are too many', async () => {
  const log = createLog(...Array.from({ length: 10_005 }, (_, index) => `line ${index}`))
  const lines = (await read(log)).trim().split('\n')
  expect(lines).toHaveLength(10_000)
  expect(lines[0]).toBe('line 5')
})

test('the oldest lines go when they are too long', async () => {
  const log = createLog(...Array.from({ length: 20 }, () => 'x'.repeat(1024 * 1024)))
  expect((await read(log)).length).toBeLessThanOrEqual(9 * 1024 * 1024)
})
