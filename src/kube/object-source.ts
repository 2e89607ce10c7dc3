import type { GroupKind, KubeObject, ObjectReference } from './kube-object.ts'

/** A change that was stored. */
export interface ObjectChange {
  readonly type: 'added' | 'modified' | 'deleted'
  readonly kind: GroupKind
  /** In the storage version; for `deleted` the last one stored. */
  readonly object: KubeObject
  readonly previous: KubeObject | undefined
}

/** Where control reads objects and writes status: the built-in store, or a real cluster. */
export interface ObjectSource {
  /** Every object of a kind, in the storage version. */
  list(kind: GroupKind): readonly KubeObject[]
  get(reference: ObjectReference): KubeObject | undefined
  /** Calls back after each committed write, in order. Returns how to stop. */
  subscribe(listener: (change: ObjectChange) => void): () => void
  /** Creates the object unless one of its name exists. */
  createIfMissing(object: KubeObject): void
  /**
   * Creates the object, or brings the labels, annotations and fields of one with the same owner to what `object` says;
   * `status` stays. Without effect when another's object has the name.
   */
  ensureOwned(object: KubeObject): void
  /** Replaces `status` when it differs. Without effect when the object is gone. */
  writeStatus(reference: ObjectReference, status: unknown): void
  /** Records an Event about an object; equal events within an hour are counted in one. */
  recordEvent(reference: ObjectReference, event: ObjectEvent): void
}

export interface ObjectEvent {
  readonly type: 'Normal' | 'Warning'
  /** CamelCase. */
  readonly reason: string
  readonly message: string
  readonly reportingComponent: string
}
