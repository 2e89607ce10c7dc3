import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AddressResolver } from '../../lib/upstream-address/address-resolver.ts'
import { TlsContexts } from '../dialing/tls-contexts.ts'
import { createBackend, createEndpoint } from '../testing/backend-nodes.ts'
import { createFetchKeySet } from './fetch-key-set.ts'

const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })

let server: Server
let answer: RequestListener
beforeAll(async () => {
  server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function fetchFrom(listener: RequestListener, signal = new AbortController().signal) {
  answer = listener
  const fetch = createFetchKeySet({
    resolver: new AddressResolver(() => undefined, Date.now),
    guard: () => undefined,
    contexts: new TlsContexts({ extraAuthorities: [], findSecretValue: () => undefined }),
  })
  const endpoint = createEndpoint('e', { port: (server.address() as AddressInfo).port })
  const backend = createBackend('idp', [endpoint], [])
  return fetch({ url: 'http://idp.example:1/keys?a=b', backend, endpoint }, signal)
}

test('keys are read from where the URL says', async () => {
  const asked: (string | undefined)[] = []
  const keys = await fetchFrom((request, response) => {
    asked.push(request.method, request.url, request.headers.host)
    response.end(JSON.stringify({ keys: [jwk, { kty: 'oct', k: 'A'.repeat(64) }] }))
  })
  expect(keys).toEqual([jwk])
  expect(asked).toEqual(['GET', '/keys?a=b', 'idp.example:1'])
})

const failures: Readonly<Record<string, RequestListener>> = {
  'it answered 302': (_request, response) =>
    response.writeHead(302, { location: 'http://127.0.0.1/' }).end(),
  'it answered 500': (_request, response) => response.writeHead(500).end('secret'),
  'it is larger than 262144 bytes': (_request, response) => {
    response.write('x'.repeat(300_000))
  },
  'it is neither PEM nor JSON': (_request, response) => response.end('<html>'),
  'it has no key that can verify tokens': (_request, response) => response.end('{"keys":[]}'),
  aborted: (_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{', () => response.destroy())
  },
  'socket hang up': (request) => request.socket.destroy(),
}

test.each(Object.entries(failures))('an answer that is of no use: %s', async (reason, listener) => {
  await expect(fetchFrom(listener)).rejects.toThrow(reason)
})

test('a fetch that is given up ends at once', async () => {
  const stopped = new AbortController()
  const fetching = fetchFrom(() => stopped.abort(), stopped.signal)
  await expect(fetching).rejects.toThrow('longer')
})
