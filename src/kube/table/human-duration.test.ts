import { expect, test } from 'vitest'
import { humanDuration } from './human-duration.ts'

test.each([
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [192, '3m12s'],
  [3600, '60m'],
  [3 * 3600 + 60, '3h1m'],
  [86_400, '24h'],
  [2 * 86_400 + 5 * 3600, '2d5h'],
  [40 * 86_400, '40d'],
  [3 * 31_536_000 + 40 * 86_400, '3y40d'],
  [9 * 31_536_000, '9y'],
  [-30, '<invalid>'],
])('%d seconds are %s', (seconds, expected) => {
  expect(humanDuration(seconds * 1000)).toBe(expected)
})
