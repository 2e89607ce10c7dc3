import { beforeEach, describe, expect, test } from 'vitest'
import type { ServedKind } from '../kind-registry.ts'
import type { ApiError } from '../status-error.ts'
import type { StoreResourceApi } from '../store-resource-api.ts'
import { inDefault, refusal, Shop } from '../testing/shop.ts'

let shop: Shop
let api: StoreResourceApi
let secrets: ServedKind

beforeEach(() => {
  shop = new Shop()
  ;({ api, secrets } = shop)
})

describe('list', () => {
  test('reads pieces of one moment, whatever is written between them', () => {
    for (const name of ['a', 'b', 'c', 'd']) shop.createSecret(name)
    const first = api.list({ kind: secrets, namespace: 'default', limit: 2 })
    expect(first.metadata.remainingItemCount).toBe(2)
    api.delete(inDefault(secrets, 'd'))
    shop.createSecret('c2')
    const token = first.metadata.continue
    const rest = api.list({ kind: secrets, namespace: 'default', limit: 2, continue: token })
    expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(['c', 'd'])
    expect(rest.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion })
  })

  test('says when a piece is too old, and how to have the rest', () => {
    for (const name of ['a', 'b']) shop.createSecret(name)
    const { metadata } = api.list({ kind: secrets, namespace: 'default', limit: 1 })
    for (let index = 0; index < 60; index++) shop.createSecret(`x-${index}`)
    const list = (token: string | undefined) =>
      api.list({ kind: secrets, namespace: 'default', continue: token })
    try {
      list(metadata.continue)
      expect.unreachable()
    } catch (error) {
      const { status } = error as ApiError
      expect(status.code).toBe(410)
      expect(list(status.metadata.continue).items).toHaveLength(61)
    }
  })

  test('selects by labels and fields', () => {
    shop.createSecret('a', { type: 'x' }, { labels: { app: 'web' } })
    shop.createSecret('b', { type: 'y' })
    const names = (selection: object) =>
      api.list({ kind: secrets, namespace: '', ...selection }).items.map((o) => o.metadata.name)
    expect(names({ labelSelector: 'app=web' })).toEqual(['a'])
    expect(names({ fieldSelector: 'type=y' })).toEqual(['b'])
    expect(refusal(() => names({ fieldSelector: 'spec.x=y' }))).toMatchObject({ code: 400 })
  })

  test.each(['x', '-1', '1e3'])('refuses the resourceVersion %s', (resourceVersion) => {
    expect(refusal(() => api.list({ kind: secrets, namespace: '', resourceVersion })).code).toBe(
      400,
    )
  })
})
