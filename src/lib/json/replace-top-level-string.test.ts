import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replaceTopLevelString } from './replace-top-level-string.ts'

const replace = (text: string) =>
  replaceTopLevelString(Buffer.from(text), 'model', 'nëw"')?.toString()

test('the rest stays byte for byte', () => {
  expect(replace('{ "ü":1.50, "model" :\n"old\\"" , "z":{"model":"x"}}')).toBe(
    '{ "ü":1.50, "model" :\n"nëw\\"" , "z":{"model":"x"}}',
  )
})

test.each([
  ['the key is missing', '{"a":"model"}'],
  ['it stands further down only', '{"a":{"model":"x"}}'],
  ['it stands twice', '{"model":"x","model":"y"}'],
  ['it has no string', '{"model":1}'],
  ['it is escaped', '{"mod\\u0065l":"x"}'],
])('nothing is replaced where %s', (_name, text) => {
  expect(replace(text)).toBeUndefined()
})

test('what comes out is what setting the key in the parsed object gives', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, value) => {
      const json = { ...object, model: 'before' }
      const spliced = replaceTopLevelString(Buffer.from(JSON.stringify(json)), 'model', value)
      expect(JSON.parse(spliced?.toString() ?? '')).toEqual(
        JSON.parse(JSON.stringify({ ...json, model: value })),
      )
    }),
  )
})
