import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApiUnderTest, startApi } from '../testing/start-api.ts'

let api: ApiUnderTest
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const gatewayService = {
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: { name: 'gateway-proxy', namespace: 'gloo-system' },
  spec: {
    type: 'LoadBalancer',
    ports: [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
    ],
  },
  status: { loadBalancer: { ingress: [{ ip: '127.1.2.3' }] } },
}

test('proxy url and address read the address of the Service', async () => {
  expect((await api.run('glooctl', 'proxy', 'url')).err).toContain(
    "could not detect 'gateway-proxy' service in gloo-system namespace",
  )
  api.create(gatewayService)
  expect((await api.run('glooctl', 'proxy', 'url')).out).toBe('http://127.1.2.3:80\n')
  const https = ['--name', 'gateway-proxy', '--port', 'https']
  expect((await api.run('glooctl', 'proxy', 'url', ...https)).out).toBe('https://127.1.2.3:443\n')
  expect((await api.run('glooctl', 'proxy', ...https, 'address')).out).toBe('127.1.2.3:443\n')
  const other = await api.run('glooctl', 'proxy', 'url', '--port', 'grpc')
  expect(other.err).toContain('named port grpc not found')
})

test('version tells of client and server', async () => {
  const json = JSON.parse((await api.run('glooctl', 'version')).out)
  expect(json).toMatchObject({
    client: { version: '0.1.0' },
    server: [{ kubernetes: { containers: [{ Name: 'sluice', Tag: '0.1.0' }] }, type: 'Gateway' }],
  })
  const table = await api.run('glooctl', 'version', '-o', 'table')
  expect(table.out).toContain('Client version: 0.1.0\nServer version:\n+--')
  expect(table.out).toContain('sluice: 0.1.0')
})

test('add route puts a route first, into a VirtualService of its own if need be', async () => {
  const add = ['glooctl', 'add', 'route', '-n', 'default', '--dest-name', 'openai']
  await api.run(...add, '--path-prefix', '/a', '--prefix-rewrite', '/v1')
  const second = await api.run(...add, '--path-exact', '/b')
  expect(second.out).toContain('/b -> gloo-system.openai')
  const found = api.find('gateway.solo.io/v1', 'VirtualService', 'default')
  expect(found).toMatchObject({
    spec: {
      virtualHost: {
        routes: [
          { matchers: [{ exact: '/b' }] },
          { matchers: [{ prefix: '/a' }], options: { prefixRewrite: '/v1' } },
        ],
      },
    },
  })
  const none = await api.run(...add)
  expect(none.err).toContain('give one of --path-prefix')
})

test('its help names it as people call it', async () => {
  const { code, out } = await api.run('glooctl', 'create', 'secret', 'header', '--help')
  expect(code).toBe(0)
  expect(out).toContain('Usage: glooctl create secret header [options] [name]')
  expect(out).toContain('--kubeconfig')
  expect(out).toContain('Examples:')
  const unknown = await api.run('glooctl', 'delete')
  expect(unknown.code).toBe(1)
  expect(unknown.err).toContain('delete')
})
