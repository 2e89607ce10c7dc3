import { describe, expect, test } from 'vitest'
import { createAddressGuard } from './address-guard.ts'
import { AddressResolver, type LookUp } from './address-resolver.ts'

const guard = createAddressGuard({
  allowLoopback: false,
  forbiddenAddresses: ['127.0.0.1:15000', '0.0.0.0:8080', '[::1]:16443'],
  localAddresses: ['192.0.2.7'],
})

test.each([
  ['169.254.169.254', 80],
  ['fe80::1', 80],
  ['fe80::1%eth0', 80],
  ['fd00:ec2::254', 80],
  ['100.100.100.200', 80],
  ['192.0.0.192', 80],
  ['168.63.129.16', 80],
  ['fd00:0ec2:0::254', 80],
  ['::ffff:169.254.169.254', 80],
  ['127.0.0.1', 9000],
  ['127.9.9.9', 9000],
  ['0.0.0.0', 9000],
  ['::1', 9000],
  ['::', 9000],
  ['::ffff:127.0.0.1', 9000],
  ['192.0.2.7', 8080],
])('%s:%i is not dialled', (address, port) => {
  expect(guard({ address, port, trusted: false })).toBeTypeOf('string')
})

test.each([
  ['93.184.216.34', 443],
  ['10.0.0.1', 8080],
  ['192.0.2.7', 443],
  ['2001:db8::1', 443],
])('%s:%i is dialled', (address, port) => {
  expect(guard({ address, port, trusted: false })).toBeUndefined()
})

test('an override opens loopback, but neither own ports nor metadata services', () => {
  expect(guard({ address: '127.0.0.1', port: 9000, trusted: true })).toBeUndefined()
  expect(guard({ address: '127.0.0.1', port: 15_000, trusted: true })).toContain('own addresses')
  expect(guard({ address: '0.0.0.0', port: 15_000, trusted: true })).toContain('own addresses')
  expect(guard({ address: '::1', port: 16_443, trusted: true })).toContain('own addresses')
  expect(guard({ address: '127.3.3.3', port: 8080, trusted: true })).toContain('own addresses')
  expect(guard({ address: '169.254.1.1', port: 80, trusted: true })).toContain('metadata')
})

describe('names', () => {
  let lookUps = 0
  const lookUp: LookUp = (host, callback) => {
    lookUps += 1
    if (host === 'nowhere.test') callback(new Error('ENOTFOUND'), [])
    else callback(null, ['192.0.2.1', '192.0.2.2'])
  }
  let nowMs = 0
  const resolver = new AddressResolver(lookUp, () => nowMs)
  const resolve = (host: string, port = 443) => {
    let found: { address?: string; port?: number; error?: string } = {}
    resolver.resolve(host, port, (error, address) => {
      found = error === null ? { ...address } : { error: error.message }
    })
    return found
  }

  test('are asked for once in five seconds and used in turn', () => {
    expect(['a.test', 'A.test', 'a.test'].map((host) => resolve(host).address)).toEqual([
      ...['192.0.2.1', '192.0.2.2', '192.0.2.1'],
    ])
    expect(lookUps).toBe(1)
    nowMs = 5_001
    resolve('a.test')
    expect(lookUps).toBe(2)
  })

  test('that do not exist are errors', () => {
    expect(resolve('nowhere.test')).toEqual({ error: 'ENOTFOUND' })
  })

  test('lead where an override says, for its port alone', () => {
    resolver.setOverrides([
      {
        ...{ host: 'api.openai.com', port: 443, trusted: true },
        targets: [{ address: '127.0.0.1', port: 8443 }],
      },
      {
        ...{ host: 'svc.local', port: undefined, trusted: false },
        targets: [
          { address: '127.0.0.2', port: undefined },
          { address: '127.0.0.3', port: 81 },
        ],
      },
    ])
    expect(resolve('API.openai.com')).toMatchObject({ address: '127.0.0.1', port: 8443 })
    expect(resolve('api.openai.com', 80)).toMatchObject({ address: '192.0.2.1', port: 80 })
    expect(resolve('svc.local', 99)).toMatchObject({ address: '127.0.0.2', port: 99 })
    expect(resolve('svc.local', 99)).toMatchObject({ address: '127.0.0.3', port: 81 })
    expect(resolve('svc.local', 99)).toMatchObject({ address: '127.0.0.2', trusted: false })
  })

  test('that an override leads nowhere are asked of nobody', () => {
    const before = lookUps
    resolver.setOverrides([{ host: 'a.test', port: undefined, targets: [], trusted: false }])
    expect(resolve('a.test')).toEqual({ error: 'a.test:443 has no endpoint that is ready' })
    expect(lookUps).toBe(before)
  })

  test('that lead elsewhere than before are told', () => {
    const to = (address: string) => ({
      ...{ host: 'Moved.test', port: 80, trusted: true },
      targets: [{ address, port: undefined }],
    })
    const moving = new AddressResolver(
      () => undefined,
      () => 0,
    )
    expect([...moving.setOverrides([to('192.0.2.1')])]).toEqual(['moved.test'])
    expect([...moving.setOverrides([to('192.0.2.1')])]).toEqual([])
    expect([...moving.setOverrides([to('192.0.2.2')])]).toEqual(['moved.test'])
    expect([...moving.setOverrides([])]).toEqual(['moved.test'])
  })

  test('that an override gives instead of an address are looked up', () => {
    resolver.setOverrides([
      {
        ...{ host: 'db.ns.svc', port: undefined, trusted: false },
        targets: [{ address: 'a.test', port: undefined }],
      },
    ])
    expect(resolve('db.ns.svc', 5432)).toMatchObject({ port: 5432, trusted: false })
    expect(resolve('db.ns.svc', 5432).address).toMatch(/^192\.0\.2\./)
  })
})
