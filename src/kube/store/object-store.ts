import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { GroupKind, KubeObject, ObjectReference } from '../kube-object.ts'
import { writeJsonOf } from '../object-json.ts'
import { groupKindOf, kindKeyOf, objectKeyOf } from '../object-key.ts'
import { Database, type StoredRow } from './database.ts'
import { History, type HistoryLimits, type Revision } from './history.ts'
import { SortedObjects } from './sorted-objects.ts'

/** One change to be committed. */
export type ObjectWrite =
  | { readonly type: 'put'; readonly object: KubeObject }
  | { readonly type: 'delete'; readonly reference: ObjectReference }

const defaultHistory: HistoryLimits = { maxCount: 10_000, maxBytes: 64 * 1024 * 1024 }

/**
 * Objects in their storage version, in memory and on disk. It knows no rule of Kubernetes but one: every write
 * has a revision, which is the object's resourceVersion.
 */
export class ObjectStore {
  readonly #database: Database
  readonly #kinds = new Map<string, SortedObjects>()
  readonly #history: History
  readonly #listeners = new Set<(revision: Revision) => void>()
  readonly #undelivered: Revision[] = []
  #delivering = false
  #revision: number

  /** Reads everything at once. `:memory:` keeps nothing. */
  constructor(dataDirectory: string, historyLimits: HistoryLimits = defaultHistory) {
    this.#database = new Database(dataDirectory)
    for (const { kindKey, objectKey, json } of this.#database.readAll()) {
      this.#objectsOf(kindKey).set(objectKey, deepFreeze(JSON.parse(json)))
    }
    this.#revision = this.#database.readRevision()
    this.#history = new History(this.#revision, historyLimits)
  }

  /** Of the last write. */
  get revision(): number {
    return this.#revision
  }

  get history(): Pick<History, 'since' | 'oldest'> {
    return this.#history
  }

  get(reference: ObjectReference): KubeObject | undefined {
    const key = objectKeyOf(reference.namespace, reference.name)
    return this.#kinds.get(kindKeyOf(reference))?.get(key)
  }

  /** Sorted by namespace and name; every namespace unless one is given. */
  list(kind: GroupKind, namespace = ''): readonly KubeObject[] {
    const objects = this.#kinds.get(kindKeyOf(kind))
    if (objects === undefined) return []
    return namespace === '' ? objects.all() : objects.inNamespace(namespace)
  }

  /** Every object of every kind. */
  *all(): Generator<KubeObject> {
    for (const objects of this.#kinds.values()) yield* objects.all()
  }

  /**
   * Commits all or, when it throws, nothing. The objects come back as stored, in the order of the writes. `check` is shown
   * the JSON of each object and throws to refuse them all.
   */
  commit(writes: readonly ObjectWrite[], check?: (json: string) => void): readonly KubeObject[] {
    const rows: StoredRow[] = []
    const revisions: Revision[] = []
    for (const write of writes) {
      const revision = this.#revision + revisions.length + 1
      const change = this.#changeOf(write, revision)
      if (change === undefined) continue
      check?.(change.json)
      rows.push(change.row)
      revisions.push(change.revision)
    }
    if (revisions.length === 0) return []
    this.#database.write(rows, this.#revision + revisions.length)
    this.#revision += revisions.length
    for (const revision of revisions) this.#remember(revision)
    this.#deliver()
    return revisions.map(({ object }) => object)
  }

  /** Calls back after each committed change, in order; a listener may write. Returns how to stop. */
  subscribe(listener: (revision: Revision) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#listeners.clear()
    this.#database.close()
  }

  #changeOf(write: ObjectWrite, revision: number) {
    const source = write.type === 'put' ? write.object : this.get(write.reference)
    if (source === undefined) return undefined
    const kind = groupKindOf(source)
    const { namespace = '', name } = source.metadata
    const metadata = { ...source.metadata, resourceVersion: String(revision) }
    const object: KubeObject = deepFreeze({ ...source, metadata })
    const previous = this.get({ ...kind, namespace, name })
    const json = writeJsonOf(object)
    const type = previous === undefined ? ('added' as const) : ('modified' as const)
    return {
      json,
      row: {
        kindKey: kindKeyOf(kind),
        objectKey: objectKeyOf(namespace, name),
        json: write.type === 'put' ? json : undefined,
      },
      revision: {
        type: write.type === 'put' ? type : ('deleted' as const),
        kind,
        object,
        previous,
        revision,
        byteLength: json.length,
      },
    }
  }

  #remember(revision: Revision): void {
    const { namespace = '', name } = revision.object.metadata
    const objects = this.#objectsOf(kindKeyOf(revision.kind))
    if (revision.type === 'deleted') objects.delete(objectKeyOf(namespace, name))
    else objects.set(objectKeyOf(namespace, name), revision.object)
    this.#history.add(revision)
    this.#undelivered.push(revision)
  }

  /** A write by a listener waits its turn, so that every listener sees every change in the same order. */
  #deliver(): void {
    if (this.#delivering) return
    this.#delivering = true
    try {
      for (let next = this.#undelivered.shift(); next; next = this.#undelivered.shift()) {
        for (const listener of this.#listeners) tell(listener, next)
      }
    } finally {
      this.#delivering = false
    }
  }

  #objectsOf(kindKey: string): SortedObjects {
    let objects = this.#kinds.get(kindKey)
    if (objects === undefined) {
      objects = new SortedObjects()
      this.#kinds.set(kindKey, objects)
    }
    return objects
  }
}

/** A listener's mistake is the program's, never that of a write which is already committed. */
function tell(listener: (revision: Revision) => void, revision: Revision): void {
  try {
    listener(revision)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
