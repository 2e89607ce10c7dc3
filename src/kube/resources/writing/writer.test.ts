import { beforeEach, describe, expect, test } from 'vitest'
import type { ObjectStore } from '../../store/object-store.ts'
import type { ServedKind } from '../kind-registry.ts'
import type { StoreResourceApi } from '../store-resource-api.ts'
import { inDefault, refusal, Shop } from '../testing/shop.ts'

let shop: Shop
let store: ObjectStore
let api: StoreResourceApi
let secrets: ServedKind
let widgets: ServedKind

beforeEach(() => {
  shop = new Shop()
  ;({ store, api, secrets, widgets } = shop)
})

describe('create', () => {
  test('gives uid, time, version, generation and defaults', () => {
    expect(shop.createWidget('a').object).toMatchObject({
      apiVersion: 'shop.io/v1',
      kind: 'Widget',
      metadata: {
        name: 'a',
        namespace: 'default',
        generation: 1,
        creationTimestamp: '2026-01-01T00:00:00Z',
        resourceVersion: String(store.revision),
      },
      spec: { size: 1, color: 'red' },
    })
    expect(shop.createSecret('s').metadata.generation).toBeUndefined()
  })

  test('makes a name of generateName', () => {
    expect(shop.createSecret('', {}, { generateName: 'a-' }).metadata.name).toBe('a-bbbbb')
  })

  test('leaves out what is empty in the metadata', () => {
    const empty = { labels: {}, annotations: {}, finalizers: [], ownerReferences: [] }
    const { metadata } = shop.createSecret('s', {}, empty)
    for (const name of Object.keys(empty)) expect(metadata).not.toHaveProperty(name)
    expect(refusal(() => shop.createSecret('t', {}, { labels: [] })).code).toBe(422)
  })

  test('drops a status where it is a subresource', () => {
    const object = { metadata: { name: 'a' }, spec: {}, status: { phase: 'x' } }
    const result = api.create({ kind: widgets, namespace: 'default', object })
    expect(result.object['status']).toBeUndefined()
  })

  test('with dryRun stores nothing', () => {
    const object = { metadata: { name: 'a' } }
    const before = store.revision
    api.create({ kind: secrets, namespace: 'default', object, dryRun: true })
    expect(store.revision).toBe(before)
  })

  const bodies: [string, object | string, number, string][] = [
    ['a string', 'x', 400, 'the object provided is unrecognized'],
    ['another kind', { kind: 'Pod', metadata: { name: 'a' } }, 400, 'the kind in the data (Pod)'],
    [
      'another version',
      { apiVersion: 'v2' },
      400,
      'the API version in the data (v2) does not match',
    ],
    [
      'another namespace',
      { metadata: { name: 'a', namespace: 'x' } },
      400,
      'the namespace of the provided object does not match',
    ],
    [
      'no name',
      { metadata: {} },
      422,
      'Secret "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'a bad name',
      { metadata: { name: 'A' } },
      422,
      'Secret "A" is invalid: metadata.name: Invalid value: "A"',
    ],
    [
      'a wrong type',
      { metadata: { name: 'a' }, type: 7 },
      422,
      'type in body must be of type string',
    ],
    [
      'a name that is a number',
      { metadata: { name: 7 } },
      400,
      'metadata.name of Secret must be a string',
    ],
  ]
  test.each(bodies)('refuses %s', (_, object, code, message) => {
    const found = refusal(() => api.create({ kind: secrets, namespace: 'default', object }))
    expect(found).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  test('refuses a second object of a name', () => {
    shop.createSecret('a')
    expect(refusal(() => shop.createSecret('a'))).toEqual({
      code: 409,
      reason: 'AlreadyExists',
      message: 'secrets "a" already exists',
    })
  })

  test('refuses a namespace that does not exist', () => {
    const request = { kind: secrets, namespace: 'nope', object: { metadata: { name: 'a' } } }
    expect(refusal(() => api.create(request))).toEqual({
      code: 404,
      reason: 'NotFound',
      message: 'namespaces "nope" not found',
    })
  })

  test('refuses what is too deep or too large', () => {
    let deep: object = {}
    for (let level = 0; level < 200; level++) deep = { deep }
    expect(refusal(() => shop.createSecret('a', { data: deep })).code).toBe(400)
    const data = { x: 'x'.repeat(4 * 1024 * 1024) }
    expect(refusal(() => shop.createSecret('a', { data }))).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
    })
  })
})

describe('field validation', () => {
  const make = (kind: ServedKind, fieldValidation: 'Strict' | 'Warn' | 'Ignore') => () =>
    api.create({
      kind,
      namespace: 'default',
      fieldValidation,
      object: { metadata: { name: 'a' }, spec: { odd: 1 } },
    })

  test('refuses unknown fields of strict kinds under Strict', () => {
    expect(refusal(make(secrets, 'Strict')).message).toBe(
      'Secret in version "v1" cannot be handled as a Secret: strict decoding error: unknown field "spec"',
    )
  })

  test('drops them under Warn with a warning, and under Ignore without', () => {
    const { object, warnings } = make(secrets, 'Warn')()
    expect(warnings).toEqual(['unknown field "spec"'])
    expect(object['spec']).toBeUndefined()
    api.delete(inDefault(secrets, 'a'))
    expect(make(secrets, 'Ignore')().warnings).toEqual([])
  })

  test('keeps them for kinds that keep, with a warning under Strict too', () => {
    const { object, warnings } = make(widgets, 'Strict')()
    expect(warnings).toEqual(['unknown field "spec.odd"'])
    expect(object['spec']).toMatchObject({ odd: 1 })
  })

  test('says what an unknown field was probably meant to be', () => {
    const object = { metadata: { name: 'a' }, dat: {} }
    const target = { kind: secrets, namespace: 'default', object }
    const hint = 'unknown field "dat" (did you mean "data"?)'
    expect(api.create({ ...target, fieldValidation: 'Warn' }).warnings).toEqual([hint])
    const { message } = refusal(() => api.create({ ...target, fieldValidation: 'Strict' }))
    expect(message).toMatch(`strict decoding error: ${hint}`)
    expect(shop.createWidget('b', { colour: 'red' }).warnings).toEqual([
      'unknown field "spec.colour" (did you mean "color"?)',
    ])
  })

  test('warns of known fields that nobody acts on', () => {
    expect(shop.createWidget('a', { ornament: 'x' }).warnings).toEqual([
      'spec.ornament is ignored: nobody looks',
    ])
  })

  test('refuses repeated keys under Strict and warns of them otherwise', () => {
    const request = {
      kind: widgets,
      namespace: 'default',
      object: { metadata: { name: 'a' } },
      duplicateFields: ['spec.size'],
    }
    expect(refusal(() => api.create({ ...request, fieldValidation: 'Strict' })).message).toContain(
      'strict decoding error: duplicate field "spec.size"',
    )
    expect(api.create(request).warnings).toEqual(['duplicate field "spec.size"'])
  })
})

describe('update', () => {
  test('counts generations for changes of spec alone', () => {
    const { object } = shop.createWidget('a')
    const target = inDefault(widgets, 'a')
    const labelled = { ...object, metadata: { ...object.metadata, labels: { a: 'b' } } }
    const { metadata } = api.update({ ...target, object: labelled }).object
    expect(metadata.generation).toBe(1)
    const changed = { metadata, spec: { size: 2 } }
    expect(api.update({ ...target, object: changed }).object.metadata.generation).toBe(2)
  })

  test('of an older version is refused in the words that users know', () => {
    const old = shop.createSecret('a')
    const update = (object: object) => api.update({ ...inDefault(secrets, 'a'), object })
    update({ ...old, type: 'x' })
    expect(refusal(() => update(old))).toEqual({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on secrets "a": the object has been modified; please apply your changes to the latest version and try again',
    })
  })

  test('of a kind that is not of Kubernetes itself must say which version it replaces', () => {
    shop.createWidget('a')
    const update = { metadata: { name: 'a' }, spec: { size: 2 } }
    expect(refusal(() => api.update({ ...inDefault(widgets, 'a'), object: update }))).toMatchObject(
      {
        code: 422,
        reason: 'Invalid',
        message: expect.stringContaining(
          'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
        ),
      },
    )
    shop.createSecret('a')
    const secret = { metadata: { name: 'a' }, type: 'x' }
    expect(api.update({ ...inDefault(secrets, 'a'), object: secret }).object['type']).toBe('x')
  })

  test('that changes nothing writes nothing and answers the same object', () => {
    shop.createWidget('a')
    const current = api.get(inDefault(widgets, 'a')).object
    const before = store.revision
    const result = api.update({ ...inDefault(widgets, 'a'), object: structuredClone(current) })
    expect(store.revision).toBe(before)
    expect(result.object).toBe(current)
  })

  test('of the status changes nothing else, and without it the status stays', () => {
    const { object } = shop.createWidget('a')
    const target = inDefault(widgets, 'a')
    const both = { ...object, spec: { size: 9 }, status: { phase: 'Up' } }
    const result = api.update({ ...target, subresource: 'status', object: both }).object
    expect(result).toMatchObject({ spec: { size: 1 }, status: { phase: 'Up' } })
    expect(result.metadata.generation).toBe(1)
    const { metadata } = result
    const spec = { metadata, spec: { size: 5 }, status: { phase: 'Down' } }
    expect(api.update({ ...target, object: spec }).object).toMatchObject({
      spec: { size: 5 },
      status: { phase: 'Up' },
    })
  })

  test('of the scale sets the replicas', () => {
    shop.createWidget('a')
    const target = { ...inDefault(widgets, 'a'), subresource: 'scale' as const }
    const { object } = api.patch({
      ...target,
      patchType: 'merge',
      patch: { spec: { replicas: 3 } },
    })
    expect(object).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } })
    expect(api.get(inDefault(widgets, 'a')).object['spec']).toMatchObject({ replicas: 3 })
  })

  test('of another uid is refused', () => {
    const object = shop.createSecret('a')
    const other = { ...object, metadata: { ...object.metadata, uid: 'x' } }
    const found = refusal(() => api.update({ ...inDefault(secrets, 'a'), object: other }))
    expect(found).toMatchObject({
      code: 409,
      message: expect.stringContaining('UID in precondition'),
    })
  })

  test('of what does not exist is not found', () => {
    const object = { metadata: { name: 'a' } }
    expect(refusal(() => api.update({ ...inDefault(widgets, 'a'), object })).message).toBe(
      'widgets.shop.io "a" not found',
    )
  })
})

describe('patch', () => {
  test('merges and applies operations', () => {
    shop.createWidget('a')
    const target = inDefault(widgets, 'a')
    const merge = api.patch({ ...target, patchType: 'merge', patch: { spec: { size: 4 } } })
    expect(merge.object['spec']).toEqual({ size: 4, color: 'red' })
    const patch = [{ op: 'replace', path: '/spec/color', value: 'blue' }]
    expect(api.patch({ ...target, patchType: 'json', patch }).object['spec']).toEqual({
      size: 4,
      color: 'blue',
    })
  })

  test('that the object does not fit is unprocessable, that is no patch bad', () => {
    shop.createWidget('a')
    const run = (patch: unknown) => () =>
      api.patch({ ...inDefault(widgets, 'a'), patchType: 'json', patch })
    expect(refusal(run([{ op: 'replace', path: '/spec/none', value: 7 }]))).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message:
        'the server rejected our request due to an error in our request: replace operation does not apply: "/spec/none" does not exist',
    })
    expect(refusal(run('x')).code).toBe(400)
  })

  test('merges strategically for built-in kinds', () => {
    shop.createSecret('a', { data: { x: 'eA==', y: 'eQ==' } })
    const patch = { data: { x: null, z: 'eg==' } }
    const { object } = api.patch({ ...inDefault(secrets, 'a'), patchType: 'strategic', patch })
    expect(object['data']).toEqual({ y: 'eQ==', z: 'eg==' })
  })

  test('that renames the object is refused', () => {
    shop.createWidget('a')
    const patch = { metadata: { name: 'b' } }
    const run = () => api.patch({ ...inDefault(widgets, 'a'), patchType: 'merge', patch })
    expect(refusal(run).message).toBe(
      'the name of the object (b) does not match the name on the URL (a)',
    )
  })
})

describe('versions', () => {
  test('are served of one stored object, which stays the same one', () => {
    shop.createWidget('a')
    const beta = shop.find('shop.io', 'v1beta1', 'widgets')
    const { object } = api.get(inDefault(beta, 'a'))
    expect(object.apiVersion).toBe('shop.io/v1beta1')
    expect(api.list({ kind: beta, namespace: '' }).items[0]).toBe(object)
    api.create({ kind: beta, namespace: 'default', object: { metadata: { name: 'b' } } })
    expect(
      store.get({ group: 'shop.io', kind: 'Widget', namespace: 'default', name: 'b' }),
    ).toMatchObject({ apiVersion: 'shop.io/v1' })
  })
})
