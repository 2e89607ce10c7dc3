import { expect, test } from 'vitest'
import { fieldVersionOf, formatFieldSecret, parseFieldSecret, readField } from './field-secret.ts'

const object = {
  apiVersion: 'example.dev/v1',
  kind: 'Thing',
  metadata: { name: 'a', namespace: 'b', uid: 'u', generation: 2, resourceVersion: '9' },
  spec: { pools: [{ token: 'one' }, { token: 'two' }] },
}

test('an id names the object and the field that it was made from', () => {
  const field = {
    object: { group: 'example.dev', kind: 'Thing', namespace: 'b', name: 'a' },
    fieldPath: 'spec.pools[1].token',
  }
  expect(parseFieldSecret(formatFieldSecret(field))).toEqual(field)
  expect(readField(object, field.fieldPath)).toBe('two')
})

test('the id of a Secret is none', () => {
  expect(parseFieldSecret('b/a')).toBeUndefined()
})

test.each(['spec.pools[2].token', 'spec.pools', 'spec.constructor.name', 'none.at.all'])(
  'there is no text at %s',
  (fieldPath) => {
    expect(readField(object, fieldPath)).toBeUndefined()
  },
)

test('the version stays when only the status changes', () => {
  const later = { ...object, metadata: { ...object.metadata, resourceVersion: '10' } }
  expect(fieldVersionOf(later)).toBe(fieldVersionOf(object))
  const changed = { ...object, metadata: { ...object.metadata, generation: 3 } }
  expect(fieldVersionOf(changed)).not.toBe(fieldVersionOf(object))
})
