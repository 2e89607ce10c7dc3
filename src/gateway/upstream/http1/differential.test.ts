import type { Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAddressGuard } from '../../../lib/upstream-address/address-guard.ts'
import { AddressResolver } from '../../../lib/upstream-address/address-resolver.ts'
import { createRawServer } from '../../testing/raw-bytes.ts'
import { ConnectionPool, type PoolOptions } from '../connection-pool.ts'
import { Connector } from '../connector.ts'
import type { UpstreamClient } from '../upstream-client.ts'
import { Http1Pool } from './http1-pool.ts'

interface Outcome {
  status: number
  headers: string[]
  body: string
  trailers: readonly string[]
  /** Error code; undefined: the answer came whole. */
  failure: string | undefined
}

/** What the server does with each request on each connection. */
let serve: (socket: Socket, requests: number) => void = () => undefined
let connections = 0
let server: Awaited<ReturnType<typeof createRawServer>>

beforeAll(async () => {
  server = await createRawServer((socket) => {
    connections += 1
    let requests = 0
    socket.on('data', () => {
      requests += 1
      serve(socket, requests)
    })
  })
})
afterAll(() => server.close())

const now = () => performance.now()

function createClient(kind: 'undici' | 'own'): UpstreamClient {
  const resolver = new AddressResolver((_host, callback) => callback(null, ['127.0.0.1']), now)
  const allowAll = createAddressGuard({
    allowLoopback: true,
    forbiddenAddresses: [],
    localAddresses: [],
  })
  const connector = new Connector(resolver, allowAll)
  const options: PoolOptions = {
    target: {
      host: '127.0.0.1',
      port: server.port,
      connectTimeoutMs: 2000,
      tcpKeepaliveMs: undefined,
      http2: false,
      tls: undefined,
    },
    maxRequestsPerConnection: 0,
    idleTimeoutMs: 60_000,
    maxHeadersCount: undefined,
    maxConcurrentStreams: 1,
    limits: {
      mayConnect: () => true,
      mayWait: () => true,
      connectionOpened: () => undefined,
      connectionClosed: () => undefined,
      waitStarted: () => undefined,
      waitEnded: () => undefined,
    },
  }
  return kind === 'own'
    ? new Http1Pool(options, { connector, now })
    : new ConnectionPool(options, connector)
}

function call(client: UpstreamClient, method = 'GET'): Promise<Outcome> {
  const outcome: Outcome = {
    status: 0,
    headers: [],
    body: '',
    trailers: [],
    failure: undefined,
  }
  const head = { method, path: '/', headers: ['host', 'upstream'] }
  return new Promise((resolve) => {
    client.dispatch(head, undefined, {
      onHead(status, headers) {
        outcome.status = status
        outcome.headers = headers
      },
      onData(chunk) {
        outcome.body += chunk.toString('latin1')
      },
      onEnd: (trailers) => resolve({ ...outcome, trailers }),
      onFailure: ({ error }) => resolve({ ...outcome, failure: error.code }),
    })
  })
}

async function outcomeOf(kind: 'undici' | 'own', bytes: string, method: string): Promise<Outcome> {
  serve = (socket) => socket.end(bytes, 'latin1')
  const client = createClient(kind)
  const outcome = await call(client, method)
  client.retire()
  return outcome
}

/**
 * Fields of one name stand together with undici and where they stood with our own client, which takes blanks off the
 * end of values (RFC 9110 section 5.5).
 */
function sorted(outcome: Outcome): unknown {
  const { headers, ...rest } = outcome
  const lines: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    lines.push(`${headers[index]}: ${headers[index + 1]?.trim()}`)
  }
  // undici reads trailers as UTF-8.
  const trailers = rest.trailers.map((each) => each.trim().replaceAll(/[^\t -~]/g, '?'))
  return { ...rest, trailers, lines: lines.sort() }
}

async function compare(bytes: string, method = 'GET'): Promise<'same' | 'refused' | 'different'> {
  const theirs = await outcomeOf('undici', bytes, method)
  const ours = await outcomeOf('own', bytes, method)
  if (theirs.failure !== undefined && ours.failure !== undefined) return 'same'
  if (theirs.failure === undefined && ours.failure !== undefined) return 'refused'
  const same = JSON.stringify(sorted(theirs)) === JSON.stringify(sorted(ours))
  return same ? 'same' : 'different'
}

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`

/** Answers of which both clients make the same. */
const alike: Record<string, string> = {
  'a body of known length': `${ok}content-length: 2\r\n\r\nok`,
  'an empty body': `${ok}content-length: 0\r\n\r\n`,
  'a body that ends with the connection': `${ok}x: y\r\n\r\nto the end`,
  'no header at all': `${ok}\r\nbody`,
  'a body cut short': `${ok}content-length: 10\r\n\r\nhalf`,
  'a head cut short': `${ok}content-le`,
  nothing: '',
  chunks: `${chunked}2\r\nok\r\nA\r\n0123456789\r\n0\r\n\r\n`,
  'chunks with extensions': `${chunked}2;a=b\r\nok\r\n0;c\r\n\r\n`,
  'chunks with leading zeros': `${chunked}0002\r\nok\r\n000\r\n\r\n`,
  'chunks and trailers': `${chunked}2\r\nok\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n`,
  'chunks cut short': `${chunked}5\r\nha`,
  'chunks without their end': `${chunked}2\r\nok\r\n`,
  'a chunk longer than it says': `${chunked}2\r\nokay\r\n0\r\n\r\n`,
  'a chunk size that is no number': `${chunked}x\r\nok\r\n0\r\n\r\n`,
  'a negative chunk size': `${chunked}-2\r\nok\r\n0\r\n\r\n`,
  'a chunk size beyond all numbers': `${chunked}fffffffffffffffff\r\nok`,
  'a chunk size with 0x': `${chunked}0x2\r\nok\r\n0\r\n\r\n`,
  'a chunk after a bare LF': `${chunked}2\nok\r\n0\r\n\r\n`,
  'a chunk ended by LF': `${chunked}2\r\nok\n0\r\n\r\n`,
  'Transfer-Encoding in another case': `${ok}Transfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'no content': 'HTTP/1.1 204 No Content\r\n\r\n',
  'no content that announces a body': 'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nok',
  'not modified with a length': 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
  'not modified in chunks': 'HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n',
  'early hints': `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok}content-length: 2\r\n\r\nok`,
  'several interim answers': `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(3)}${ok}content-length: 2\r\n\r\nok`,
  'lines that end without CR': `HTTP/1.1 200 OK\ncontent-length: 2\n\nok`,
  'an unasked 101': 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
  'HTTP/1.0': 'HTTP/1.0 200 OK\r\n\r\nold',
  'HTTP/1.0 with a length': 'HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nold',
  'no reason phrase': 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok',
  'an empty reason phrase': 'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok',
  'a reason in Latin-1': 'HTTP/1.1 200 \xe9t\xe9\r\ncontent-length: 2\r\n\r\nok',
  'an unknown status': 'HTTP/1.1 799 What\r\ncontent-length: 2\r\n\r\nok',
  'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
  'another protocol': 'SSH-2.0-OpenSSH\r\n\r\n',
  'a version that does not exist': 'HTTP/3.7 200 OK\r\n\r\n',
  'lower-case HTTP': 'http/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  'repeated headers': `${ok}set-cookie: a\r\nx: 1\r\nset-cookie: b\r\ncontent-length: 2\r\n\r\nok`,
  'empty values': `${ok}x:\r\ny: \t \r\ncontent-length: 2\r\n\r\nok`,
  'blanks around values': `${ok}x:  \t a b \t\r\ncontent-length:2\r\n\r\nok`,
  'values in Latin-1': `${ok}x: \xfc\xff\r\ncontent-length: 2\r\n\r\nok`,
  'names of all token characters': `${ok}!#$%&'*+-.^_\`|~aZ09: x\r\ncontent-length: 2\r\n\r\nok`,
  'a name that objects have': `${ok}constructor: a\r\ntoString: b\r\ncontent-length: 2\r\n\r\nok`,
  'a blank before the colon': `${ok}x : y\r\ncontent-length: 2\r\n\r\nok`,
  'no colon': `${ok}x\r\ncontent-length: 2\r\n\r\nok`,
  'no name': `${ok}: y\r\ncontent-length: 2\r\n\r\nok`,
  'a zero in a value': `${ok}x: a\0b\r\ncontent-length: 2\r\n\r\nok`,
  'a control character in a name': `${ok}x\x01: a\r\ncontent-length: 2\r\n\r\nok`,
  'CR in a value': `${ok}x: a\rb\r\ncontent-length: 2\r\n\r\nok`,
  'a folded header': `${ok}x: a\r\n b\r\ncontent-length: 2\r\n\r\nok`,
  'two different lengths': `${ok}content-length: 2\r\ncontent-length: 3\r\n\r\nok`,
  'a list of lengths': `${ok}content-length: 2, 2\r\n\r\nok`,
  'a negative length': `${ok}content-length: -2\r\n\r\nok`,
  'a length with a plus': `${ok}content-length: +2\r\n\r\nok`,
  'a hexadecimal length': `${ok}content-length: 0x2\r\n\r\nok`,
  'a length beyond all numbers': `${ok}content-length: 99999999999999999999\r\n\r\nok`,
  'an empty length': `${ok}content-length:\r\n\r\nok`,
  'length and chunks': `${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'chunks and length': `${ok}transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'a head that is too large': `${ok}x: ${'y'.repeat(70_000)}\r\n\r\n`,
  'a head that is nearly too large': `${ok}x: ${'y'.repeat(50_000)}\r\ncontent-length: 2\r\n\r\nok`,
}

/** Answers that undici takes and our own client refuses. */
const stricter: Record<string, string> = {
  'a coding that would be lost on the way': `${ok}transfer-encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'an unknown coding': `${ok}transfer-encoding: identity\r\n\r\nok`,
  'chunks in HTTP/1.0': 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
}

describe('beside undici', () => {
  for (const [name, bytes] of Object.entries(alike)) {
    test(`${name} means the same`, async () => {
      expect(await compare(bytes)).toBe('same')
      expect(await compare(bytes, 'HEAD')).toBe('same')
    })
  }

  for (const [name, bytes] of Object.entries(stricter)) {
    test(`${name} is refused`, async () => {
      expect(await compare(bytes)).toBe('refused')
    })
  }

  test('answers with damage are never understood differently', async () => {
    const seeds = [...Object.values(alike), ...Object.values(stricter)].filter(
      (bytes) => bytes.length > 0 && bytes.length < 1000,
    )
    const pieces = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ';', '0', '1', 'f', ',', '\xff', 'A']
    const damage = fc.record({
      at: fc.nat(),
      remove: fc.nat({ max: 2 }),
      insert: fc.constantFrom('', ...pieces),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        async (seed, damages) => {
          let bytes = seed
          for (const { at, remove, insert } of damages) {
            const place = at % (bytes.length + 1)
            bytes = bytes.slice(0, place) + insert + bytes.slice(place + remove)
          }
          expect(await compare(bytes)).not.toBe('different')
        },
      ),
      { seed: 11, numRuns: 1000 },
    )
  })
})

describe('connections', () => {
  const whole = `${ok}content-length: 2\r\n\r\nok`
  const answers: [string, string, number][] = [
    ['are used again after a whole answer', whole, 1],
    [
      'are not used again after Connection: close',
      `${ok}connection: close\r\ncontent-length: 2\r\n\r\nok`,
      2,
    ],
    ['are not used again when more came than was asked for', `${whole}${whole}`, 2],
    [
      'are not used again when the upstream is about to close them',
      `${ok}keep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok`,
      2,
    ],
    [
      'are used again when the upstream keeps them longer',
      `${ok}keep-alive: timeout=9\r\ncontent-length: 2\r\n\r\nok`,
      1,
    ],
    ['of HTTP/1.0 are not used again', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 2],
    [
      'of HTTP/1.0 are used again when the upstream says so',
      'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
      1,
    ],
    [
      'are not used again after a 204 that announces a body',
      'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n',
      2,
    ],
  ]
  for (const kind of ['undici', 'own'] as const) {
    test.each(answers)(`of ${kind}: %s`, async (_name, bytes, expected) => {
      serve = (socket) => socket.write(bytes, 'latin1')
      connections = 0
      const client = createClient(kind)
      await call(client)
      await call(client)
      client.retire()
      expect(connections).toBe(expected)
    })
  }

  test('that carry an answer before the question are given up', async () => {
    serve = (socket, requests) => {
      socket.write(`${ok}content-length: 2\r\n\r\nok`)
      if (requests === 1) setImmediate(() => socket.write(`${ok}content-length: 4\r\n\r\nevil`))
    }
    connections = 0
    const client = createClient('own')
    await call(client)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await call(client)).body).toBe('ok')
    client.retire()
    expect(connections).toBe(2)
  })
})
