import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../testing/start-api.ts'

test('simulate says where it listens, answers there, and frees its port when it is stopped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-simulate-'))
  let output = ''
  let place = { address: '', port: 0 }
  let status: number | undefined
  const result = await runCommand(['simulate', '--port', '0', '--data-dir', folder], {
    terminal: {
      out: (text) => {
        output += text
      },
      err: () => undefined,
    },
    untilStopped: async () => {
      const [, address = '', port = ''] = /https:\/\/([\d.]+):(\d+)/.exec(output) ?? []
      place = { address, port: Number(port) }
      const call = request({
        ...{ host: address, port: Number(port), path: '/v1/models', agent: false },
        servername: 'api.openai.com',
        ca: readFileSync(join(folder, 'ca.crt')),
        headers: { host: 'api.openai.com', authorization: 'Bearer sk-test-0123456789' },
      }).end()
      const [response] = await once(call, 'response')
      status = response.statusCode
      response.resume()
      await once(response, 'end')
    },
  })
  expect(result.code).toBe(0)
  expect(status).toBe(200)
  expect(output).toContain('  api.openai.com\n')
  expect(output).toContain(`--cacert ${join(folder, 'ca.crt')}`)
  expect(output).toMatch(/Requests that arrived: http:\/\/127\.0\.0\.1:\d+\/requests/)
  const [error] = await once(connect(place.port, place.address), 'error')
  expect(error.code).toBe('ECONNREFUSED')
  rmSync(folder, { recursive: true })
})

test('a port in use is told in words', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = String((server.address() as AddressInfo).port)
  const { code, err } = await runCommand(['simulate', '--port', port, '--data-dir', ':memory:'])
  expect(code).toBe(1)
  expect(err).toBe(
    `sluice: 127.0.0.1:${port} is in use; choose another with --port or --control-port\n`,
  )
  server.close()
})

test('flags that make no sense are refused before anything starts', async () => {
  const { code, err } = await runCommand(['simulate', '--port', 'many'])
  expect(code).toBe(1)
  expect(err).toContain('Write a port from 0 to 65535.')
})
