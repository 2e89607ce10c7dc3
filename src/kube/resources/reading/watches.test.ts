import { beforeEach, describe, expect, test } from 'vitest'
import type { ObjectStore } from '../../store/object-store.ts'
import type { ServedKind } from '../kind-registry.ts'
import type { WatchEvent } from '../resource-api.ts'
import type { StoreResourceApi } from '../store-resource-api.ts'
import { inDefault, refusal, Shop } from '../testing/shop.ts'

let shop: Shop
let store: ObjectStore
let api: StoreResourceApi
let secrets: ServedKind

beforeEach(() => {
  shop = new Shop()
  ;({ store, api, secrets } = shop)
})

describe('watch', () => {
  function open(options: object = {}, accept = true) {
    const events: WatchEvent[] = []
    const state = { ended: false, accept }
    const watch = api.watch(
      { kind: secrets, namespace: 'default', ...options },
      {
        send: (event) => {
          events.push(event)
          return state.accept
        },
        end: () => {
          state.ended = true
        },
      },
    )
    const told = () =>
      events.map(
        ({ type, object }) =>
          `${type} ${(object as { metadata: { name?: string } }).metadata.name}`,
      )
    return { watch, events, state, told }
  }
  const flush = () => Promise.resolve()

  test('tells what there is and then what changes', async () => {
    shop.createSecret('a')
    const { told, watch } = open()
    await flush()
    shop.createSecret('b')
    api.update({ ...inDefault(secrets, 'b'), object: { metadata: { name: 'b' }, type: 'x' } })
    api.delete(inDefault(secrets, 'a'))
    expect(told()).toEqual(['ADDED a', 'ADDED b', 'MODIFIED b', 'DELETED a'])
    watch.close()
    shop.createSecret('c')
    expect(told()).toHaveLength(4)
  })

  test('from a resourceVersion tells what was missed', async () => {
    const { metadata } = shop.createSecret('a')
    shop.createSecret('b')
    const { told } = open({ resourceVersion: metadata.resourceVersion })
    await flush()
    expect(told()).toEqual(['ADDED b'])
  })

  test('from a forgotten or unknown resourceVersion is expired', () => {
    for (let index = 0; index < 60; index++) shop.createSecret(`x-${index}`)
    expect(refusal(() => open({ resourceVersion: '3' }))).toMatchObject({
      code: 410,
      reason: 'Expired',
    })
    expect(refusal(() => open({ resourceVersion: '999999' })).code).toBe(410)
  })

  test('tells a deletion when an object is no longer selected', async () => {
    const { told } = open({ labelSelector: 'a=b' })
    await flush()
    shop.createSecret('s', {}, { labels: { a: 'b' } })
    const patch = (labels: object) =>
      api.patch({ ...inDefault(secrets, 's'), patchType: 'merge', patch: { metadata: { labels } } })
    patch({ a: 'c' })
    patch({ a: 'b' })
    expect(told()).toEqual(['ADDED s', 'DELETED s', 'ADDED s'])
  })

  test('marks the end of what was there with a bookmark when asked to', async () => {
    shop.createSecret('a')
    const { events } = open({
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    })
    await flush()
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK'])
    expect(events[1]?.object.metadata).toMatchObject({
      resourceVersion: String(store.revision),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    })
  })

  test('sends bookmarks from time to time and ends when its time is over', async () => {
    const { events, state } = open({ allowWatchBookmarks: true, timeoutSeconds: 300 })
    await flush()
    shop.fire(60_000)
    expect(events.map(({ type }) => type)).toEqual(['BOOKMARK'])
    shop.fire(300_000)
    expect(state.ended).toBe(true)
    expect(shop.timers.size).toBe(0)
  })

  test('holds events back for a slow receiver and goes on when it can', async () => {
    const { told, watch, state } = open({}, false)
    await flush()
    for (const name of ['a', 'b', 'c']) shop.createSecret(name)
    expect(told()).toEqual(['ADDED a'])
    state.accept = true
    watch.resume()
    expect(told()).toEqual(['ADDED a', 'ADDED b', 'ADDED c'])
  })

  test('is cut off when its receiver is too slow, and no other with it', async () => {
    const slow = open({}, false)
    const quick = open()
    await flush()
    for (let index = 0; index < 1100; index++) shop.createSecret(`x-${index}`)
    expect(slow.state.ended).toBe(true)
    expect(slow.events).toHaveLength(1)
    expect(quick.state.ended).toBe(false)
    expect(quick.events).toHaveLength(1100)
  })
})
