import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIngress } from '../testing/compiled-parts.ts'
import { GatewayFixture } from '../testing/gateway-fixture.ts'
import { exchangeBytes } from '../testing/raw-bytes.ts'

let gateway: GatewayFixture
beforeAll(async () => {
  const ingress = createIngress({ type: 'direct-response', status: 200, body: 'served' })
  gateway = await new GatewayFixture(ingress).listen()
})
afterAll(() => gateway.close())

async function send(bytes: string): Promise<{ status: number; body: string }> {
  const answer = await exchangeBytes(gateway.port, bytes)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), body }
}

const refused: [string, string, number, string][] = [
  ['a duplicate Host', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'more than one Host'],
  ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n', 400, 'Host header is missing'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', 400, 'Host header'],
  [
    'a malformed Host',
    'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    400,
    'Host header',
  ],
  [
    'an absolute URL with another host',
    'GET http://b/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    400,
    'different hosts',
  ],
  [
    'HTTP/1.0 with chunked',
    'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'HTTP/1.0 has no Transfer-Encoding',
  ],
  [
    'another transfer coding',
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    501,
    'Transfer-Encoding',
  ],
  [
    'two transfer codings on two lines',
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    501,
    'Transfer-Encoding',
  ],
  [
    'dots behind escaped slashes',
    'GET /a/..%2fb HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    400,
    'escaped slashes',
  ],
  ['a fragment', 'GET /a#b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400, 'fragment'],
  [
    'a fragment after a query',
    'GET /a?b#c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    400,
    'fragment',
  ],
  ['a backslash', 'GET /a\\b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400, 'backslash'],
  ['an escaped NUL', 'GET /a%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400, '%00'],
]

describe('a request is refused for', () => {
  test.each(refused)('%s', async (_name, bytes, status, text) => {
    const before = gateway.records.length
    const answer = await send(bytes)
    expect(answer.status).toBe(status)
    expect(answer.body).toContain(text)
    const record = await gateway.record(before + 1)
    expect(record).toMatchObject({
      errorCode: 'invalid-request',
      responseFlags: 'DPE',
      attempts: 0,
    })
  })
})

test.each([
  ['conflicting lengths', 'Content-Length: 3\r\nTransfer-Encoding: chunked'],
  ['two lengths', 'Content-Length: 3\r\nContent-Length: 4'],
  ['a folded header', 'X: a\r\n b'],
  ['a control character in a header', 'X: a\x01b'],
  ['a NUL in a header', 'X: a\0b'],
  ['a space before the colon', 'X : a'],
])('the parser itself refuses %s', async (_name, header) => {
  const answer = await send(`POST / HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n0\r\n\r\n`)
  expect(answer.status).toBe(400)
})

test('an absolute URL with the same host is served', async () => {
  const answer = await send('GET http://A/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(answer).toEqual({ status: 200, body: 'served' })
})

test('an unknown host gets 404 with an empty body', async () => {
  const answer = await send('GET / HTTP/1.1\r\nHost: unknown.org\r\nConnection: close\r\n\r\n')
  expect(answer).toEqual({ status: 404, body: '' })
})
