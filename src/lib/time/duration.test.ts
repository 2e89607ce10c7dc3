import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'

test.each([
  ['0', 0],
  ['0s', 0],
  ['15s', 15_000],
  ['0.5s', 500],
  ['.25s', 250],
  ['1.s', 1_000],
  ['1m30s', 90_000],
  ['1h0m0.001s', 3_600_001],
  ['250ms', 250],
  ['1500us', 1.5],
  ['1500µs', 1.5],
  ['100ns', 0.0001],
  ['0.1s0.2s', 300],
  ['-2s', -2_000],
  ['+2s', 2_000],
])('%s is %d ms', (text, expected) => {
  expect(parseDuration(text)).toBe(expected)
})

test.each(['', 's', '15', '15 s', '15S', '1d', 'abc', '1m30', '--1s', '1e3s', '+', '.s'])(
  '%j is not a duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)
