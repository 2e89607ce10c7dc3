import { describe, expect, test } from 'vitest'
import type { ObjectMetadata } from '../../kube-object.ts'
import { describeFieldError } from '../validation/field-error.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from './validate-object-meta.ts'

const good: ObjectMetadata = { name: 'a.b-1', namespace: 'n' }
const owner = { apiVersion: 'v1', kind: 'A', name: 'a', uid: 'u' }

function errorsOf(metadata: Partial<ObjectMetadata>, namespaced = true): string[] {
  return validateObjectMeta({ ...good, ...metadata }, { namespaced }).map(describeFieldError)
}

describe('object metadata', () => {
  test.each<[string, Partial<ObjectMetadata>]>([
    ['a subdomain', {}],
    ['a prefix that ends with a dash', { generateName: 'a-' }],
    ['labels', { labels: { 'example.com/Name_1': 'Value.1', empty: '' } }],
    ['annotations in capitals', { annotations: { 'Example.com/Name': 'anything at all' } }],
    ['one controller', { ownerReferences: [{ ...owner, controller: true }, owner] }],
    ['finalizers', { finalizers: ['example.com/clean', 'orphan'] }],
  ])('may have %s', (_name, metadata) => {
    expect(errorsOf(metadata)).toEqual([])
  })

  test.each<[string, Partial<ObjectMetadata>, string]>([
    [
      'a name in capitals',
      { name: 'Bad' },
      `metadata.name: Invalid value: "Bad": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
    ['no name', { name: '' }, 'metadata.name: Required value: name or generateName is required'],
    [
      'a label value with a space',
      { labels: { a: 'b c' } },
      `metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ],
    [
      'a label key with an empty prefix',
      { labels: { '/a': 'b' } },
      'metadata.labels: Invalid value: "/a": prefix part must be non-empty',
    ],
    [
      'annotations above 256 KiB',
      { annotations: { a: 'x'.repeat(262_144) } },
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    [
      'an owner without a uid',
      { ownerReferences: [{ ...owner, uid: '' }] },
      'metadata.ownerReferences[0].uid: Required value: must not be empty',
    ],
    [
      'two finalizers that exclude each other',
      { finalizers: ['orphan', 'foregroundDeletion'] },
      'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
    ],
  ])('may not have %s', (_name, metadata, error) => {
    expect(errorsOf(metadata)).toEqual([error])
  })

  test('has no namespace in a cluster-scoped kind', () => {
    expect(errorsOf({}, false)).toEqual(['metadata.namespace: Forbidden: not allowed on this type'])
  })

  test('follows the rule of its kind', () => {
    const errorsAs = (nameForm: 'subdomain' | 'label-1123' | 'label-1035', name: string) =>
      validateObjectMeta({ ...good, name }, { namespaced: true, nameForm }).length
    expect([errorsAs('subdomain', '1.a'), errorsAs('label-1123', '1.a')]).toEqual([0, 1])
    expect([errorsAs('label-1123', '1a'), errorsAs('label-1035', '1a')]).toEqual([0, 1])
  })

  test('keeps its identity, and gets no finalizers while it is deleted', () => {
    const previous = { ...good, uid: 'u', deletionTimestamp: '2026-11-20T10:00:00Z' }
    const next = { ...previous, uid: 'v', finalizers: ['example.com/a'] }
    expect(validateObjectMetaUpdate(next, previous).map(describeFieldError)).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/a"}',
      'metadata.uid: Invalid value: "v": field is immutable',
    ])
  })
})
