import { expect, test } from 'vitest'
import { upstream } from '../kinds/upstream/upstream.ts'
import { warningsOfUnknownFields } from './unknown-fields.ts'

const warningsOf = (spec: unknown) =>
  warningsOfUnknownFields(upstream, {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'a', namespace: 'default' },
    ...(spec === undefined ? {} : { spec }),
    status: { odd: 1 },
  })

test('fields of the spec that the kind does not have are named', () => {
  const spec = { ai: { openai: { autToken: { inline: 'a' } } }, odd: 1, useHttp2: true }
  const texts = [
    'the field spec.ai.openai.autToken is not known and has no effect (did you mean "authToken"?)',
    'the field spec.odd is not known and has no effect',
  ]
  expect(warningsOf(spec)).toEqual(texts)
  expect(warningsOf(spec)).toEqual(texts)
})

test.each([undefined, null, 'text', {}, { static: { hosts: [{ addr: 'a', port: 80 }] } }])(
  'nothing is said of %j',
  (spec) => {
    expect(warningsOf(spec)).toEqual([])
  },
)
