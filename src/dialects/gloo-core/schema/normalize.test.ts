import { expect, test } from 'vitest'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import {
  choice,
  count,
  decimal,
  duration,
  flag,
  free,
  list,
  map,
  object,
  structural,
  text,
} from '../../field.ts'
import { createNormalizer } from './normalize.ts'

const inner = object('Inner.', { sniAddr: text('Name.'), useHttp2: flag('Whether.') })
const schema = {
  type: 'object',
  properties: {
    spec: structural(
      object('Spec.', {
        useTls: flag('Whether.'),
        oneInner: inner,
        manyInners: list('Many.', inner),
        innerByName: map('By name.', inner),
        labels: map('Labels.', text('Value.')),
        kept: free('Anything.'),
        selection: choice('One of.', ['USE_A', 'USE_B']),
        size: count('Size.'),
        share: decimal('Share.'),
        waitTime: duration('How long.'),
      }),
    ),
  },
} satisfies StructuralSchema
const normalize = createNormalizer(schema)
const specOf = (spec: unknown) => {
  const object = { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'a_b' }, spec }
  return normalize(object).object['spec']
}

test('snake case becomes camel case at every level, and keys of maps stay', () => {
  expect(
    specOf({
      use_tls: true,
      one_inner: { sni_addr: 'a', use_http2: true },
      many_inners: [{ sni_addr: 'b' }],
      inner_by_name: { some_name: { sni_addr: 'c' } },
      labels: { use_tls: 'x', app_name: 'y' },
      kept: { sni_addr: { a_b: 1 } },
      not_known: 1,
    }),
  ).toEqual({
    useTls: true,
    oneInner: { sniAddr: 'a', useHttp2: true },
    manyInners: [{ sniAddr: 'b' }],
    innerByName: { some_name: { sniAddr: 'c' } },
    labels: { use_tls: 'x', app_name: 'y' },
    kept: { sni_addr: { a_b: 1 } },
    not_known: 1,
  })
})

test('enum numbers and other cases become names', () => {
  expect(specOf({ selection: 1 })).toEqual({ selection: 'USE_B' })
  expect(specOf({ selection: '1' })).toEqual({ selection: 'USE_B' })
  expect(specOf({ selection: 'use_b' })).toEqual({ selection: 'USE_B' })
  expect(specOf({ selection: 7 })).toEqual({ selection: 7 })
})

test('numbers written as text, wrapper messages and null mean their plain value', () => {
  expect(specOf({ size: '12', share: '0.5', waitTime: 0, useTls: { value: false } })).toEqual({
    size: 12,
    share: 0.5,
    waitTime: '0s',
    useTls: false,
  })
  expect(specOf({ size: 'many', useTls: null })).toEqual({ size: 'many' })
})

test('an object in the form of the schema stays the same reference', () => {
  const object = { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'a' }, spec: { useTls: true } }
  expect(normalize(object).object).toBe(object)
})

test('of two spellings of one field the one of the schema wins, with a warning', () => {
  const object = {
    apiVersion: 'x/v1',
    kind: 'X',
    metadata: { name: 'a' },
    spec: { use_tls: false, useTls: true },
  }
  expect(normalize(object)).toEqual({
    object: { ...object, spec: { useTls: true } },
    warnings: ['"use_tls" is another spelling of "spec.useTls", which is set too; it is dropped'],
  })
})

test('a field named __proto__ is data like any other', () => {
  const spec = JSON.parse('{"__proto__": {"use_tls": true}, "use_tls": true}')
  const result = specOf(spec) as object
  expect(Object.keys(result)).toEqual(['__proto__', 'useTls'])
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype)
})
