import { expect, test } from 'vitest'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import { flag, free, map, object, structural, text } from '../../field.ts'
import { createPatchNormalizer } from './normalize-patch.ts'

const inner = object('Inner.', { sniAddr: text('Name.'), useHttp2: flag('Whether.') })
const fields = {
  useTls: flag('Whether.'),
  oneInner: inner,
  innerByName: map('By name.', inner),
  kept: free('Anything.'),
}
const schema: StructuralSchema = {
  type: 'object',
  properties: { spec: structural(object('Spec.', fields)) },
}
const normalize = createPatchNormalizer(schema)
const specOf = (spec: unknown, applied?: unknown) =>
  (normalize({ spec }, { spec: applied }) as { readonly spec: unknown }).spec

test('fields of a patch get the spelling of the schema', () => {
  expect(
    specOf({
      use_tls: true,
      one_inner: { sni_addr: 'a', use_http2: null },
      inner_by_name: { a_b: { sni_addr: 'b' } },
      kept: { a_b: 1 },
      odd_one: 1,
    }),
  ).toEqual({
    useTls: true,
    oneInner: { sniAddr: 'a', useHttp2: null },
    innerByName: { a_b: { sniAddr: 'b' } },
    kept: { a_b: 1 },
    odd_one: 1,
  })
})

test('a field in both spellings is what the spelling of the schema says', () => {
  expect(specOf({ use_tls: null, useTls: true })).toEqual({ useTls: true })
})

test('a field that only changes its spelling stays', () => {
  expect(specOf({ use_tls: null }, { useTls: true })).toEqual({})
  expect(specOf({ use_tls: null }, {})).toEqual({ useTls: null })
  expect(specOf({ one_inner: { sni_addr: null } }, { one_inner: { sniAddr: 'a' } })).toEqual({
    oneInner: {},
  })
})

test('a field that goes over to snake case is removed and set anew', () => {
  expect(specOf({ useTls: null, use_tls: false }, { use_tls: false })).toEqual({
    useTls: null,
    use_tls: false,
  })
  expect(specOf({ one_inner: { sniAddr: null, sni_addr: 'b' } })).toEqual({
    oneInner: { sniAddr: null, sni_addr: 'b' },
  })
})

test.each([null, 'text', 7, [{ use_tls: true }]])('%j is left as it is', (patch) => {
  expect(normalize(patch, undefined)).toEqual(patch)
})
