import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFreePort } from '../../../../src/lib/http/testing/free-port.ts'
import { waitUntil } from '../../../harness/wait-until.ts'
import { answerStatus, staticHosts, type TestHost, UpstreamBench } from './upstream-bench.ts'

let bench: UpstreamBench
beforeAll(async () => {
  bench = await UpstreamBench.start()
})
afterAll(() => bench.stop())

/** A server that takes connections and never says anything. */
async function startSilentServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const port = await findFreePort()
  const server = createServer((socket) => socket.on('error', () => undefined))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { server, port }
}

test('an upstream that does not take the connection in time counts as failed', async () => {
  const { server, port } = await startSilentServer()
  const spec = (connectTimeout: string) => ({
    // The handshake belongs to the connection, and this server never answers it.
    static: { hosts: [{ addr: '127.0.0.1', port }], useTls: true },
    connectionConfig: { connectTimeout },
  })
  const timeOf = async (name: string) => {
    const start = performance.now()
    const { status, body } = await bench.edge.call(name, '/')
    expect(status).toBe(503)
    expect(body).toContain('connection timeout')
    return performance.now() - start
  }
  await bench.serve('soon', spec('0.1s'))
  await bench.serve('late', spec('1s'))
  const [soon, late] = await Promise.all([timeOf('soon'), timeOf('late')])
  expect(soon).toBeGreaterThanOrEqual(99)
  expect(late).toBeGreaterThanOrEqual(999)
  expect(soon).toBeLessThan(late)
  server.close()
})

/** Counts the connections that a host takes, and those that are open. */
function watchConnections(host: TestHost) {
  const counts = { taken: 0, open: 0 }
  host.server.on('connection', (socket) => {
    counts.taken += 1
    counts.open += 1
    socket.on('close', () => {
      counts.open -= 1
    })
  })
  return counts
}

/** The timers of this machine's connections to a port, as Linux shows them; 2 is a keepalive timer. */
function keepaliveTimersTo(port: number): string[] {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , to = '', state]) => to.endsWith(remote) && state === '01')
    .map((fields) => fields[5]?.split(':')[0] ?? '')
}

test('connections to an upstream end after the requests and the idle time allowed', async () => {
  const { few, idle, kept, wordy } = await bench.hosts('few', 'idle', 'kept', 'wordy')
  const serve = (host: TestHost, connectionConfig: object) =>
    bench.serve(host.name, { static: { hosts: staticHosts(host) }, connectionConfig })

  const fewConnections = watchConnections(few)
  await serve(few, { maxRequestsPerConnection: 2 })
  await bench.ask('few', 6)
  expect(fewConnections.taken).toBe(3)

  const idleConnections = watchConnections(idle)
  const keptConnections = watchConnections(kept)
  await serve(idle, { commonHttpProtocolOptions: { idleTimeout: '0.2s' } })
  await serve(kept, { tcpKeepalive: { keepaliveTime: '7s' } })
  await bench.ask('kept', 2)
  await bench.ask('idle', 1)
  await waitUntil('the idle connection to end', () => idleConnections.open === 0)
  expect(keptConnections).toEqual({ taken: 1, open: 1 })
  if (process.platform === 'linux') expect(keepaliveTimersTo(kept.port)).toContain('02')

  wordy.answer = (request, response) => {
    const count = Number(request.headers['x-count'])
    for (let index = 0; index < count; index += 1) response.setHeader(`x-${index}`, 'v')
    response.end('ok')
  }
  await serve(wordy, { commonHttpProtocolOptions: { maxHeadersCount: 20 } })
  expect(await bench.ask('wordy', 1, { 'x-count': '5' })).toEqual(['ok'])
  const { status, body } = await bench.edge.call('wordy', '/', { headers: { 'x-count': '21' } })
  expect(status).toBe(502)
  expect(body).toContain('too many headers')
})

test('requests above the limits of an upstream are refused at once', async () => {
  const held: (() => void)[] = []
  const { slow, failing } = await bench.hosts('slow', 'failing')
  slow.answer = (_request, response) => void held.push(() => response.end('ok'))
  const refusedOf = async (name: string, circuitBreakers: object, refused: number) => {
    await bench.serve(name, { static: { hosts: staticHosts(slow) }, circuitBreakers })
    const answers: number[] = []
    const calls = Array.from({ length: 4 }, async () => {
      const { status } = await bench.edge.call(name, '/')
      answers.push(status)
    })
    // Those refused are answered while the others are still held.
    await waitUntil(`${refused} refusals`, () => answers.length === refused)
    expect(answers).toEqual(Array(refused).fill(503))
    await waitUntil('the others to end', () => {
      for (const end of held.splice(0)) end()
      return answers.length === 4
    })
    await Promise.all(calls)
    expect(answers.filter((status) => status === 200)).toHaveLength(4 - refused)
  }
  await refusedOf('max-requests', { maxRequests: 1 }, 3)
  await refusedOf('max-pending', { maxConnections: 1, maxPendingRequests: 1 }, 2)
  const taken = watchConnections(slow)
  await refusedOf('max-connections', { maxConnections: 2, maxPendingRequests: 0 }, 2)
  expect(taken.taken).toBe(2)

  failing.answer = answerStatus(503)
  const retries = { retries: { retryOn: '5xx', numRetries: 2 } }
  const triesOf = async (name: string, circuitBreakers: object) => {
    failing.paths.length = 0
    await bench.serve(name, { static: { hosts: staticHosts(failing) }, circuitBreakers }, retries)
    await bench.ask(name, 1)
    return failing.paths.length
  }
  expect(await triesOf('retried', {})).toBe(3)
  expect(await triesOf('max-retries', { maxRetries: 0 })).toBe(1)
})
