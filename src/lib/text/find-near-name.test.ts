import { expect, test } from 'vitest'
import { findNearName } from './find-near-name.ts'

const names = ['promptGuard', 'promptEnrichment', 'routeType', 'type', 'a', 'ok']

test.each([
  ['promptGaurd', 'promptGuard'],
  ['promtGuard', 'promptGuard'],
  ['promptGuards', 'promptGuard'],
  ['PROMPTGUARD', 'promptGuard'],
  ['pronptGuaard', 'promptGuard'],
  ['tpye', 'type'],
  ['tyqe', 'type'],
  ['rotetpe', 'routeType'],
])('%s is near %s', (name, near) => {
  expect(findNearName(name, names)).toBe(near)
})

test.each(['prompt', 'tqqe', 'rouTpye', 'b', 'oj', '', 'promptGuardrails'])(
  '%j is near nothing',
  (name) => {
    expect(findNearName(name, names)).toBeUndefined()
  },
)

test('of several the nearest counts, and the first of those that are as near', () => {
  expect(findNearName('request', ['requests', 'bequest', 'request2'])).toBe('requests')
  expect(findNearName('rquest', ['quest', 'request'])).toBe('quest')
  expect(findNearName('reqests', ['request', 'requests'])).toBe('requests')
})
