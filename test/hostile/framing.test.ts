import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RecordingUpstream, startRecordingUpstream } from '../harness/recording-upstream.ts'
import { readAccessLog } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import {
  type HostileGateway,
  routesManifest,
  startHostileGateway,
  upstreamManifest,
} from './hostile-gateway.ts'

let upstream: RecordingUpstream
let gateway: HostileGateway
/** Calls that the upstream did not answer, as they are given up. */
const gone: string[] = []
beforeAll(async () => {
  upstream = await startRecordingUpstream({
    answer({ path }, response) {
      if (path === '/api/silent') response.on('close', () => gone.push(path))
      else response.end('{"ok":true}')
    },
  })
  gateway = await startHostileGateway(
    upstreamManifest('api', upstream.port) + routesManifest(['api']),
  )
})
afterAll(async () => {
  await waitUntil('every connection to be closed', async () => {
    return (await gateway.metric('sluice_active_connections')) === 0
  })
  expect(await gateway.metric('sluice_active_requests')).toBe(0)
  await gateway.stop()
  await upstream.close()
})

const expectedLines: object[] = []

/** What follows a malformed request on its connection, and must never be taken for a request. */
const smuggled = 'GET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const post = (headers: string, body = '') =>
  `POST /api HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`
const get = (target: string, headers = 'Host: a', version = 'HTTP/1.1') =>
  `GET ${target} ${version}\r\n${headers}\r\n\r\n`

/** Bytes that Node's parser refuses: name, bytes, status, reason. */
const malformed: readonly (readonly [string, string, number, string])[] = [
  [
    'a length and chunks',
    post('Content-Length: 5\r\nTransfer-Encoding: chunked'),
    400,
    'malformed',
  ],
  [
    'chunks and a length',
    post('Transfer-Encoding: chunked\r\nContent-Length: 5'),
    400,
    'malformed',
  ],
  ['two lengths', post('Content-Length: 5\r\nContent-Length: 6'), 400, 'malformed'],
  ['the same length twice', post('Content-Length: 5\r\nContent-Length: 5'), 400, 'malformed'],
  ['a list of lengths', post('Content-Length: 5, 5'), 400, 'malformed'],
  ['a signed length', post('Content-Length: +5'), 400, 'malformed'],
  ['a negative length', post('Content-Length: -5'), 400, 'malformed'],
  ['a hexadecimal length', post('Content-Length: 0x5'), 400, 'malformed'],
  ['an endless length', post('Content-Length: 99999999999999999999'), 400, 'malformed'],
  ['an empty length', post('Content-Length:'), 400, 'malformed'],
  [
    'chunked twice',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'),
    400,
    'malformed',
  ],
  ['a folded coding', post('Transfer-Encoding:\r\n chunked'), 400, 'malformed'],
  ['a coding after chunked', post('Transfer-Encoding: chunked, identity'), 400, 'malformed'],
  ['a space before the colon', post('Transfer-Encoding : chunked'), 400, 'malformed'],
  ['a vertical tab in a coding', post('Transfer-Encoding:\x0bchunked'), 400, 'malformed'],
  ['a NUL in a header', post('X: a\0b'), 400, 'malformed'],
  ['a bare CR in a header', post('X: a\rb'), 400, 'malformed'],
  ['a bare LF in a header', post('X: a\nY: b'), 400, 'malformed'],
  ['bare LF everywhere', 'GET /api HTTP/1.1\nHost: a\n\n', 400, 'malformed'],
  ['a header without a name', post(': b'), 400, 'malformed'],
  ['a header without a colon', post('nonsense'), 400, 'malformed'],
  ['a method of small letters', 'get /api HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed'],
  ['HTTP/1.2', get('/api', 'Host: a', 'HTTP/1.2'), 400, 'malformed'],
  ['a TLS handshake on a clear port', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 400, 'malformed'],
  ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 405, 'connect'],
  [
    'an oversized head',
    get('/api', `Host: a\r\nX: ${'x'.repeat(70_000)}`),
    431,
    'headers-too-large',
  ],
  ['an oversized target', get(`/api/${'x'.repeat(70_000)}`), 431, 'headers-too-large'],
]

/** Requests that the gateway refuses itself: name, bytes, status, a part of the answer. */
const refused: readonly (readonly [string, string, number, string])[] = [
  ['two hosts', get('/api', 'Host: a\r\nHost: b'), 400, 'more than one Host'],
  ['the same host twice', get('/api', 'Host: a\r\nHost: a'), 400, 'more than one Host'],
  ['no host', get('/api', 'X: a'), 400, 'Host header is missing'],
  ['an empty host', get('/api', 'Host:'), 400, 'Host header'],
  ['a host that is a URL', get('/api', 'Host: http://a/'), 400, 'Host header'],
  ['a URL of another host', get('http://b/api'), 400, 'different hosts'],
  ['a URL with a user', get('http://a@b/api'), 400, 'different hosts'],
  ['another scheme', get('ftp://a/api'), 400, 'neither a path nor an http URL'],
  [
    'HTTP/1.0 with chunks',
    'POST /api HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'HTTP/1.0 has no Transfer-Encoding',
  ],
  ['another coding', post('Transfer-Encoding: gzip, chunked', '0\r\n\r\n'), 501, 'chunked'],
  ['another expectation', post('Content-Length: 1\r\nExpect: a-miracle'), 417, '100-continue'],
  ['HTTP/0.9', 'GET /api\r\n\r\n', 505, 'HTTP/0.9'],
  ['HTTP/2.0 on an HTTP/1 line', get('/api', 'Host: a', 'HTTP/2.0'), 505, 'HTTP/2.0'],
  ['a fragment', get('/api#x'), 400, 'fragment'],
  ['an escaped NUL', get('/api%00'), 400, '%00'],
  ['a backslash', get('/api\\x'), 400, 'backslash'],
]

/** One answer, a closed connection, and nothing of what followed. */
async function expectRefusal(bytes: string, status: number): Promise<string> {
  const { answer, closed } = await gateway.talk(bytes + smuggled)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.[01] ${status} `))
  expect(answer.match(/HTTP\/1\.[01] \d{3} /g)).toHaveLength(1)
  expect(answer.toLowerCase()).toContain('connection: close')
  expect(closed).toBe(true)
  await expectNothingUpstream()
  return answer
}

async function expectNothingUpstream(): Promise<void> {
  const isOver = async () => (await gateway.metric('sluice_active_requests')) === 0
  await waitUntil('the request to be over', isOver)
  expect(upstream.requests.splice(0)).toEqual([])
}

describe('bytes that are no request are answered, logged, counted and cut:', () => {
  test.each(malformed)('%s', async (_name, bytes, status, reason) => {
    const before = await refusals(reason)
    await expectRefusal(bytes, status)
    expect(await refusals(reason)).toBe(before + 1)
    expectedLines.push({ status, error: reason, flags: 'DPE' })
  })
})

describe('requests that could be read in two ways are refused, logged, counted and cut:', () => {
  test.each(refused)('%s', async (_name, bytes, status, text) => {
    const before = await errors('invalid-request')
    expect(await expectRefusal(bytes, status)).toContain(text)
    expect(await errors('invalid-request')).toBe(before + 1)
    expectedLines.push({ status, error: 'invalid-request', flags: 'DPE' })
  })
})

/** Bodies that go wrong after their head was fine and had gone on. */
const brokenBodies: readonly (readonly [string, string])[] = [
  ['a chunk size that is no number', 'zz\r\n'],
  ['a chunk size with a prefix', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a signed chunk size', '-3\r\nabc\r\n0\r\n\r\n'],
  ['an endless chunk size', 'fffffffffffffffff\r\n'],
  ['bare LF after a chunk size', '3\nabc\r\n0\r\n\r\n'],
  ['a chunk longer than its size', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a line break in a chunk extension', '3;a=\nb\r\nabc\r\n0\r\n\r\n'],
  ['endless chunk extensions', `3;${'x'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`],
]

describe('a body that goes wrong on its way never completes a request upstream:', () => {
  test.each(brokenBodies)('%s', async (_name, body) => {
    const { answer, closed } = await gateway.talk(
      post('Transfer-Encoding: chunked', body + smuggled),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1)
    expect(closed).toBe(true)
    await expectNothingUpstream()
    const error = /^HTTP\/1\.1 413 /.test(answer) ? 'chunk-extensions-too-large' : 'malformed'
    expectedLines.push({ status: Number(answer.split(' ')[1]), error, flags: 'DPE' })
  })
})

test('each of these left one line in the access log', async () => {
  const lines = await waitUntil('all lines', () => {
    const found = readAccessLog(gateway.sluice).filter(({ flags }) => flags === 'DPE')
    return found.length >= expectedLines.length && found
  })
  expect(lines.map(({ status, error, flags }) => ({ status, error, flags }))).toEqual(expectedLines)
  expect(lines.every(({ client }) => client === '127.0.0.1')).toBe(true)
})

const refusals = (reason: string) =>
  gateway.metric('sluice_connections_refused_total', `reason="${reason}"`)
const errors = (code: string) => gateway.metric('sluice_errors_total', `code="${code}"`)

test('what follows the last request of a connection is not served, be it an upgrade', async () => {
  const upgrade = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket'
  const { answer, closed } = await gateway.talk(
    get('/api/last', 'Host: a\r\nConnection: close') + get('/api/behind', upgrade) + smuggled,
  )
  expect(closed).toBe(true)
  expect(answer).not.toContain('101')
  await waitUntil('the requests to be over', async () => {
    return (await gateway.metric('sluice_active_requests')) === 0
  })
  expect(pathsAndBodies().filter((path) => path !== '/api/last ')).toEqual([])
})

const websocket = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket'

test('what is no request is refused after the answers to those before it', async () => {
  const { answer, closed } = await gateway.talk(`${get('/api/1')}${get('/api/2')}BAD\r\n\r\n`)
  expect(closed).toBe(true)
  expect(answer.match(/HTTP\/1\.1 \d{3} /g)).toEqual([
    'HTTP/1.1 200 ',
    'HTTP/1.1 200 ',
    'HTTP/1.1 400 ',
  ])
  expect(pathsAndBodies()).toEqual(['/api/1 ', '/api/2 '])
})

test('a client that leaves after a CONNECT behind unanswered requests ends their calls', async () => {
  const socket = connect(gateway.port, gateway.address)
  const connectMethod = 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'
  socket.write(get('/api/silent').repeat(3) + connectMethod)
  await waitUntil('the calls', () => upstream.requests.length === 3)
  socket.destroy()
  await waitUntil('their ends', () => gone.length === 3)
  upstream.requests.splice(0)
})

test('an upgrade behind an unanswered request is an ordinary request', async () => {
  const { answer, closed } = await gateway.talk(get('/api/1') + get('/api/2', websocket))
  expect(closed).toBe(true)
  expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(2)
  expect(upstream.requests.some(({ headers }) => 'upgrade' in headers)).toBe(false)
  expect(pathsAndBodies()).toEqual(['/api/1 ', '/api/2 '])
  expect(gateway.sluice.output()).not.toContain('was lost')
})

test.each([
  ['with a body', `POST /api HTTP/1.1\r\n${websocket}\r\nContent-Length: 2\r\n\r\nab`, '/api ab'],
  ['of HTTP/1.0', `GET /api HTTP/1.0\r\n${websocket}\r\n\r\n`, '/api '],
])('an upgrade %s is an ordinary request', async (_name, bytes, served) => {
  const { answer, closed } = await gateway.talk(bytes)
  expect(closed).toBe(true)
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(upstream.requests.some(({ headers }) => 'upgrade' in headers)).toBe(false)
  expect(pathsAndBodies()).toEqual([served])
})

test('an expectation of HTTP/1.0 is passed over', async () => {
  const { answer } = await gateway.talk(
    'POST /api HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(pathsAndBodies()).toEqual(['/api ab'])
})

test('Upgrade: h2c is dropped and the request is an ordinary one', async () => {
  const upgrade = 'Host: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c'
  const { answer } = await gateway.talk(get('/api/h2c', `${upgrade}\r\nHTTP2-Settings: AAMAAABk`))
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  const [request] = upstream.requests.splice(0)
  expect(request?.path).toBe('/api/h2c')
  expect(request?.headers).not.toHaveProperty('upgrade')
  expect(request?.headers).not.toHaveProperty('http2-settings')
})

test('two requests in one segment are two requests', async () => {
  const { answer } = await gateway.talk(
    get('/api/1') + get('/api/2', 'Host: a\r\nConnection: close'),
  )
  expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(2)
  expect(pathsAndBodies()).toEqual(['/api/1 ', '/api/2 '])
})

test('what a connection says after a whole body belongs to the next request', async () => {
  const { answer } = await gateway.talk(
    post('Content-Length: 3', `abc${get('/api/next', 'Host: a\r\nConnection: close')}`),
  )
  expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(2)
  expect(pathsAndBodies()).toEqual(['/api abc', '/api/next '])
})

/** Of what arrived since the last time; requests of one connection go on at the same time. */
const pathsAndBodies = () =>
  upstream.requests
    .splice(0)
    .map(({ path, body }) => `${path} ${body}`)
    .sort()
