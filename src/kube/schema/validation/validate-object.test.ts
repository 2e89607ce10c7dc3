import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../kube-object.ts'
import type { StructuralSchema } from '../../structural-schema.ts'
import { describeFieldError } from './field-error.ts'
import { validateObject } from './validate-object.ts'

function errorsFor(spec: StructuralSchema, value: unknown): string[] {
  const schema: StructuralSchema = { type: 'object', properties: { spec } }
  const object = { apiVersion: 'a/v1', kind: 'A', metadata: { name: 'a' }, spec: value }
  return validateObject(schema, object as KubeObject).map(describeFieldError)
}

function field(schema: StructuralSchema): StructuralSchema {
  return { type: 'object', properties: { x: schema } }
}

const integerOrString: StructuralSchema = { 'x-kubernetes-int-or-string': true }
const list = (items: StructuralSchema, rest: StructuralSchema): StructuralSchema =>
  field({ type: 'array', items, ...rest })

describe('validation against a schema', () => {
  test.each<[string, StructuralSchema, unknown, string[]]>([
    [
      'a wrong type',
      field({ type: 'integer' }),
      { x: 'a' },
      ['spec.x: Invalid value: "string": spec.x in body must be of type integer: "string"'],
    ],
    [
      'a fraction for an integer',
      field({ type: 'integer' }),
      { x: 1.5 },
      ['spec.x: Invalid value: "number": spec.x in body must be of type integer: "number"'],
    ],
    ['a whole number with a fraction part', field({ type: 'integer' }), { x: 1.0 }, []],
    [
      'null',
      field({ type: 'string' }),
      { x: null },
      ['spec.x: Invalid value: "null": spec.x in body must be of type string: "null"'],
    ],
    ['null where it is allowed', field({ type: 'string', nullable: true }), { x: null }, []],
    [
      'a missing field',
      { type: 'object', required: ['x'], properties: {} },
      {},
      ['spec.x: Required value'],
    ],
    [
      'a value outside of an enumeration',
      field({ type: 'string', enum: ['A', 'B'] }),
      { x: 'C' },
      ['spec.x: Unsupported value: "C": supported values: "A", "B"'],
    ],
    [
      'a pattern',
      field({ type: 'string', pattern: '^[a-z]+$' }),
      { x: 'A' },
      [`spec.x: Invalid value: "A": spec.x in body should match '^[a-z]+$'`],
    ],
    [
      'a pattern of RE2 syntax',
      field({ type: 'string', pattern: '(?i)^a\\z' }),
      { x: 'b' },
      [`spec.x: Invalid value: "b": spec.x in body should match '(?i)^a\\z'`],
    ],
    [
      'a pattern that is none',
      field({ type: 'string', pattern: '(' }),
      { x: 'b' },
      [
        `spec.x: Invalid value: "b": spec.x in body cannot be checked: the schema's pattern '(' is not valid`,
      ],
    ],
    [
      'a minimum',
      field({ type: 'integer', minimum: 1 }),
      { x: 0 },
      ['spec.x: Invalid value: 0: spec.x in body should be greater than or equal to 1'],
    ],
    [
      'an exclusive minimum',
      field({ type: 'integer', exclusiveMinimum: 1 }),
      { x: 1 },
      ['spec.x: Invalid value: 1: spec.x in body should be greater than 1'],
    ],
    [
      'a maximum',
      field({ type: 'integer', maximum: 5 }),
      { x: 6 },
      ['spec.x: Invalid value: 6: spec.x in body should be less than or equal to 5'],
    ],
    [
      'a maximum made exclusive',
      field({ type: 'integer', maximum: 5, exclusiveMaximum: true }),
      { x: 5 },
      ['spec.x: Invalid value: 5: spec.x in body should be less than 5'],
    ],
    [
      'a number outside of 32 bits',
      field({ type: 'integer', format: 'int32' }),
      { x: 2 ** 31 },
      [
        'spec.x: Invalid value: 2147483648: spec.x in body must be of type integer with format int32',
      ],
    ],
    [
      'what is not base64, without repeating it',
      field({ type: 'string', format: 'byte' }),
      { x: 'sk-secret!' },
      ['spec.x: Invalid value: "<hidden>": spec.x in body must be of type byte: "<hidden>"'],
    ],
    [
      'a long string',
      field({ type: 'string', maxLength: 2 }),
      { x: 'abc' },
      ['spec.x: Too long: may not be more than 2 bytes'],
    ],
    [
      'characters outside of the basic plane count once',
      field({ type: 'string', maxLength: 2 }),
      { x: '😀😀' },
      [],
    ],
    [
      'a short string',
      field({ type: 'string', minLength: 2 }),
      { x: '😀' },
      ['spec.x: Invalid value: "😀": spec.x in body should be at least 2 chars long'],
    ],
    [
      'too many items',
      list({ type: 'string' }, { maxItems: 1 }),
      { x: ['a', 'b'] },
      ['spec.x: Too many: 2: must have at most 1 item'],
    ],
    [
      'too few items',
      list({ type: 'string' }, { minItems: 1 }),
      { x: [] },
      ['spec.x: Invalid value: 0: spec.x in body should have at least 1 items'],
    ],
    [
      'an item',
      list(field({ type: 'string' }), {}),
      { x: [{}, { x: 1 }] },
      [
        'spec.x[1].x: Invalid value: "integer": spec.x[1].x in body must be of type string: "integer"',
      ],
    ],
    [
      'a value of a map',
      field({ type: 'object', additionalProperties: { type: 'string' } }),
      { x: { a: 1 } },
      ['spec.x.a: Invalid value: "integer": spec.x.a in body must be of type string: "integer"'],
    ],
    [
      'a set with a duplicate',
      list({ type: 'string' }, { 'x-kubernetes-list-type': 'set' }),
      { x: ['a', 'b', 'a', 'a'] },
      ['spec.x[2]: Duplicate value: "a"'],
    ],
    [
      'a list map with a duplicate key',
      list(
        { type: 'object' },
        { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
      ),
      { x: [{ k: 1 }, { k: 1, other: 2 }] },
      ['spec.x[1]: Duplicate value: {"k":1}'],
    ],
    [
      'a boolean for int-or-string',
      field(integerOrString),
      { x: true },
      [
        'spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"',
      ],
    ],
    ['int-or-string', field(integerOrString), { x: '80' }, []],
    [
      'oneOf without a match',
      { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      {},
      [
        '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid',
        'spec.a: Required value',
      ],
    ],
    [
      'oneOf with two matches',
      { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1, b: 1 },
      [
        '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives',
      ],
    ],
    [
      'anyOf without a match',
      { type: 'object', anyOf: [{ required: ['a'] }] },
      {},
      [
        '<nil>: Invalid value: "": "spec" must validate at least one schema (anyOf)',
        'spec.a: Required value',
      ],
    ],
    [
      'not',
      { type: 'object', not: { required: ['a'] } },
      { a: 1 },
      ['<nil>: Invalid value: "": "spec" must not validate the schema (not)'],
    ],
    [
      'allOf in part',
      { type: 'object', allOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1 },
      [
        'spec.b: Required value',
        '<nil>: Invalid value: "": "spec" must validate all the schemas (allOf)',
      ],
    ],
    [
      'a format',
      field({ type: 'string', format: 'date-time' }),
      { x: '2026-02-30T00:00:00Z' },
      [
        'spec.x: Invalid value: "2026-02-30T00:00:00Z": spec.x in body must be of type date-time: "2026-02-30T00:00:00Z"',
      ],
    ],
    [
      'a duration without its unit',
      field({ type: 'string', format: 'duration' }),
      { x: '15' },
      [
        'spec.x: Invalid value: "15": spec.x in body must be of type duration, such as 15s or 1m30s: "15"',
      ],
    ],
    ['a format that nobody checks', field({ type: 'string', format: 'x' }), { x: '?' }, []],
    [
      'a property that is forbidden',
      { type: 'object', additionalProperties: false },
      { x: 1 },
      ['spec: Invalid value: "x": spec.x in body is a forbidden property'],
    ],
  ])('%s', (_name, schema, value, expected) => {
    expect(errorsFor(schema, value)).toEqual(expected)
  })

  test('checks the types of metadata without the schema naming it', () => {
    const object = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a', labels: { a: 1 } } }
    expect(
      validateObject({ type: 'object' }, object as unknown as KubeObject).map(describeFieldError),
    ).toEqual([
      'metadata.labels.a: Invalid value: "integer": metadata.labels.a in body must be of type string: "integer"',
    ])
  })

  test('takes linear time for a pattern that makes backtracking engines hang', () => {
    const schema = field({ type: 'string', pattern: '^(a+)+$' })
    expect(errorsFor(schema, { x: `${'a'.repeat(50_000)}!` })).toHaveLength(1)
  })
})

test('what is wrong with a sensitive value is said without it', () => {
  const schema = {
    type: 'object',
    properties: {
      data: {
        type: 'object',
        additionalProperties: { type: 'string', format: 'byte', 'x-sluice-sensitive': true },
      },
    },
  }
  const object = {
    apiVersion: 'v1',
    kind: 'K',
    metadata: { name: 'a' },
    data: { a: 'not "base64"!' },
  }
  expect(JSON.stringify(validateObject(schema, object))).not.toContain('base64')
  expect(validateObject(schema, object)).toMatchObject([{ field: 'data.a', value: '<hidden>' }])
})
