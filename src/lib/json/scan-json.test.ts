import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countKeys } from './count-keys.ts'
import { scanJson } from './scan-json.ts'

test('text and value of any JSON have the same number of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 2)]) {
        expect(scanJson(text).keys).toBe(countKeys(JSON.parse(text)))
      }
    }),
  )
})

test('a key written twice counts twice in the text', () => {
  const text = '{"a":1,"b":{"c":"\\\\\\":{","c":2}}'
  expect(scanJson(text).keys).toBe(4)
  expect(countKeys(JSON.parse(text))).toBe(3)
})

test('depth is that of the deepest value', () => {
  expect(scanJson('{"a":[[1],{"b":"[[[["}]}').depth).toBe(3)
  expect(scanJson('"[[["').depth).toBe(0)
})

test('numbers that JavaScript would write otherwise are noticed, also at the end', () => {
  for (const number of ['1.0', '12345678901234567890', '1e3', '-0', '0.10', '1E-7', '1e400']) {
    expect(scanJson(number).hasUnusualNumbers, number).toBe(true)
    expect(scanJson(`{"a":[1,${number} ]}`).hasUnusualNumbers, number).toBe(true)
  }
  for (const text of [
    '1',
    '-1',
    '0',
    '0.25',
    '[1,2.5,-3]',
    '"1.0"',
    '{"1.0":1e21}',
    '9007199254740991',
  ]) {
    expect(scanJson(text).hasUnusualNumbers, text).toBe(text.includes('1e21'))
  }
})
