import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { trackUpdate, type UpdateToTrack } from './track-update.ts'

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}

const now = new Date('2026-11-20T10:00:00Z')
const later = new Date('2026-11-20T11:00:00Z')

function object(spec: Record<string, unknown>): KubeObject {
  return { apiVersion: 'x/v1', kind: 'A', metadata: { name: 'a', namespace: 'n' }, spec }
}

function update(
  live: KubeObject | undefined,
  updated: KubeObject,
  options: Partial<UpdateToTrack> = {},
): KubeObject {
  const defaults = { manager: 'editor', schema, apiVersion: 'x/v1', now }
  return trackUpdate({ ...defaults, live, updated, ...options })
}

function edit(live: KubeObject, spec: Record<string, unknown>, manager = 'editor'): KubeObject {
  return update(live, { ...live, spec }, { manager })
}

function ownersOf(of: KubeObject): Record<string, unknown> {
  const entries = (of.metadata.managedFields ?? []).map(
    (entry) => [`${entry.manager}/${entry.operation}`, entry.fieldsV1] as const,
  )
  return Object.fromEntries(entries)
}

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
