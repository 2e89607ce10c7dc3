import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countKeysInText, countKeysInValue } from './count-keys.ts'

test('text and value of any JSON have the same number of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 2)]) {
        expect(countKeysInText(text).keys).toBe(countKeysInValue(JSON.parse(text)))
      }
    }),
  )
})

test('a key written twice counts twice in the text', () => {
  const text = '{"a":1,"b":{"c":"\\\\\\":{","c":2}}'
  expect(countKeysInText(text).keys).toBe(4)
  expect(countKeysInValue(JSON.parse(text))).toBe(3)
})

test('depth is that of the deepest value', () => {
  expect(countKeysInText('{"a":[[1],{"b":"[[[["}]}').depth).toBe(3)
  expect(countKeysInText('"[[["').depth).toBe(0)
})
