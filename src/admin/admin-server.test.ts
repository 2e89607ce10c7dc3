import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonAnswer, textAnswer } from './admin-route.ts'
import { type AdminServer, createAdminServer } from './admin-server.ts'

let server: AdminServer
beforeAll(async () => {
  server = await createAdminServer({
    address: { host: '127.0.0.1', port: 0 },
    token: 'secret',
    onError: () => undefined,
    routes: [
      { method: 'GET', path: '/healthz', public: true, handle: () => textAnswer(200, 'ok') },
      { method: 'GET', path: '/config', public: false, handle: () => jsonAnswer({ a: 1 }) },
      {
        method: 'GET',
        path: '/broken',
        public: true,
        handle: () => {
          throw new Error('no')
        },
      },
    ],
  })
})
afterAll(() => server.close())

function call(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { port } = server
  return new Promise<number | undefined>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
      .on('error', reject)
      .end()
  })
}
const authorization = 'Bearer secret'

test('health answers without the token and configuration only with it', async () => {
  expect(await call('/healthz')).toBe(200)
  expect(await call('/config')).toBe(401)
  expect(await call('/config', { authorization: 'Bearer wrong!' })).toBe(401)
  expect(await call('/config', { authorization })).toBe(200)
})

test('what is not there is told only to those with the token', async () => {
  expect(await call('/nothing')).toBe(401)
  expect(await call('/nothing', { authorization })).toBe(404)
  expect(await call('/config', { authorization }, 'DELETE')).toBe(405)
})

test.each([
  [{ origin: 'https://evil.example' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ host: 'evil.example' }, 421],
  [{ host: 'localhost:15000' }, 200],
])('a page elsewhere cannot call it: %j', async (headers, status) => {
  expect(await call('/healthz', headers)).toBe(status)
})

test('a failing route answers 500 and the server lives on', async () => {
  expect(await call('/broken')).toBe(500)
  expect(await call('/healthz')).toBe(200)
})
