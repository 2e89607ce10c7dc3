import { beforeEach, describe, expect, test } from 'vitest'
import { refusal, Shop } from '../testing/shop.ts'

let shop: Shop
beforeEach(() => {
  shop = new Shop()
})

const schema: object = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: { size: { type: 'integer' }, color: { type: 'string', default: 'red' } },
    },
  },
}
const withSize = (size: object) => ({ type: 'object', properties: { size } })
const version = (name: string, storage: boolean, openAPIV3Schema: object = schema) => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema },
  subresources: { status: {} },
  additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
})
const definition = (spec: object = {}, name = 'gadgets.toys.io') => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: {
    group: 'toys.io',
    scope: 'Namespaced',
    names: { plural: 'gadgets', kind: 'Gadget', shortNames: ['gd'] },
    versions: [version('v1', true), version('v1beta1', false)],
    ...spec,
  },
})
const crds = () => ({
  kind: shop.find('apiextensions.k8s.io', 'v1', 'customresourcedefinitions'),
  namespace: '',
})
const define = (object: object = definition()) => shop.api.create({ ...crds(), object })
const gadget = { metadata: { name: 'a' }, spec: { size: 1, odd: 2 } }
const gadgets = (name = 'v1') => ({
  kind: shop.find('toys.io', name, 'gadgets'),
  namespace: 'default',
})

describe('a CustomResourceDefinition', () => {
  test.each([
    [
      'additionalPrinterColumns[0].jsonPath',
      { additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec[' }] },
    ],
    ['selectableFields[0].jsonPath', { selectableFields: [{ jsonPath: '.spec[?(' }] }],
    [
      'subresources.scale.specReplicasPath',
      { subresources: { scale: { specReplicasPath: '.spec{', statusReplicasPath: '.status.n' } } },
    ],
  ])('with a broken JSONPath in %s is refused', (field, change) => {
    const versions = [{ ...version('v1', true), ...change }]
    const error = refusal(() => define(definition({ versions })))
    expect(error.code).toBe(422)
    expect(error.message).toContain(`spec.versions[0].${field}: Invalid value`)
    expect(error.message).toContain('the JSONPath')
  })

  test('is established, and discovery hears of its kind', () => {
    let changes = 0
    shop.api.kinds.subscribe(() => {
      changes += 1
    })
    define()
    const { object } = shop.api.get({ ...crds(), name: 'gadgets.toys.io' })
    expect(object).toMatchObject({
      spec: {
        names: { singular: 'gadget', listKind: 'GadgetList' },
        conversion: { strategy: 'None' },
      },
      status: {
        conditions: [
          { type: 'NamesAccepted', status: 'True' },
          { type: 'Established', status: 'True' },
        ],
        acceptedNames: { plural: 'gadgets' },
        storedVersions: ['v1'],
      },
    })
    expect(changes).toBe(1)
    expect(gadgets().kind.version.columns).toMatchObject([{ name: 'Size', value: '.spec.size' }])
  })

  test('has its objects defaulted, pruned, validated and served in each version', () => {
    define()
    const { object, warnings } = shop.api.create({ ...gadgets('v1beta1'), object: gadget })
    expect(object).toMatchObject({ apiVersion: 'toys.io/v1beta1', spec: { size: 1, color: 'red' } })
    expect(object['spec']).not.toHaveProperty('odd')
    expect(warnings).toEqual(['unknown field "spec.odd"'])
    expect(shop.api.get({ ...gadgets(), name: 'a' }).object.apiVersion).toBe('toys.io/v1')
    const bad = { metadata: { name: 'b' }, spec: { size: 'x' } }
    expect(refusal(() => shop.api.create({ ...gadgets(), object: bad })).code).toBe(422)
  })

  test('takes its objects along, and waits for their finalizers', () => {
    define()
    const target = gadgets()
    shop.api.create({ ...target, object: gadget })
    const held = { metadata: { name: 'held', finalizers: ['x.io/hold'] }, spec: { size: 1 } }
    shop.api.create({ ...target, object: held })
    shop.api.delete({ ...crds(), name: 'gadgets.toys.io' })
    expect(shop.api.list(target).items.map(({ metadata }) => metadata.name)).toEqual(['held'])
    const patch = { metadata: { finalizers: null } }
    shop.api.patch({ ...target, name: 'held', patchType: 'merge', patch })
    expect(shop.api.list(crds()).items).toEqual([])
    expect(shop.api.kinds.find('toys.io', 'v1', 'gadgets')).toBeUndefined()
  })

  test('for a built-in kind is stored and changes nothing', () => {
    const names = { plural: 'widgets', kind: 'Widget' }
    define(definition({ group: 'shop.io', names }, 'widgets.shop.io'))
    expect(shop.find('shop.io', 'v1', 'widgets')).toEqual(shop.widgets)
    shop.createWidget('a')
    shop.api.delete({ ...crds(), name: 'widgets.shop.io' })
    expect(shop.store.list({ group: 'shop.io', kind: 'Widget' })).toHaveLength(1)
  })

  const invalid: [string, object, string][] = [
    ['another name', definition({}, 'x.toys.io'), 'must be spec.names.plural+"."+spec.group'],
    [
      'no storage version',
      definition({ versions: [version('v1', false)] }),
      'exactly one version marked as storage',
    ],
    ['no type', definition({ versions: [version('v1', true, {})] }), 'openAPIV3Schema.type'],
    [
      'a part without type',
      definition({ versions: [version('v1', true, { type: 'object', properties: { a: {} } })] }),
      'openAPIV3Schema.properties[a].type: Required value',
    ],
    [
      'a type in a condition',
      definition({
        versions: [version('v1', true, { type: 'object', anyOf: [{ type: 'object' }] })],
      }),
      'anyOf[0].type: Forbidden: must be empty to be structural',
    ],
    [
      'a webhook',
      definition({ conversion: { strategy: 'Webhook' } }),
      'conversion by webhook is not supported',
    ],
    [
      'a type that does not exist',
      definition({ versions: [version('v1', true, withSize({ type: 'int' }))] }),
      'properties[size].type: Unsupported value: "int": supported values: "array", "boolean"',
    ],
    [
      'a pattern that is no regular expression',
      definition({ versions: [version('v1', true, withSize({ type: 'string', pattern: '(' }))] }),
      'properties[size].pattern: Invalid value: "("',
    ],
    [
      'a default that it would not take',
      definition({ versions: [version('v1', true, withSize({ type: 'string', default: 5 }))] }),
      'properties[size].default: Invalid value: "integer"',
    ],
    ['no scope', definition({ scope: undefined }), 'spec.scope'],
  ]
  test.each(invalid)('with %s is refused', (_, object, message) => {
    expect(refusal(() => define(object))).toMatchObject({
      code: 422,
      message: expect.stringContaining(message),
    })
  })
})
