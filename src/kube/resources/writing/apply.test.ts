import { beforeEach, describe, expect, test } from 'vitest'
import type { ApplyRequest } from '../resource-api.ts'
import { inDefault, refusal, Shop } from '../testing/shop.ts'

let shop: Shop
beforeEach(() => {
  shop = new Shop()
})

function apply(spec: object, options: Partial<ApplyRequest> = {}) {
  const type = { apiVersion: 'shop.io/v1', kind: 'Widget' }
  return shop.api.apply({
    ...inDefault(shop.widgets, 'a'),
    fieldManager: 'first',
    patch: { ...type, metadata: { name: 'a' }, spec },
    ...options,
  })
}

describe('apply', () => {
  test('creates what does not exist and changes what does', () => {
    expect(apply({ size: 1 })).toMatchObject({ created: true, object: { spec: { color: 'red' } } })
    const { created, object } = apply({ size: 2 })
    expect(created).toBe(false)
    expect(object).toMatchObject({ spec: { size: 2 }, metadata: { generation: 2 } })
    expect(object.metadata.managedFields).toMatchObject([{ manager: 'first', operation: 'Apply' }])
  })

  test('of the same configuration writes nothing', () => {
    apply({ size: 1 })
    const before = shop.store.revision
    apply({ size: 1 })
    expect(shop.store.revision).toBe(before)
  })

  test('removes a field that the manager no longer wants', () => {
    apply({ size: 1, replicas: 2 })
    expect(apply({ size: 1 }).object['spec']).toEqual({ size: 1, color: 'red' })
  })

  test('of a field that another manager owns is a conflict, unless it is forced', () => {
    apply({ size: 1 })
    const other = { fieldManager: 'second' }
    expect(refusal(() => apply({ size: 2 }, other))).toEqual({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "first": .spec.size',
    })
    expect(apply({ size: 2 }, { ...other, force: true }).object['spec']).toMatchObject({ size: 2 })
  })

  test('asks for a field manager', () => {
    expect(refusal(() => apply({}, { fieldManager: '' }))).toEqual({
      code: 422,
      reason: 'Invalid',
      message:
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    })
  })

  test('records who updated what', () => {
    apply({ size: 1 })
    const patch = { spec: { color: 'blue' } }
    const target = { ...inDefault(shop.widgets, 'a'), fieldManager: 'editor' }
    const { object } = shop.api.patch({ ...target, patchType: 'merge', patch })
    expect(object.metadata.managedFields).toMatchObject([
      { manager: 'first', operation: 'Apply' },
      { manager: 'editor', operation: 'Update', fieldsV1: { 'f:spec': { 'f:color': {} } } },
    ])
  })

  test('of a manager whose entry a patch replaced removes what it no longer wants', () => {
    // How kubectl moves an object from client-side apply to server-side apply: a patch of managedFields alone.
    const target = { ...inDefault(shop.widgets, 'a'), fieldManager: 'client-side' }
    apply({ size: 1, replicas: 2 })
    const { object } = shop.api.patch({
      ...target,
      patchType: 'merge',
      patch: { spec: { replicas: 3 } },
    })
    const [applied] = object.metadata.managedFields ?? []
    const fieldsV1 = { 'f:spec': { 'f:size': {}, 'f:replicas': {} } }
    const moved = shop.api.patch({
      ...target,
      patchType: 'json',
      patch: [
        { op: 'replace', path: '/metadata/managedFields', value: [{ ...applied, fieldsV1 }] },
      ],
    })
    expect(moved.object.metadata.managedFields).toMatchObject([{ manager: 'first', fieldsV1 }])
    expect(apply({ size: 1 }).object['spec']).toEqual({ size: 1, color: 'red' })
  })

  test('with dryRun stores nothing', () => {
    apply({ size: 1 }, { dryRun: true })
    expect(refusal(() => shop.api.get(inDefault(shop.widgets, 'a'))).code).toBe(404)
  })
})
