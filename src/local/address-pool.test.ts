import { expect, test } from 'vitest'
import { type AddressPool, parseAddressPool } from './address-pool.ts'

const pool = (text: string) => parseAddressPool(text) as AddressPool

test('a pool gives its addresses in order, without 127.0.0.1', () => {
  expect(pool('127.0.0.0/8').next(new Set())).toBe('127.0.0.2')
  expect(pool('127.0.0.0/8').next(new Set(['127.0.0.2', '127.0.0.3']))).toBe('127.0.0.4')
})

test('a pool that is used up gives nothing', () => {
  expect(pool('10.0.0.0/30').next(new Set(['10.0.0.1', '10.0.0.2']))).toBeUndefined()
})

test('a pool of one address is shared', () => {
  expect(pool('127.0.0.1/32').next(new Set(['127.0.0.1']))).toBe('127.0.0.1')
})

test('a pool knows its own addresses', () => {
  expect(pool('127.1.0.0/16').contains('127.1.2.3')).toBe(true)
  expect(pool('127.1.0.0/16').contains('127.2.0.1')).toBe(false)
})

test.each(['', '127.0.0.0/33', 'localhost/8', '::1/128', '1.2.3.4/8/9', '1.2.3.4/x'])(
  '%j is refused with a sentence',
  (text) => {
    expect(parseAddressPool(text)).toContain('is no IPv4 range')
  },
)
