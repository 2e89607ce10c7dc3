import { expect, test } from 'vitest'
import { RedisReports, readRedisServer } from './redis-server.ts'

test.each(['redis://127.0.0.1:6379', 'rediss://user:pass@redis.example:6380/2'])(
  '%s is an address of a Redis server',
  (url) => expect(readRedisServer(url, 500)).toEqual({ url, timeoutMs: 500 }),
)

test.each(['redis.example:6379', 'http://redis.example', 'redis://', 'my-password'])(
  '%s is refused without being repeated',
  (url) => {
    expect(() => readRedisServer(url, 500)).toThrow('--redis is no address')
    expect(() => readRedisServer(url, 500)).not.toThrow('my-password')
  },
)

test('it is told once that Redis is away and once that it is back, whatever the number of threads', () => {
  const lines: string[] = []
  const changes: boolean[] = []
  const reports = new RedisReports(
    (line) => lines.push(line.slice(0, 26)),
    (connected) => changes.push(connected),
  )
  for (const thread of [0, 1, 2]) reports.changed(thread, true, 'connected')
  for (const thread of [0, 1]) reports.changed(thread, false, 'ECONNREFUSED')
  reports.changed(0, true, 'connected')
  reports.forget(1)
  reports.changed(2, false, 'timed out')
  expect(lines).toEqual([
    'Redis of --redis is away (',
    'Redis of --redis is back: ',
    'Redis of --redis is away (',
  ])
  expect(changes).toEqual([false, true, false])
})

test('without an address there is no server', () => {
  expect(readRedisServer(undefined, 500)).toBeUndefined()
})
