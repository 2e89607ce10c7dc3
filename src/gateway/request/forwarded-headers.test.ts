import { expect, test } from 'vitest'
import { HeaderList } from '../../lib/http/header-list.ts'
import { createListener } from '../testing/compiled-parts.ts'
import { applyForwardedHeaders } from './forwarded-headers.ts'

function apply(
  flat: string[],
  peer = '203.0.113.9',
  changes: Parameters<typeof createListener>[0] = {},
) {
  const headers = new HeaderList(flat)
  const { http } = createListener(changes)
  const identity = applyForwardedHeaders(
    headers,
    { address: peer, scheme: 'http' },
    http,
    () => 'new',
  )
  return { headers, ...identity }
}

test('the peer is appended to every line of x-forwarded-for and is the client', () => {
  const { headers, clientAddress } = apply([
    'x-forwarded-for',
    '1.1.1.1',
    'x-forwarded-for',
    '2.2.2.2',
  ])
  expect(headers.getAll('x-forwarded-for')).toEqual(['1.1.1.1, 2.2.2.2, 203.0.113.9'])
  expect(clientAddress).toBe('203.0.113.9')
})

test('trusted proxies name the client', () => {
  const flat = ['x-forwarded-for', '1.1.1.1, 2.2.2.2']
  expect(apply([...flat], '10.0.0.1', { xffTrustedHops: 1 }).clientAddress).toBe('2.2.2.2')
  const behind = apply([...flat], '10.0.0.1', { useRemoteAddress: false })
  expect(behind.clientAddress).toBe('2.2.2.2')
  expect(behind.headers.get('x-forwarded-for')).toBe('1.1.1.1, 2.2.2.2')
})

test('a stranger cannot choose the request id, the scheme or what only the gateway says', () => {
  const { headers, requestId } = apply([
    ...['x-request-id', 'chosen', 'x-forwarded-proto', 'https', 'x-forwarded-proto', 'https'],
    ...['x-envoy-expected-rq-timeout-ms', '1'],
  ])
  expect(requestId).toBe('new')
  expect(headers.get('x-request-id')).toBe('new')
  expect(headers.getAll('x-forwarded-proto')).toEqual(['http'])
  expect(headers.has('x-envoy-expected-rq-timeout-ms')).toBe(false)
})

test('a client of the own network keeps its request id', () => {
  expect(apply(['x-request-id', 'chosen'], '10.1.2.3').requestId).toBe('chosen')
  expect(apply([], '10.1.2.3').requestId).toBe('new')
})
