import { beforeEach, describe, expect, test } from 'vitest'
import type { ObjectChange } from '../object-source.ts'
import { ObjectStore } from './object-store.ts'
import { StoreObjectSource } from './store-object-source.ts'

const kind = { group: 'shop.io', kind: 'Widget' }
const reference = { ...kind, namespace: 'default', name: 'a' }
const widget = {
  apiVersion: 'shop.io/v1',
  kind: 'Widget',
  metadata: { name: 'a', namespace: 'default' },
  spec: { size: 1 },
}
const event = {
  type: 'Warning',
  reason: 'Odd',
  message: 'odd size',
  reportingComponent: 'x',
} as const
const minuteMs = 60_000

let now: number
let store: ObjectStore
let source: StoreObjectSource
beforeEach(() => {
  now = Date.UTC(2026, 0, 1)
  store = new ObjectStore(':memory:')
  let uid = 0
  const clock = { now: () => now, schedule: () => () => undefined }
  source = new StoreObjectSource(store, clock, () => `uid-${++uid}`)
  source.createIfMissing(widget)
})

const events = () => source.list({ group: '', kind: 'Event' })

describe('the object source', () => {
  test('creates what is missing and leaves what is there', () => {
    source.createIfMissing({ ...widget, spec: { size: 9 } })
    expect(source.get(reference)).toMatchObject({
      metadata: { uid: 'uid-1', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { size: 1 },
    })
  })

  test('brings an object of the same owner up to date and leaves that of another', () => {
    const owned = (uid: string, size: number) => ({
      ...widget,
      metadata: {
        ...widget.metadata,
        name: 'owned',
        labels: { size: String(size) },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Shop', name: 's', uid }],
      },
      spec: { size },
    })
    const current = () => source.get({ ...reference, name: 'owned' })
    source.ensureOwned(owned('shop', 1))
    source.writeStatus({ ...reference, name: 'owned' }, { phase: 'Up' })
    source.ensureOwned(owned('shop', 1))
    expect(current()).toMatchObject({ metadata: { generation: 1 }, spec: { size: 1 } })
    source.ensureOwned(owned('other', 3))
    source.ensureOwned(owned('shop', 2))
    expect(current()).toMatchObject({
      metadata: { generation: 2, labels: { size: '2' } },
      spec: { size: 2 },
      status: { phase: 'Up' },
    })
  })

  test('writes a status that differs, without a new generation, and tells so', () => {
    const changes: ObjectChange[] = []
    source.subscribe((change) => changes.push(change))
    source.writeStatus(reference, { phase: 'Up' })
    source.writeStatus(reference, { phase: 'Up' })
    source.writeStatus({ ...reference, name: 'absent' }, { phase: 'Up' })
    expect(changes).toMatchObject([
      { type: 'modified', object: { status: { phase: 'Up' }, metadata: { generation: 1 } } },
    ])
  })

  test('counts equal events within an hour in one', () => {
    source.recordEvent(reference, event)
    now += minuteMs
    source.recordEvent(reference, event)
    source.recordEvent(reference, { ...event, message: 'other' })
    expect(events()).toHaveLength(2)
    expect(events()).toContainEqual(
      expect.objectContaining({
        type: 'Warning',
        reason: 'Odd',
        message: 'odd size',
        count: 2,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:01:00Z',
        involvedObject: expect.objectContaining({ kind: 'Widget', name: 'a', uid: 'uid-1' }),
      }),
    )
  })

  test('begins an event anew after an hour, and forgets old ones', () => {
    source.recordEvent(reference, event)
    source.recordEvent(reference, { ...event, message: 'old' })
    now += 61 * minuteMs
    source.recordEvent(reference, event)
    expect(events().map((object) => object['count'])).toContain(1)
    source.recordEvent(reference, { ...event, message: 'new' })
    expect(
      events()
        .map((object) => object['message'])
        .sort(),
    ).toEqual(['new', 'odd size'])
  })

  test('keeps at most a thousand events', () => {
    for (let index = 0; index < 1005; index++) {
      now += 1000
      source.recordEvent(reference, { ...event, message: `message ${index}` })
    }
    expect(events()).toHaveLength(1000)
    expect(events().map((object) => object['message'])).not.toContain('message 0')
  })
})
