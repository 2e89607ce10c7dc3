import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import { edit, later, object, ownersOf, update } from './testing/tracked-objects.ts'

describe('the managed fields of an update', () => {
  const created = update(undefined, object({ replicas: 1, labels: { a: '1' } }), { manager: 'c' })

  test('of a new object name everything in it', () => {
    expect(ownersOf(created)).toEqual({
      'c/Update': {
        'f:spec': { '.': {}, 'f:replicas': {}, 'f:labels': { '.': {}, 'f:a': {} } },
      },
    })
  })

  test('move what changed to who changed it', () => {
    expect(ownersOf(edit(created, { replicas: 2, labels: { a: '1' } }))).toEqual({
      'c/Update': { 'f:spec': { '.': {}, 'f:labels': { '.': {}, 'f:a': {} } } },
      'editor/Update': { 'f:spec': { 'f:replicas': {} } },
    })
  })

  test('lose what is removed', () => {
    expect(ownersOf(edit(created, { replicas: 1 }))).toEqual({
      'c/Update': { 'f:spec': { '.': {}, 'f:replicas': {} } },
    })
  })

  test('stay as they are when nothing changes', () => {
    expect(update(created, created, { now: later })).toEqual(created)
  })

  test('survive a client that leaves them out', () => {
    const { managedFields: _, ...metadata } = created.metadata
    expect(ownersOf(update(created, { ...created, metadata }))).toEqual(ownersOf(created))
  })

  test.each<[string, unknown]>([
    ['an empty entry', [{}]],
    ['an empty list', []],
  ])('are dropped by %s', (_name, managedFields) => {
    const metadata = { ...created.metadata, managedFields } as KubeObject['metadata']
    expect(update(created, { ...created, metadata }).metadata.managedFields).toBeUndefined()
  })

  test('keep their entries when a client sends entries that cannot be read', () => {
    const managedFields = [{ manager: 'x', operation: 'Update', fieldsV1: { odd: {} } }]
    const metadata = { ...created.metadata, managedFields } as unknown as KubeObject['metadata']
    expect(ownersOf(update(created, { ...created, metadata }))).toEqual(ownersOf(created))
  })

  test('tell a status written through the subresource apart', () => {
    const written = update(
      created,
      { ...created, status: { ready: true } },
      {
        manager: 'c',
        subresource: 'status',
        statusSubresource: true,
      },
    )
    expect(
      written.metadata.managedFields?.map(({ manager, subresource, fieldsV1 }) => ({
        manager,
        subresource,
        fieldsV1,
      })),
    ).toEqual([
      { manager: 'c', subresource: undefined, fieldsV1: ownersOf(created)['c/Update'] },
      {
        manager: 'c',
        subresource: 'status',
        fieldsV1: { 'f:status': { '.': {}, 'f:ready': {} } },
      },
    ])
  })

  test('merge the oldest updaters when there are more than ten', () => {
    let live = created
    for (let index = 0; index < 15; index += 1) {
      live = edit(
        live,
        { replicas: 1, labels: { ...labelsOf(live), [`l${index}`]: '' } },
        `m${index}`,
      )
    }
    expect(live.metadata.managedFields).toHaveLength(10)
    expect(Object.keys(ownersOf(live))).toContain('ancient-changes/Update')
  })
})

function labelsOf(of: KubeObject): Record<string, string> {
  return (of['spec'] as { labels: Record<string, string> }).labels
}
