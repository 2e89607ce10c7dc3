import type { Configuration } from '../ir/configuration.ts'
import type { KindDefinition } from '../kube/kind-definition.ts'
import type { GroupKind, KubeObject, ObjectReference } from '../kube/kube-object.ts'

/** One vendor's API: its kinds and what they mean. */
export interface Dialect {
  readonly name: string
  readonly kinds: readonly KindDefinition[]
  /** Objects that stand before anybody applies one; made where they are missing at start, and with their namespace. */
  readonly seeds: readonly KubeObject[]
  /** A translator may keep what it computed from objects that did not change. */
  createTranslator(): Translator
  /** Writes what went wrong while the gateway took the configuration into a status of this vendor's shape. */
  addErrors(status: unknown, errors: readonly ProgrammingError[], object: ObjectReference): unknown
}

/** Something of an object that the gateway could not put in force: a port in use, a certificate without key. */
export interface ProgrammingError {
  readonly fieldPath: string
  readonly message: string
}

export interface Translator {
  /** Pure but for its own memory: no I/O, no clock. Never throws on bad input; bad input becomes status. */
  translate(objects: ObjectView): Translation
}

/** The objects of one moment. Unchanged objects are the same references as in the view before. */
export interface ObjectView {
  /** Oldest first, then by namespace and name. */
  list(kind: GroupKind): readonly KubeObject[]
  get(kind: GroupKind, namespace: string, name: string): KubeObject | undefined
}

/** What a dialect makes of the objects. Nodes that did not change should be the same references. */
export interface Translation {
  readonly configuration: Configuration
  readonly statuses: readonly ObjectStatus[]
  /** `namespace/name` of every Secret whose values the configuration refers to. */
  readonly secretIds: ReadonlySet<string>
  /**
   * Objects that must stand because of what was translated, such as the Service of a gateway. Each names its owner
   * in `ownerReferences` and goes with it.
   */
  readonly owned?: readonly KubeObject[]
  /** Told as Events, for what no status can say. */
  readonly hints?: readonly ObjectHint[]
}

/** What operators should know of an object although nobody here answers for it. */
export interface ObjectHint {
  readonly object: ObjectReference
  /** CamelCase. */
  readonly reason: string
  readonly message: string
}

/** The status that an object should have, as its vendor writes it. */
export interface ObjectStatus {
  readonly object: ObjectReference
  /**
   * What the status says once the gateway has taken the configuration. Conditions need no `lastTransitionTime`:
   * it is filled in where the status is written.
   */
  readonly status: unknown
}
