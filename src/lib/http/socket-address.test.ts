import { expect, test } from 'vitest'
import { formatSocketAddress, parseSocketAddress } from './socket-address.ts'

test.each([
  ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
  ['[::1]:8080', { host: '::1', port: 8080 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
])('%s is read and written back', (text, address) => {
  expect(parseSocketAddress(text)).toEqual(address)
  expect(formatSocketAddress(address)).toBe(text)
})

test.each(['80', '::1:80', 'host:', 'host:99999', 'a b:1', ''])(
  '%j is no socket address',
  (text) => {
    expect(parseSocketAddress(text)).toBeUndefined()
  },
)
