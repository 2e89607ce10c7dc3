import { randomBytes } from 'node:crypto'
import { Agent, request as httpRequest, type ServerResponse } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import type { Listener } from '../../ir/listener.ts'
import { openCertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { findFreePort } from '../../lib/http/testing/free-port.ts'
import type {
  CompiledListener,
  CompiledTlsChain,
  Snapshot,
  VirtualHostTable,
} from '../../snapshot/snapshot.ts'
import type { RequestObserver } from '../../telemetry/request-record.ts'
import type { ClientResponse, Ingress, RequestHandler } from '../request-handler.ts'
import { ListenerSet } from './listener-set.ts'

const origin = { kind: 'Gateway', namespace: 'default', name: 'g', fieldPath: 'spec' }
const address = '127.0.0.9'
const authority = openCertificateAuthority({ now: Date.now })
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const table = (name: string): VirtualHostTable => ({
  find: () => ({ id: name, name, findRoute: () => undefined }),
})

function listenerOn(
  port: number,
  chains: CompiledTlsChain[] = [],
  name = 'clear',
): CompiledListener {
  const config: Listener = {
    id: 'listener',
    origin,
    bindings: [{ address, port }],
    virtualHostIds: [],
    tls: chains.length === 0 ? undefined : [],
    http: {
      idleTimeoutMs: 75_000,
      streamIdleTimeoutMs: 300_000,
      requestHeadersTimeoutMs: 60_000,
      maxRequestHeadersBytes: 8192,
      serverName: 'sluice',
      useRemoteAddress: true,
      xffTrustedHops: 0,
      normalizePath: true,
      mergeSlashes: false,
      mostSpecificHeaderMutationsWin: false,
    },
  }
  return { config, virtualHosts: table(name), tlsChains: chains, accessLogs: [] }
}

function withHeadTimeout(listener: CompiledListener, timeoutMs: number): CompiledListener {
  const { config } = listener
  const http = { ...config.http, requestHeadersTimeoutMs: timeoutMs }
  return { ...listener, config: { ...config, http } }
}

function chain(serverName: string): CompiledTlsChain {
  const { certificate, privateKey } = authority.issueServerCertificate({ names: [serverName] })
  return {
    origin,
    serverNames: [serverName],
    secureContextOptions: { cert: certificate, key: privateKey },
    clientCertificate: 'unasked',
    alpnProtocols: ['h2', 'http/1.1'],
    virtualHosts: table(serverName),
  }
}

const snapshot = (generation: number, ...listeners: CompiledListener[]): Snapshot => ({
  generation,
  listeners: new Map(listeners.map((each) => [each.config.id, each])),
  backends: new Map(),
})

/** Which many an application sends beside its framework. */
const twice: Record<string, string[]> = { 'x-content-type-options': ['nosniff', 'nosniff'] }

/** Answers with what the ingress says, and records what was refused. */
function createSubject(maxConnections = 1000) {
  const refusals: string[] = []
  const observer: RequestObserver = {
    requestStarted: () => undefined,
    requestEnded: () => undefined,
    attemptEnded: () => undefined,
    connectionOpened: () => undefined,
    connectionClosed: () => undefined,
    connectionRefused: ({ reason }) => refusals.push(reason),
  }
  const pending: (() => void)[] = []
  const handler: RequestHandler = {
    handleRequest(request, response: ClientResponse, ingress: Ingress) {
      const text = `${request.httpVersion} ${ingress.scheme} ${ingress.virtualHosts.find('')?.name} ${ingress.generation}`
      if (request.url === '/begun') (response as ServerResponse).write('first part')
      else if (request.url === '/twice')
        (response as ServerResponse).writeHead(200, twice).end(text)
      else if (request.url === '/held') pending.push(() => response.end(text))
      else response.end(text)
    },
    handleUpgrade: (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
  }
  const ticketKeys = randomBytes(48)
  const set = new ListenerSet({ handler, observer, ticketKeys, now: Date.now, maxConnections })
  closers.push(() => set.drain(0))
  return { set, refusals, pending }
}

/** Writes raw bytes, `next` when the first answer has come, and resolves with all that comes back until the end. */
function talk(port: number, text: string, next?: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, address, () => socket.write(text))
    socket.on('data', (chunk) => {
      if (answer === '' && next !== undefined) socket.write(next)
      answer += chunk
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
  })
}

function get(port: number, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: address, port, path, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
    })
    request.on('error', reject)
    request.end()
  })
}

function getHttp2(url: string, options = {}, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(url, options)
    session.on('error', reject)
    const stream = session.request({ ':path': path })
    stream.on('error', reject)
    let body = ''
    stream.on('data', (chunk) => {
      body += chunk
    })
    stream.on('end', () => {
      session.close()
      resolve(body)
    })
  })
}

test('one clear-text port speaks HTTP/1.1 and HTTP/2 with prior knowledge', async () => {
  const { set } = createSubject()
  const port = await findFreePort(address)
  expect(await set.publish(snapshot(1, listenerOn(port)))).toEqual([
    { listenerId: 'listener', address, port, error: undefined },
  ])
  expect(await get(port)).toBe('1.1 http clear 1')
  expect(await getHttp2(`http://${address}:${port}`)).toBe('2.0 http clear 1')
})

test('an answer with a header twice that should stand once goes over HTTP/2', async () => {
  const { set } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const url = `http://${address}:${port}`
  expect(await getHttp2(url, { strictSingleValueFields: false }, '/twice')).toBe('2.0 http clear 1')
})

test('the protocol is told from the first bytes however they are split', async () => {
  const { set } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(port, address, async () => {
      socket.setNoDelay(true)
      for (const letter of 'PUT / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n') {
        await new Promise<void>((written) => socket.write(letter, () => written()))
      }
    })
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer).toContain('1.1 http clear 1')
})

test('a TLS listener chooses certificate and virtual hosts by server name, and HTTP/2 by ALPN', async () => {
  const { set, refusals } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port, [chain('a.test'), chain('b.test')])))
  const ca = authority.certificate
  expect(await getHttp2(`https://${address}:${port}`, { ca, servername: 'a.test' })).toBe(
    '2.0 https a.test 1',
  )
  expect(await getHttp2(`https://${address}:${port}`, { ca, servername: 'b.test' })).toBe(
    '2.0 https b.test 1',
  )
  await new Promise((resolve) => {
    const socket = connectTls({ host: address, port, ca, servername: 'c.test' })
    socket.on('error', resolve)
  })
  expect(refusals).toEqual(['tls-handshake'])
})

test('a new snapshot is seen by requests on a connection that stays open', async () => {
  const { set } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const socket = connect(port, address)
  const ask = () =>
    new Promise<string>((resolve) => {
      socket.once('data', (chunk) => resolve(String(chunk)))
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    })
  expect(await ask()).toContain('1.1 http clear 1')
  await set.publish(snapshot(2, listenerOn(port, [], 'other')))
  expect(await ask()).toContain('1.1 http other 2')
  socket.destroy()
})

test('a listener that is gone takes no connections but ends what it began', async () => {
  const { set, pending } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const held = get(port, '/held')
  while (pending.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await set.publish(snapshot(2))
  await expect(get(port)).rejects.toThrow('ECONNREFUSED')
  pending[0]?.()
  expect(await held).toBe('1.1 http clear 1')
})

test('a client that is slow to send a head is told so and cut', async () => {
  const { set, refusals } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, withHeadTimeout(listenerOn(port), 200)))
  expect(await talk(port, 'GET / HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1.1 408 /)
  expect(await talk(port, '')).toBe('')
  expect(refusals).toEqual(['request-timeout', 'silent'])
})

test('malformed bytes in the midst of an answer cut it and add nothing to it', async () => {
  const { set, refusals } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const chunked = 'POST /begun HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n'
  const answer = await talk(port, chunked, 'nonsense\r\n')
  expect(answer.match(/HTTP\/1/g)).toHaveLength(1)
  expect(answer).toContain('first part')
  expect(refusals).toEqual(['malformed'])
})

test('draining closes connections that wait for a request', async () => {
  const { set } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const agent = new Agent({ keepAlive: true })
  await new Promise<void>((resolve) => {
    httpRequest({ host: address, port, agent }, (response) => {
      response.resume().on('end', resolve)
    }).end()
  })
  const drained = await Promise.race([
    set.drain(60_000).then(() => 'drained'),
    new Promise((resolve) => setTimeout(resolve, 5_000, 'waits')),
  ])
  expect(drained).toBe('drained')
  agent.destroy()
})

test('draining waits for open requests', async () => {
  const { set, pending } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const held = get(port, '/held')
  while (pending.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const drained = set.drain(10_000)
  pending[0]?.()
  expect(await held).toBe('1.1 http clear 1')
  await drained
})

const head = 'GET / HTTP/1.1\r\nhost: x\r\n'
test.each([
  ['a bare line feed', 'GET / HTTP/1.1\nhost: x\n\n', '400', 'malformed'],
  [
    'a length and chunks at once',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n',
    '400',
    'malformed',
  ],
  [
    'two different lengths',
    `${head}content-length: 1\r\ncontent-length: 2\r\n\r\n`,
    '400',
    'malformed',
  ],
  ['a folded header', `${head}a: b\r\n c\r\n\r\n`, '400', 'malformed'],
  ['an oversized head', `${head}a: ${'b'.repeat(9000)}\r\n\r\n`, '431', 'headers-too-large'],
  ['an unknown method', 'FOO / HTTP/1.1\r\nhost: x\r\n\r\n', '400', 'malformed'],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n', '405', 'connect'],
])('%s is refused with an answer and counted', async (_name, text, status, reason) => {
  const { set, refusals } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  expect(await talk(port, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(refusals).toEqual([reason])
})

test('connections above the limit are closed at once and counted', async () => {
  const { set, refusals } = createSubject(1)
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const held = connect(port, address)
  await new Promise((resolve) => held.once('connect', resolve))
  held.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await new Promise((resolve) => held.once('data', resolve))
  expect(await talk(port, head)).toBe('')
  expect(refusals).toEqual(['too-many-connections'])
  held.destroy()
})

test('an upgrade to h2c is an ordinary request', async () => {
  const { set } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  const upgrade = 'connection: upgrade, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n'
  expect(await talk(port, head + upgrade)).toMatch(/^HTTP\/1.1 200 OK.*1.1 http clear 1/s)
})

test('a rapid succession of resets ends the HTTP/2 connection', async () => {
  const { set, refusals } = createSubject()
  const port = await findFreePort(address)
  await set.publish(snapshot(1, listenerOn(port)))
  await new Promise<void>((resolve) => {
    const session = connectHttp2(`http://${address}:${port}`)
    session.on('error', () => undefined)
    session.on('close', () => resolve())
    const burst = () => {
      for (let count = 0; count < 100 && !session.destroyed && !session.closed; count++) {
        const stream = session.request({ ':path': '/held' })
        stream.on('error', () => undefined)
        stream.close(8)
      }
      if (!session.destroyed) setImmediate(burst)
    }
    session.on('connect', burst)
  })
  // The server's side of the connection may end after the client's.
  await expect.poll(() => refusals).toContain('http2-protocol-error')
})
