import { randomInt } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../../src/lib/http/testing/free-port.ts'
import { callHttp } from '../harness/http-call.ts'
import { waitUntil } from '../harness/wait-until.ts'
import {
  type HostileGateway,
  routesManifest,
  startHostileGateway,
  upstreamManifest,
} from './hostile-gateway.ts'

const answerOnce = (bytes: string) => (socket: Socket) => {
  socket.once('data', () => socket.write(bytes, 'latin1'))
}
const endAfter = (bytes: string) => (socket: Socket) => {
  socket.once('data', () => socket.end(bytes, 'latin1'))
}
const head = 'HTTP/1.1 200 OK\r\n'

interface Misbehaviour {
  readonly name: string
  readonly treat: (socket: Socket) => void
  /** 0: the head came, and then the answer was cut. */
  readonly status: number
  readonly error: string
  readonly flags: string
}

const misbehaviours: readonly Misbehaviour[] = [
  {
    name: 'reset',
    treat: (socket) => socket.once('data', () => socket.resetAndDestroy()),
    ...{ status: 503, error: 'upstream-reset', flags: 'UC' },
  },
  { name: 'leave', treat: endAfter(''), status: 503, error: 'upstream-reset', flags: 'UC' },
  {
    name: 'silence',
    treat: (socket) => socket.resume(),
    status: 504,
    error: 'upstream-timeout',
    flags: 'UT',
  },
  {
    name: 'garbage',
    treat: endAfter('\0\x01\x02garbage\r\n\r\n'),
    ...{ status: 502, error: 'upstream-protocol-error', flags: 'UPE' },
  },
  {
    name: 'two-lengths',
    treat: answerOnce(`${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`),
    ...{ status: 502, error: 'upstream-protocol-error', flags: 'UPE' },
  },
  {
    name: 'huge-head',
    treat: answerOnce(`${head}X: ${'x'.repeat(100_000)}\r\n\r\n`),
    ...{ status: 502, error: 'upstream-protocol-error', flags: 'UPE' },
  },
  {
    name: 'short-body',
    treat: endAfter(`${head}Content-Length: 100\r\n\r\nshort`),
    ...{ status: 0, error: 'upstream-reset', flags: 'UC' },
  },
  {
    name: 'cut-chunks',
    treat: endAfter(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n`),
    ...{ status: 0, error: 'upstream-reset', flags: 'UC' },
  },
  {
    name: 'bad-chunk',
    treat: answerOnce(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nzz\r\n`),
    ...{ status: 0, error: 'upstream-protocol-error', flags: 'UPE' },
  },
  {
    name: 'stalled-body',
    treat: answerOnce(`${head}Content-Length: 100\r\n\r\nshort`),
    ...{ status: 0, error: 'upstream-timeout', flags: 'UT' },
  },
]

const servers: Server[] = []
const open = new Set<Socket>()
let gateway: HostileGateway

beforeAll(async () => {
  const ports = await Promise.all(misbehaviours.map(({ treat }) => listen(treat)))
  const refusing = await findFreePort()
  const upstreams = misbehaviours.map(({ name }, index) =>
    upstreamManifest(name, ports[index] ?? 0),
  )
  const names = [...misbehaviours.map(({ name }) => name), 'refuse', 'metadata', 'imds-over-ipv6']
  const own = [
    'own-admin',
    'own-kube',
    'own-gateway',
    'own-by-name',
    'own-by-any-address',
    'own-by-flag',
  ]
  const manifests = [
    ...upstreams,
    upstreamManifest('refuse', refusing),
    upstreamManifest('metadata', 80, '169.254.169.254'),
    upstreamManifest('imds-over-ipv6', 80, "'fd00:ec2::254'"),
    routesManifest([...names, ...own], 'options: { timeout: 1s }'),
  ]
  // The only address of its pool is known before the start, so that --resolve can lead to it.
  const address = `127.${randomInt(20, 250)}.${randomInt(1, 250)}.1`
  gateway = await startHostileGateway(manifests.join('---\n'), [
    ...['--address-pool', `${address}/32`],
    ...['--resolve', `own.test:80:${address}`],
  ])
  const { adminPort, kubePort } = gateway.sluice
  await gateway.kube.apply(
    [
      upstreamManifest('own-admin', adminPort),
      upstreamManifest('own-kube', kubePort),
      upstreamManifest('own-gateway', gateway.port, gateway.address),
      upstreamManifest('own-by-name', adminPort, 'localhost'),
      upstreamManifest('own-by-any-address', adminPort, '0.0.0.0'),
      upstreamManifest('own-by-flag', 80, 'own.test'),
    ].join('---\n'),
  )
})
afterAll(async () => {
  await waitUntil('every connection of clients to be closed', async () => {
    return (await gateway.metric('sluice_active_connections')) === 0
  })
  expect(await gateway.metric('sluice_active_requests')).toBe(0)
  await waitUntil('every connection upstream to be closed', () => open.size === 0)
  await gateway.stop()
  for (const server of servers) server.close()
})

async function listen(treat: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    treat(socket)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const call = (name: string) =>
  callHttp({ address: gateway.address, port: gateway.port, path: `/${name}` }).catch(() => ({
    status: 0,
    body: '',
  }))
const errors = (code: string) => gateway.metric('sluice_errors_total', `code="${code}"`)
const failedAttempts = (name: string) =>
  gateway.metric('sluice_upstream_attempts_total', `backend="default.${name}"`)

async function expectFailure({ name, status, error, flags }: Omit<Misbehaviour, 'treat'>) {
  const before = await errors(error)
  const answer = await call(name)
  expect(answer.status).toBe(status)
  const line = await gateway.logLine(({ path }) => path === `/${name}`)
  expect(line).toMatchObject({ error, flags, backend: `default.${name}`, status: status || 200 })
  expect(await errors(error)).toBe(before + 1)
  expect(await failedAttempts(name)).toBeGreaterThan(0)
  return answer
}

describe('an upstream that misbehaves has an answer, a flag and a metric:', () => {
  test.each(misbehaviours)('$name', async (misbehaviour) => {
    await expectFailure(misbehaviour)
  })

  test('refuse', async () => {
    await expectFailure({
      name: 'refuse',
      ...{ status: 503, error: 'upstream-connect-failure', flags: 'UF' },
    })
  })
})

describe('an upstream that may not be reached is not dialled:', () => {
  test.each([
    ['own-admin', "one of Sluice's own addresses"],
    ['own-kube', "one of Sluice's own addresses"],
    ['own-gateway', "one of Sluice's own addresses"],
    ['own-by-name', "one of Sluice's own addresses"],
    ['own-by-any-address', "one of Sluice's own addresses"],
    ['own-by-flag', "one of Sluice's own addresses"],
    ['metadata', 'a link-local or metadata address'],
    ['imds-over-ipv6', 'a link-local or metadata address'],
  ])('%s', async (name, text) => {
    await waitUntil('the route', async () => (await call(name)).status !== 503)
    const answer = await expectFailure({
      name,
      ...{ status: 502, error: 'upstream-forbidden', flags: 'NC' },
    })
    expect(answer.body).toContain(text)
  })
})
