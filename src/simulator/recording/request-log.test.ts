import { expect, test } from 'vitest'
import { RequestLog } from './request-log.ts'

function arrived(body: string) {
  return {
    ...{ timeMs: 0, provider: 'openai', method: 'POST', target: '/v1', host: 'api.openai.com' },
    ...{ sni: undefined, httpVersion: '1.1', rawHeaders: [], body: Buffer.from(body) },
  }
}

test('the oldest requests leave first when there are too many', () => {
  const log = new RequestLog({ requests: 2, bytes: 1000, bodyBytes: 100 })
  for (const body of ['a', 'b', 'c']) log.add(arrived(body))
  expect(log.list().map(({ id, body }) => [id, body])).toEqual([
    [2, 'b'],
    [3, 'c'],
  ])
})

test('the oldest requests leave first when they take too much memory', () => {
  const log = new RequestLog({ requests: 100, bytes: 250, bodyBytes: 100 })
  for (let count = 0; count < 5; count++) log.add(arrived('x'.repeat(100)))
  expect(log.list().map(({ id }) => id)).toEqual([4, 5])
})

test('a long body is cut and says so', () => {
  const log = new RequestLog({ requests: 2, bytes: 1000, bodyBytes: 3 })
  log.add(arrived('abcdef'))
  expect(log.list()).toMatchObject([{ body: 'abc', bodyBytes: 6, bodyTruncated: true }])
})
