import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeJson } from './encode-json.ts'
import { maxJsonDepth } from './find-duplicate-fields.ts'
import { parseJson } from './parse-json.ts'
import { readJsonObject } from './read-json-object.ts'

const read = (text: string) => readJsonObject(Buffer.from(text))
const keepOrder = { sortKeys: false }

function parsedValue(text: string): unknown {
  const parsed = parseJson(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.value
}

describe('reading a body', () => {
  test('refuses what two readers could understand differently, and says why', () => {
    expect(read('{"a":1,"a":2}')).toEqual({ problem: 'the body has the field a more than once' })
    expect(read('{"a":[{"b":1,"\\u0062":2}]}')).toEqual({
      problem: 'the body has the field a[0].b more than once',
    })
    expect(read('\ufeff{}')).toEqual({ problem: 'the body begins with a byte order mark' })
    expect(readJsonObject(Buffer.from([0x7b, 0xff, 0x7d]))).toEqual({
      problem: 'the body is not valid UTF-8',
    })
    expect(read('{"a":1}{"b":2}')).toEqual({ problem: 'the body is not valid JSON' })
    for (const text of ['[]', 'null', '"a"', '1']) {
      expect(read(text)).toEqual({ problem: 'the body is not a JSON object' })
    }
  })

  test('refuses what nests too deeply, and takes what does so just not', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(read(nested(maxJsonDepth))).toHaveProperty('json')
    expect(read(nested(maxJsonDepth + 1))).toHaveProperty('problem')
    expect(read(nested(1_000_000))).toHaveProperty('problem')
  })

  test('tells nothing of what stands in a body that is not valid', () => {
    expect(JSON.stringify(read('{"key":"sk-secret'))).not.toContain('sk-')
  })
})

describe('encoding', () => {
  test('gives back any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, sortKeys) => {
        const text = JSON.stringify(value)
        expect(JSON.parse(encodeJson(parsedValue(text), { sortKeys }))).toEqual(JSON.parse(text))
      }),
    )
  })

  test('keeps numbers as they are written, until they are changed or moved', () => {
    const text = '{"big":12345678901234567890,"list":[1.0,{"seed":1e3}],"zero":-0.0}'
    const value = parsedValue(text) as Record<string, unknown>
    expect(encodeJson(value, keepOrder)).toBe(text)
    value['big'] = 7
    expect(encodeJson(value, keepOrder)).toBe(text.replace('12345678901234567890', '7'))
  })

  test('sorts keys at every depth when asked to', () => {
    const value = parsedValue('{"messages":[{"role":"user","content":"x"}],"model":"m","a":1.0}')
    expect(encodeJson(value, { sortKeys: true })).toBe(
      '{"a":1.0,"messages":[{"content":"x","role":"user"}],"model":"m"}',
    )
  })

  test('leaves out what is undefined, as JSON.stringify does', () => {
    expect(encodeJson({ a: undefined, b: [undefined] }, keepOrder)).toBe('{"b":[null]}')
  })
})
