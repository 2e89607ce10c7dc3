import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { applyDefaults } from './defaults.ts'
import { publishSchema } from './publish-schema.ts'
import { findUnknownFields, pruneUnknownFields } from './unknown-fields.ts'
import { findRules, findVerdicts } from './verdicts.ts'

const text: StructuralSchema = { type: 'string' }

function object(spec: unknown, metadata: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: 'x/v1', kind: 'A', metadata: { name: 'a', ...metadata }, spec }
}

function withSpec(properties: Record<string, StructuralSchema>): StructuralSchema {
  return { type: 'object', properties: { spec: { type: 'object', properties } } }
}

describe('unknown fields', () => {
  const schema = withSpec({
    known: text,
    hosts: { type: 'array', items: { type: 'object', properties: { name: text } } },
    labels: { type: 'object', additionalProperties: text },
    byName: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { x: text } },
    },
    anything: { type: 'object', additionalProperties: true },
    free: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { strict: { type: 'object', properties: { x: text } } },
    },
    template: { type: 'object', 'x-kubernetes-embedded-resource': true },
    empty: { type: 'object' },
  })

  const pathsOf = (written: KubeObject) =>
    findUnknownFields(schema, written).map(({ path }) => path)

  test.each<[string, unknown, string[], unknown]>([
    ['a field', { known: 'a', foo: 1 }, ['spec.foo'], { known: 'a' }],
    [
      'a field of an item',
      { hosts: [{ name: 'a' }, { name: 'b', bar: 1 }] },
      ['spec.hosts[1].bar'],
      { hosts: [{ name: 'a' }, { name: 'b' }] },
    ],
    ['no key of a map', { labels: { a: '1' } }, [], { labels: { a: '1' } }],
    [
      'a field of a value of a map',
      { byName: { k: { y: 1 } } },
      ['spec.byName.k.y'],
      { byName: { k: {} } },
    ],
    [
      'nothing where all is allowed',
      { anything: { a: { b: 1 } } },
      [],
      { anything: { a: { b: 1 } } },
    ],
    [
      'a field of what is known inside of what is preserved',
      { free: { a: { b: 1 }, strict: { y: 1 } } },
      ['spec.free.strict.y'],
      { free: { a: { b: 1 }, strict: {} } },
    ],
    [
      'what an embedded resource and its metadata do not have',
      { template: { apiVersion: 'v1', kind: 'B', metadata: { nam: 1 }, spec: {} } },
      ['spec.template.metadata.nam', 'spec.template.spec'],
      { template: { apiVersion: 'v1', kind: 'B', metadata: {} } },
    ],
    [
      'everything in an object without fields',
      { empty: { a: 1 } },
      ['spec.empty.a'],
      { empty: {} },
    ],
  ])('are %s', (_name, spec, paths, pruned) => {
    expect(pathsOf(object(spec))).toEqual(paths)
    expect(pruneUnknownFields(schema, object(spec))).toEqual(object(pruned))
  })

  test('of metadata are found, and known ones never reported', () => {
    const written = object(undefined, { labels: { a: '1' }, label: {} })
    expect(findUnknownFields({}, written)).toEqual([
      { path: 'metadata.label', hint: ' (did you mean "labels"?)' },
      { path: 'spec', hint: '' },
    ])
  })

  test('name the field of their object that is near', () => {
    const written = { knwon: 'a', hosts: [{ nmae: 'b', hosts: 1 }], byName: { xx: { y: 1 } } }
    expect(findUnknownFields(schema, object(written))).toEqual([
      { path: 'spec.byName.xx.y', hint: '' },
      { path: 'spec.hosts[0].hosts', hint: '' },
      { path: 'spec.hosts[0].nmae', hint: ' (did you mean "name"?)' },
      { path: 'spec.knwon', hint: ' (did you mean "known"?)' },
    ])
  })

  test('are all found where they are many, the first with hints', () => {
    const entries = Array.from({ length: 60 }, (_, index) => [`known${index}`, 1] as const)
    const found = findUnknownFields(schema, object(Object.fromEntries(entries)))
    expect(found).toHaveLength(60)
    expect(found.filter(({ hint }) => hint !== '')).toHaveLength(50)
  })

  test('are gone after pruning, whatever the object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (spec) => {
        const pruned = pruneUnknownFields(schema, object(spec))
        expect(findUnknownFields(schema, pruned)).toEqual([])
        expect(pruneUnknownFields(schema, pruned)).toBe(pruned)
      }),
    )
  })
})

describe('defaults', () => {
  const schema = withSpec({
    port: { type: 'integer', default: 80 },
    inner: {
      type: 'object',
      default: {},
      properties: { mode: { type: 'string', default: 'Fast' } },
    },
    absent: { type: 'object', properties: { mode: { type: 'string', default: 'Fast' } } },
    list: {
      type: 'array',
      items: { type: 'object', properties: { protocol: { type: 'string', default: 'TCP' } } },
    },
    maybe: { type: 'string', nullable: true },
    plain: text,
  })
  const filled = { port: 80, inner: { mode: 'Fast' } }

  test.each<[string, unknown, unknown]>([
    ['fill in what is missing', {}, filled],
    ['leave what is there', { port: 1 }, { ...filled, port: 1 }],
    ['reach into lists', { list: [{}] }, { ...filled, list: [{ protocol: 'TCP' }] }],
    ['do not make the object they stand in', {}, filled],
    ['replace a null that is not allowed', { port: null }, filled],
    ['drop a null that is not allowed and has no default', { plain: null }, filled],
    ['keep a null that is allowed', { maybe: null }, { ...filled, maybe: null }],
  ])('%s', (_name, spec, expected) => {
    expect(applyDefaults(schema, object(spec))['spec']).toEqual(expected)
  })

  test('change neither the object nor what an object is given of the schema', () => {
    const given = object({})
    const first = applyDefaults(schema, given)
    const inner = (first['spec'] as { inner: Record<string, unknown> }).inner
    inner['mode'] = 'Changed'
    expect(given).toEqual(object({}))
    expect(applyDefaults(schema, given)['spec']).toEqual(filled)
  })

  test('leave a complete object as it is', () => {
    const complete = applyDefaults(schema, object({ list: [{}] }))
    expect(applyDefaults(schema, complete)).toBe(complete)
  })
})

describe('verdicts', () => {
  const ignored = { type: 'ignored', reason: 'not here' } as const
  const approximated = { type: 'approximated', how: 'nearly', test: 't' } as const
  const schema = withSpec({
    fine: { ...text, 'x-sluice-verdict': { type: 'honoured', test: 't' } },
    near: {
      type: 'object',
      'x-sluice-verdict': approximated,
      properties: { off: { ...text, 'x-sluice-verdict': ignored } },
    },
    off: {
      type: 'object',
      'x-sluice-verdict': ignored,
      properties: { near: { ...text, 'x-sluice-verdict': approximated } },
    },
    list: {
      type: 'array',
      items: { type: 'object', properties: { off: { ...text, 'x-sluice-verdict': ignored } } },
    },
  })

  test('are found where the object has the field, and not below an ignored one', () => {
    const spec = { fine: 'a', near: { off: 'a' }, off: { near: 'a' }, list: [{}, { off: 'a' }] }
    expect(findVerdicts(schema, object(spec))).toEqual([
      { path: 'spec.near', verdict: approximated },
      { path: 'spec.near.off', verdict: ignored },
      { path: 'spec.off', verdict: ignored },
      { path: 'spec.list[1].off', verdict: ignored },
    ])
  })

  test('are not found for values that need no warning', () => {
    const verdict = { ...approximated, quiet: [{ a: 1 }, 'usual'] } as const
    const quiet = withSpec({ near: { 'x-sluice-verdict': verdict } })
    expect(findVerdicts(quiet, object({ near: { a: 1 } }))).toEqual([])
    expect(findVerdicts(quiet, object({ near: 'usual' }))).toEqual([])
    expect(findVerdicts(quiet, object({ near: { a: 2 } }))).toHaveLength(1)
  })

  test('are not published', () => {
    expect(JSON.stringify(publishSchema(schema))).not.toContain('x-sluice')
    expect(publishSchema(withSpec({ a: { ...text, enum: ['b'], default: 'b' } }))).toEqual(
      withSpec({ a: { ...text, enum: ['b'], default: 'b' } }),
    )
  })

  test('a property keeps its name whatever it is', () => {
    const odd = withSpec({ 'x-sluice-verdict': text })
    expect(publishSchema(odd)).toEqual(odd)
  })
})

test('rules in CEL are found where the object meets them', () => {
  const rules = [{ rule: 'self.a < self.b' }]
  const schema = withSpec({ range: { type: 'object', 'x-kubernetes-validations': rules } })
  expect(findRules(schema, object({ range: {} }))).toEqual([
    { path: 'spec.range', rules: ['self.a < self.b'] },
  ])
  expect(findRules(schema, object({}))).toEqual([])
})
