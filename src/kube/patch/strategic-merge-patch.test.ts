import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { applyStrategicMergePatch } from './strategic-merge-patch.ts'

const item: StructuralSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, value: { type: 'string' } },
}
const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        items: {
          type: 'array',
          'x-kubernetes-patch-strategy': 'merge',
          'x-kubernetes-patch-merge-key': 'name',
          items: item,
        },
        typed: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: item,
        },
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        list: { type: 'array', items: { type: 'string' } },
        strategy: { type: 'object', 'x-kubernetes-patch-strategy': 'retainKeys' },
        whole: { type: 'object', 'x-kubernetes-patch-strategy': 'replace' },
      },
    },
  },
}

function patched(spec: unknown, patch: unknown): unknown {
  const document = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, spec } as KubeObject
  const before = JSON.stringify(document)
  const result = applyStrategicMergePatch(schema, document, { spec: patch })
  expect(JSON.stringify(document)).toBe(before)
  return 'error' in result ? result.error : (result.document as KubeObject)['spec']
}

const a = { name: 'a', value: '1' }
const b = { name: 'b', value: '2' }

describe('a strategic merge patch', () => {
  test.each<[string, unknown, unknown, unknown]>([
    ['merges objects', { x: { y: 1 } }, { x: { z: 2 } }, { x: { y: 1, z: 2 } }],
    ['removes a field by null', { x: 1, y: 2 }, { x: null }, { y: 2 }],
    ['replaces a list without a key', { list: ['a'] }, { list: ['b'] }, { list: ['b'] }],
    [
      'merges a list by key',
      { items: [a, b] },
      { items: [{ name: 'b', value: '3' }] },
      { items: [a, { name: 'b', value: '3' }] },
    ],
    [
      'merges a list by its list type',
      { typed: [a, b] },
      { typed: [{ name: 'a', value: null }] },
      { typed: [{ name: 'a' }, b] },
    ],
    [
      'deletes an item',
      { items: [a, b] },
      { items: [{ name: 'a', $patch: 'delete' }] },
      { items: [b] },
    ],
    [
      'replaces a list on demand',
      { items: [a, b] },
      { items: [{ $patch: 'replace' }, { name: 'c' }] },
      { items: [{ name: 'c' }] },
    ],
    [
      'replaces an object on demand',
      { x: { y: 1 } },
      { x: { $patch: 'replace', z: 2 } },
      { x: { z: 2 } },
    ],
    ['empties an object on demand', { x: { y: 1 } }, { x: { $patch: 'delete' } }, { x: {} }],
    [
      'replaces an object by its strategy',
      { whole: { y: 1 } },
      { whole: { z: 2 } },
      { whole: { z: 2 } },
    ],
    ['adds to a set', { set: ['a', 'b'] }, { set: ['b', 'c'] }, { set: ['a', 'b', 'c'] }],
    [
      'deletes from a set',
      { set: ['a', 'b'] },
      { '$deleteFromPrimitiveList/set': ['a'] },
      { set: ['b'] },
    ],
    [
      'orders items',
      { items: [a, b] },
      { '$setElementOrder/items': [{ name: 'b' }, { name: 'a' }] },
      { items: [b, a] },
    ],
    [
      'orders items with new ones among them and keeps the others',
      { set: ['a', 'x', 'b'] },
      { '$setElementOrder/set': ['b', 'c', 'a'], set: ['c'] },
      { set: ['x', 'b', 'c', 'a'] },
    ],
    [
      'keeps only the named fields',
      { strategy: { type: 'Rolling', rolling: { max: 1 } } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      { strategy: { type: 'Recreate' } },
    ],
    [
      'leaves directives and nulls out of what it adds',
      {},
      { x: { y: null, z: 1 }, items: [{ name: 'a', $patch: 'delete' }, { name: 'b' }] },
      { x: { z: 1 }, items: [{ name: 'b' }] },
    ],
    [
      'applies directives to a list that is not there as to an empty one',
      {},
      { '$setElementOrder/set': ['a'] },
      {},
    ],
  ])('%s', (_name, spec, patch, expected) => {
    expect(patched(spec, patch)).toEqual(expected)
  })

  test.each<[string, unknown, unknown, string]>([
    [
      'an item without its key',
      { items: [a] },
      { items: [{ value: '1' }] },
      '.spec.items: map: {"value":"1"} does not contain declared merge key: name',
    ],
    [
      'an unknown directive',
      { x: {} },
      { x: { $patch: 'explode' } },
      '.spec.x: unknown patch type "explode": $patch is "delete", "merge" or "replace"',
    ],
    [
      'fields outside of $retainKeys',
      { strategy: {} },
      { strategy: { $retainKeys: ['type'], other: 1 } },
      '.spec.strategy: $retainKeys does not name the patched field other',
    ],
    [
      'an order that is no list',
      { set: ['a'] },
      { '$setElementOrder/set': 'a' },
      '.spec.$setElementOrder/set must be a list',
    ],
  ])('refuses %s', (_name, spec, patch, message) => {
    expect(patched(spec, patch)).toEqual({ type: 'malformed', message })
  })
})
