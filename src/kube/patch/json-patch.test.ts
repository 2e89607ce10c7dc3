import { describe, expect, test } from 'vitest'
import { applyJsonPatch } from './json-patch.ts'

describe('a JSON patch', () => {
  // Examples of RFC 6902, appendix A, and the edges of each operation.
  test.each<[string, unknown, unknown[], unknown]>([
    [
      'adds a member',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux' }],
      { foo: 'bar', baz: 'qux' },
    ],
    [
      'inserts an item',
      { foo: ['a', 'c'] },
      [{ op: 'add', path: '/foo/1', value: 'b' }],
      { foo: ['a', 'b', 'c'] },
    ],
    [
      'appends an item',
      { foo: ['a'] },
      [{ op: 'add', path: '/foo/-', value: ['b'] }],
      { foo: ['a', ['b']] },
    ],
    ['removes a member', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    ['removes an item', { a: [1, 2] }, [{ op: 'remove', path: '/a/0' }], { a: [2] }],
    ['replaces a value', { a: 1 }, [{ op: 'replace', path: '/a', value: null }], { a: null }],
    ['replaces the document', { a: 1 }, [{ op: 'replace', path: '', value: [1] }], [1]],
    [
      'moves a value',
      { a: { x: 1 }, b: {} },
      [{ op: 'move', from: '/a/x', path: '/b/y' }],
      { a: {}, b: { y: 1 } },
    ],
    [
      'moves an item',
      { a: [1, 2, 3] },
      [{ op: 'move', from: '/a/0', path: '/a/2' }],
      { a: [2, 3, 1] },
    ],
    [
      'copies a value that later operations may change',
      { a: { x: 1 } },
      [
        { op: 'copy', from: '/a', path: '/b' },
        { op: 'replace', path: '/b/x', value: 2 },
      ],
      { a: { x: 1 }, b: { x: 2 } },
    ],
    [
      'reads escaped names',
      { 'a/b': { '~c': 1 } },
      [{ op: 'remove', path: '/a~1b/~0c' }],
      { 'a/b': {} },
    ],
    [
      'passes a test of equal values whatever the order of members',
      { a: { x: 1, y: 2 } },
      [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }],
      { a: { x: 1, y: 2 } },
    ],
  ])('%s', (_name, document, operations, expected) => {
    const before = JSON.stringify(document)
    expect(applyJsonPatch(document, operations)).toEqual({ document: expected })
    expect(JSON.stringify(document)).toBe(before)
  })

  test.each<[string, unknown, string]>([
    ['a patch that is no list', {}, 'a JSON patch must be a list of operations'],
    ['an operation that is no object', [1], 'operation 0 of the JSON patch must be an object'],
    [
      'an unknown operation',
      [{ op: 'spam', path: '/a' }],
      'operation 0 of the JSON patch has the unknown "op" "spam"',
    ],
    ['a missing path', [{ op: 'remove' }], 'operation 0 of the JSON patch lacks the string "path"'],
    ['a missing value', [{ op: 'add', path: '/a' }], 'operation 0 of the JSON patch lacks "value"'],
    [
      'a pointer without a slash',
      [{ op: 'remove', path: 'a' }],
      'the JSON pointer "a" must be empty or start with "/"',
    ],
    [
      'too many operations',
      Array.from({ length: 10_001 }, () => ({ op: 'remove', path: '/a' })),
      'the allowed maximum operations in a JSON patch is 10000, got 10001',
    ],
  ])('is malformed by %s', (_name, operations, message) => {
    expect(applyJsonPatch({ a: 1 }, operations)).toEqual({ error: { type: 'malformed', message } })
  })

  test.each<[string, unknown, string]>([
    [
      'a missing value',
      { op: 'remove', path: '/b' },
      'remove operation does not apply: "/b" does not exist',
    ],
    [
      'a missing parent',
      { op: 'add', path: '/b/c', value: 1 },
      'add operation does not apply: "/b/c" has no parent',
    ],
    [
      'an index behind the end',
      { op: 'add', path: '/list/2', value: 1 },
      'add operation does not apply: "/list/2" is not an index of the list',
    ],
    [
      'a value moved into itself',
      { op: 'move', from: '/list', path: '/list/0' },
      'move operation does not apply: "/list/0" lies inside of what is moved',
    ],
    [
      'a failed test',
      { op: 'test', path: '/a', value: 2 },
      'testing value "/a" failed: test failed, the value is not the expected one',
    ],
  ])('does not apply with %s', (_name, operation, message) => {
    expect(applyJsonPatch({ a: 1, list: [1] }, [operation])).toEqual({
      error: { type: 'unprocessable', message },
    })
  })

  test('cannot grow a document without bound by copying', () => {
    const operations = Array.from({ length: 40 }, (_, index) => ({
      op: 'copy',
      from: '',
      path: `/a${index}`,
    }))
    const result = applyJsonPatch({ b: 'x'.repeat(1000) }, operations)
    expect('error' in result && result.error).toEqual({
      type: 'unprocessable',
      message: 'the copy operations of the JSON patch add more than 3145728 bytes',
    })
  })
})
