import { beforeEach, describe, expect, test } from 'vitest'
import type { ServedKind } from '../kind-registry.ts'
import type { StoreResourceApi } from '../store-resource-api.ts'
import { inDefault, refusal, Shop } from '../testing/shop.ts'

let shop: Shop
let api: StoreResourceApi
let secrets: ServedKind
let widgets: ServedKind
let namespaces: ServedKind

beforeEach(() => {
  shop = new Shop()
  ;({ api, secrets, widgets, namespaces } = shop)
})

describe('delete', () => {
  test('answers success with what was deleted', () => {
    const { metadata } = shop.createSecret('a')
    expect(api.delete(inDefault(secrets, 'a')).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'secrets', uid: metadata.uid },
    })
    expect(refusal(() => api.delete(inDefault(secrets, 'a'))).code).toBe(404)
  })

  test('checks preconditions', () => {
    shop.createSecret('a')
    const run = (preconditions: object) => () =>
      api.delete({ ...inDefault(secrets, 'a'), preconditions })
    expect(refusal(run({ uid: 'x' })).code).toBe(409)
    expect(refusal(run({ resourceVersion: '1' })).code).toBe(409)
  })

  test('waits for finalizers', () => {
    shop.createSecret('a', {}, { finalizers: ['x.io/hold'] })
    expect(api.delete(inDefault(secrets, 'a')).body).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x.io/hold'] },
    })
    const patch = (finalizers: string[] | null) => () =>
      api.patch({
        ...inDefault(secrets, 'a'),
        patchType: 'merge',
        patch: { metadata: { finalizers } },
      })
    expect(refusal(patch(['x.io/hold', 'x.io/more'])).code).toBe(422)
    patch(null)()
    expect(refusal(() => api.get(inDefault(secrets, 'a'))).code).toBe(404)
  })

  const owned = (uid: string | undefined, extra: object = {}) => ({
    ownerReferences: [{ apiVersion: 'shop.io/v1', kind: 'Widget', name: 'owner', uid, ...extra }],
  })
  const names = () =>
    api.list({ kind: secrets, namespace: 'default' }).items.map(({ metadata }) => metadata.name)

  test('takes along what only the deleted object owns', () => {
    const { uid } = shop.createWidget('owner').object.metadata
    const { uid: other } = shop.createWidget('other').object.metadata
    shop.createSecret('mine', {}, owned(uid))
    const both = [...owned(uid).ownerReferences, ...owned(other, { name: 'other' }).ownerReferences]
    shop.createSecret('ours', {}, { ownerReferences: both })
    api.delete(inDefault(widgets, 'owner'))
    expect(names()).toEqual(['ours'])
    expect(api.get(inDefault(secrets, 'ours')).object.metadata.ownerReferences).toHaveLength(1)
  })

  test('leaves orphans behind when asked to', () => {
    const { uid } = shop.createWidget('owner').object.metadata
    shop.createSecret('mine', {}, owned(uid))
    api.delete({ ...inDefault(widgets, 'owner'), propagationPolicy: 'Orphan' })
    expect(api.get(inDefault(secrets, 'mine')).object.metadata.ownerReferences).toBeUndefined()
    expect(refusal(() => api.get(inDefault(widgets, 'owner'))).code).toBe(404)
  })

  test('in the foreground waits for what blocks it', () => {
    const { uid } = shop.createWidget('owner').object.metadata
    const metadata = { ...owned(uid, { blockOwnerDeletion: true }), finalizers: ['x.io/hold'] }
    shop.createSecret('mine', {}, metadata)
    api.delete({ ...inDefault(widgets, 'owner'), propagationPolicy: 'Foreground' })
    expect(api.get(inDefault(widgets, 'owner')).object.metadata.finalizers).toEqual([
      'foregroundDeletion',
    ])
    const patch = { metadata: { finalizers: null } }
    api.patch({ ...inDefault(secrets, 'mine'), patchType: 'merge', patch })
    expect(names()).toEqual([])
    expect(refusal(() => api.get(inDefault(widgets, 'owner'))).code).toBe(404)
  })

  test('of a collection deletes what is selected', () => {
    shop.createSecret('a', {}, { labels: { x: 'y' } })
    shop.createSecret('b')
    api.deleteCollection({ kind: secrets, namespace: 'default', labelSelector: 'x=y' })
    expect(names()).toEqual(['b'])
  })
})

describe('namespaces', () => {
  const create = (name: string) =>
    api.create({ kind: namespaces, namespace: '', object: { metadata: { name } } }).object

  test('that Kubernetes has from the beginning exist', () => {
    const { items } = api.list({ kind: namespaces, namespace: '' })
    expect(items.map(({ metadata }) => metadata.name)).toEqual([
      'default',
      'gloo-system',
      'kube-public',
      'kube-system',
    ])
  })

  test('are active and labelled with their name', () => {
    expect(create('n')).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'n' } },
      status: { phase: 'Active' },
    })
  })

  test('take what is in them along', () => {
    create('n')
    for (const name of ['a', 'b']) {
      api.create({ kind: secrets, namespace: 'n', object: { metadata: { name } } })
    }
    api.delete({ kind: namespaces, namespace: '', name: 'n' })
    expect(api.list({ kind: secrets, namespace: 'n' }).items).toEqual([])
    expect(refusal(() => api.get({ kind: namespaces, namespace: '', name: 'n' })).code).toBe(404)
  })

  test('wait for finalizers of their objects and take nothing new meanwhile', () => {
    create('n')
    const object = { metadata: { name: 'a', finalizers: ['x.io/hold'] } }
    api.create({ kind: secrets, namespace: 'n', object })
    api.delete({ kind: namespaces, namespace: '', name: 'n' })
    expect(api.get({ kind: namespaces, namespace: '', name: 'n' }).object['status']).toEqual({
      phase: 'Terminating',
    })
    const late = { kind: secrets, namespace: 'n', object: { metadata: { name: 'b' } } }
    expect(refusal(() => api.create(late))).toMatchObject({
      code: 403,
      message:
        'secrets "b" is forbidden: unable to create new content in namespace n because it is being terminated',
    })
    const patch = { metadata: { finalizers: null } }
    api.patch({ kind: secrets, namespace: 'n', name: 'a', patchType: 'merge', patch })
    expect(refusal(() => api.get({ kind: namespaces, namespace: '', name: 'n' })).code).toBe(404)
  })

  test('that the system needs cannot be deleted', () => {
    const run = () => api.delete({ kind: namespaces, namespace: '', name: 'default' })
    expect(refusal(run).code).toBe(403)
  })
})
