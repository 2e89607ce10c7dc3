import { describe, expect, test } from 'vitest'
import { negotiate } from './negotiate.ts'
import { writeWarningHeaders } from './warning-headers.ts'

describe('content negotiation', () => {
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  test.each([
    [undefined, { encoding: 'json' }],
    ['application/vnd.kubernetes.protobuf,application/json', { encoding: 'json' }],
    [
      `${table},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`,
      { encoding: 'json', as: { type: 'Table', metaVersion: 'v1' } },
    ],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', { encoding: 'json' }],
    ['application/yaml', { encoding: 'yaml' }],
    ['application/json;q=0.1, application/yaml', { encoding: 'yaml' }],
    ['application/vnd.kubernetes.protobuf', undefined],
    ['application/json;q=0', undefined],
  ])('of %s ends in %j', (header, expected) => {
    expect(negotiate(header)).toEqual(expected)
  })
})

describe('warning headers', () => {
  test('quote their text, once each, on one line', () => {
    expect(writeWarningHeaders(['say "a\\b"', 'two\r\nlines', 'two  lines', 'two\nlines'])).toEqual(
      ['299 - "say \\"a\\\\b\\""', '299 - "two lines"', '299 - "two  lines"'],
    )
  })

  test('are bounded in all', () => {
    const values = writeWarningHeaders(
      Array.from({ length: 100 }, (_, i) => `${i}${'x'.repeat(500)}`),
    )
    expect(values.join('').length).toBeLessThan(5000)
    expect(values.at(-1)).toMatch(/"\d+ more warnings are not shown"/)
  })
})
