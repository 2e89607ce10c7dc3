import { expect, test } from 'vitest'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { ServiceCall } from '../../policies/policy.ts'
import { createBackend, createEndpoint } from '../testing/compiled-parts.ts'
import { type GatewayFixture, portOf, startGateway } from '../testing/gateway-fixture.ts'
import { startRawServer } from '../testing/raw-bytes.ts'
import { ServiceCaller } from './service-caller.ts'

const call: ServiceCall = {
  method: 'POST',
  path: '/request?a=b',
  headers: new HeaderList(['host', 'guard.example:8000', 'content-type', 'application/json']),
  body: Buffer.from('{"text":"Hi"}'),
  timeoutMs: 2_000,
  maxAnswerBytes: 1000,
  signal: new AbortController().signal,
}

async function start(listener: Parameters<GatewayFixture['upstream']>[0]) {
  const gateway = await startGateway([1])
  const server = await gateway.upstream(listener)
  return callerOf(gateway, portOf(server))
}

function callerOf({ services }: GatewayFixture, port: number): ServiceCaller {
  const caller = new ServiceCaller(services.backends, services.timers)
  caller.use({ backends: new Map([['guard', createBackend([createEndpoint(port)])]]) })
  return caller
}

test('a service gets the call as it is and answers whole', async () => {
  const caller = await start((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => {
      const { method, url, headers } = request
      response.writeHead(201, { 'x-answer': 'yes' })
      response.write(JSON.stringify({ method, url, host: headers.host }))
      response.end(body)
    })
  })
  const answer = await caller.callBackend('guard', call)
  if ('code' in answer) throw new Error(answer.message)
  expect([answer.status, answer.headers.get('x-answer'), answer.body.toString()]).toEqual([
    201,
    'yes',
    '{"method":"POST","url":"/request?a=b","host":"guard.example:8000"}{"text":"Hi"}',
  ])
})

test.each<[string, Partial<ServiceCall>, string]>([
  ['is too slow', { timeoutMs: 50 }, 'upstream-timeout'],
  ['is no longer wanted', { signal: AbortSignal.abort() }, 'client-closed'],
  ['is given up on the way', { signal: AbortSignal.timeout(50) }, 'client-closed'],
])('a call that %s ends with an error', async (_name, changes, code) => {
  const caller = await start(() => undefined)
  expect(await caller.callBackend('guard', { ...call, ...changes })).toMatchObject({ code })
})

test('an answer that is too large is an error', async () => {
  const caller = await start((_request, response) => response.end('x'.repeat(1001)))
  expect(await caller.callBackend('guard', call)).toMatchObject({ code: 'upstream-protocol-error' })
})

test('a service that is no more in the configuration is asked by whoever began before', async () => {
  const caller = await start((_request, response) => response.end('asked'))
  await caller.callBackend('guard', call)
  caller.use({ backends: new Map() })
  expect(await caller.callBackend('guard', call)).toMatchObject({ status: 200 })
  expect(await caller.callBackend('other', call)).toMatchObject({ code: 'backend-not-found' })
})

test('a service that nobody knows or that is not there is an error', async () => {
  const gateway = await startGateway([1])
  const closed = await startRawServer(() => undefined)
  closed.close()
  const caller = callerOf(gateway, closed.port)
  expect(await caller.callBackend('other', call)).toMatchObject({ code: 'backend-not-found' })
  expect(await caller.callBackend('guard', call)).toMatchObject({
    code: 'upstream-connect-failure',
  })
})

test('a call goes out once more when the kept connection has died', async () => {
  let connections = 0
  const server = await startRawServer((socket) => {
    connections += 1
    const isFirst = connections === 1
    let requests = 0
    socket.on('data', () => {
      requests += 1
      if (isFirst && requests === 2) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    })
  })
  const gateway = await startGateway([1])
  const caller = callerOf(gateway, server.port)
  for (let count = 0; count < 2; count += 1) {
    expect(await caller.callBackend('guard', call)).toMatchObject({ status: 200 })
  }
  expect(connections).toBe(2)
})
