import { createHash, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Clock, systemClock } from '../../lib/time/clock.ts'
import type { GroupKind, KubeObject, ObjectReference } from '../kube-object.ts'
import { groupKindOf } from '../object-key.ts'
import type { ObjectChange, ObjectEvent, ObjectSource } from '../object-source.ts'
import type { ObjectStore } from './object-store.ts'

const maxEvents = 1000
const eventLifetimeMs = 60 * 60 * 1000
const eventKind: GroupKind = { group: '', kind: 'Event' }

/** What control reads and writes, over the built-in store. */
export class StoreObjectSource implements ObjectSource {
  readonly #store: ObjectStore
  readonly #clock: Clock
  readonly #createUid: () => string

  constructor(
    store: ObjectStore,
    clock: Clock = systemClock,
    createUid: () => string = randomUUID,
  ) {
    this.#store = store
    this.#clock = clock
    this.#createUid = createUid
  }

  list(kind: GroupKind): readonly KubeObject[] {
    return this.#store.list(kind)
  }

  get(reference: ObjectReference): KubeObject | undefined {
    return this.#store.get(reference)
  }

  subscribe(listener: (change: ObjectChange) => void): () => void {
    return this.#store.subscribe(listener)
  }

  createIfMissing(object: KubeObject): void {
    const { namespace = '', name } = object.metadata
    if (this.#store.get({ ...groupKindOf(object), namespace, name }) !== undefined) return
    const metadata = {
      ...object.metadata,
      uid: this.#createUid(),
      creationTimestamp: this.#now(),
      generation: 1,
    }
    this.#store.commit([{ type: 'put', object: { ...object, metadata } }])
  }

  ensureOwned(object: KubeObject): void {
    const { namespace = '', name, labels, annotations, ownerReferences } = object.metadata
    const current = this.#store.get({ ...groupKindOf(object), namespace, name })
    if (current === undefined) {
      this.createIfMissing(object)
      return
    }
    const owner = ownerReferences?.[0]?.uid
    const { metadata } = current
    if (owner === undefined || metadata.ownerReferences?.[0]?.uid !== owner) return
    const { metadata: _, ...fields } = object
    const next = {
      ...current,
      ...fields,
      metadata: {
        ...metadata,
        ...(labels && { labels: { ...metadata.labels, ...labels } }),
        ...(annotations && { annotations: { ...metadata.annotations, ...annotations } }),
      },
    }
    if (isDeepStrictEqual(next, current)) return
    const generation = (metadata.generation ?? 0) + 1
    this.#store.commit([
      { type: 'put', object: { ...next, metadata: { ...next.metadata, generation } } },
    ])
  }

  writeStatus(reference: ObjectReference, status: unknown): void {
    const object = this.#store.get(reference)
    if (object === undefined || isDeepStrictEqual(object['status'], status)) return
    this.#store.commit([{ type: 'put', object: { ...object, status } }])
  }

  recordEvent(reference: ObjectReference, event: ObjectEvent): void {
    const about = this.#store.get(reference)
    if (about === undefined) return
    const namespace = reference.namespace === '' ? 'default' : reference.namespace
    const name = `${reference.name.slice(0, 200)}.${digestOf(reference, event, about.metadata.uid)}`
    const previous = this.#store.get({ ...eventKind, namespace, name })
    this.#store.commit([
      { type: 'put', object: this.#eventOf({ about, event, namespace, name }, previous) },
    ])
    if (previous === undefined) this.#forgetEvents()
  }

  #eventOf(
    source: { about: KubeObject; event: ObjectEvent; namespace: string; name: string },
    previous: KubeObject | undefined,
  ): KubeObject {
    const { about, event, namespace, name } = source
    const now = this.#now()
    const counted = previous !== undefined && !this.#isOld(previous)
    const { uid, resourceVersion } = about.metadata
    const fresh = { name, namespace, uid: this.#createUid(), creationTimestamp: now }
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: counted ? previous.metadata : fresh,
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        ...(about.metadata.namespace !== undefined && { namespace: about.metadata.namespace }),
        name: about.metadata.name,
        uid,
        resourceVersion,
      },
      type: event.type,
      reason: event.reason,
      message: event.message,
      source: { component: event.reportingComponent },
      reportingComponent: event.reportingComponent,
      reportingInstance: '',
      firstTimestamp: counted ? previous['firstTimestamp'] : now,
      lastTimestamp: now,
      count: counted ? Number(previous['count']) + 1 : 1,
    }
  }

  /** Old events go, and the oldest when there are too many. */
  #forgetEvents(): void {
    const events = [...this.#store.list(eventKind)].sort((a, b) => lastTimeOf(a) - lastTimeOf(b))
    const surplus = events.length - maxEvents
    const forgotten = events.filter((event, index) => index < surplus || this.#isOld(event))
    this.#store.commit(
      forgotten.map(({ metadata }) => {
        const { namespace = '', name } = metadata
        return { type: 'delete', reference: { ...eventKind, namespace, name } }
      }),
    )
  }

  #isOld(event: KubeObject): boolean {
    return lastTimeOf(event) < this.#clock.now() - eventLifetimeMs
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
  }
}

function lastTimeOf(event: KubeObject): number {
  const time = event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp
  return Date.parse(String(time)) || 0
}

/** Equal events have one name, and so are one object. */
function digestOf(reference: ObjectReference, event: ObjectEvent, uid: string | undefined): string {
  const parts = [reference.group, reference.kind, uid, event.type, event.reason, event.message]
  const text = JSON.stringify([...parts, event.reportingComponent])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
