import { expect, test } from 'vitest'
import { createServeCommand, parseResolveOverride, type ServeOptions } from './serve-options.ts'

async function parse(simulated: boolean, ...flags: string[]): Promise<ServeOptions> {
  let parsed: ServeOptions | undefined
  const command = createServeCommand(simulated, async (options) => {
    parsed = options
  })
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .parseAsync(flags, {
      from: 'user',
    })
  return parsed as ServeOptions
}

test('flags that may be repeated are collected', async () => {
  const options = await parse(false, '-f', 'a', '-f', 'b', '--cacert', 'x', '--cacert', 'y')
  expect(options).toMatchObject({ filename: ['a', 'b'], cacert: ['x', 'y'] })
})

test('upstreams on this machine are allowed in dev only, unless asked for', async () => {
  expect((await parse(true)).allowLoopbackUpstreams).toBe(true)
  expect((await parse(false)).allowLoopbackUpstreams).toBe(false)
  expect((await parse(false, '--allow-loopback-upstreams')).allowLoopbackUpstreams).toBe(true)
})

test.each([
  [
    'api.test:443:127.0.0.1',
    { host: 'api.test', port: 443, address: '127.0.0.1', targetPort: undefined },
  ],
  [
    'API.test:443:127.0.0.1:8443',
    { host: 'api.test', port: 443, address: '127.0.0.1', targetPort: 8443 },
  ],
  ['a:1:[::1]:2', { host: 'a', port: 1, address: '::1', targetPort: 2 }],
])('--resolve %s', (text, override) => {
  expect(parseResolveOverride(text)).toEqual(override)
})

test.each([
  ['--workers', '0'],
  ['--bind', 'localhost'],
  ['--kube-api', '16443'],
  ['--resolve', 'a:b'],
  ['--drain-seconds', '-1'],
])('%s %s is refused', async (flag, value) => {
  await expect(parse(false, flag, value)).rejects.toThrow(/invalid/)
})
