import type { KubeObject } from '../kube-object.ts'
import { rootNodeOf, type SchemaNode } from '../schema/schema-node.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { type Comparison, changedFieldsOf, compareObjects } from './fields/compare.ts'
import { rememberFieldSet } from './fields/decode-field-set.ts'
import { differenceOf, isEmptySet, leaf, unionOf } from './fields/field-set.ts'
import {
  capUpdateManagers,
  decodeManagers,
  encodeManagers,
  type Managers,
  managerKeyOf,
  setFields,
} from './managers.ts'
import {
  type Endpoint,
  emptyObjectLike,
  formatTime,
  ownableFieldsOf,
  withManagedFields,
  withoutManagedFields,
  writableComparison,
} from './owned-fields.ts'
import { reconcileManagers } from './reconcile-managers.ts'

/** A write by create, update or patch (other than apply). */
export interface UpdateToTrack extends Endpoint {
  /** The object as it is stored, in `apiVersion`; undefined on creation. */
  readonly live: KubeObject | undefined
  /** The object as it is to be stored. */
  readonly updated: KubeObject
  /** The field manager's name. */
  readonly manager: string
  readonly apiVersion: string
  readonly now: Date
  readonly schema: StructuralSchema
}

/**
 * `updated` with its `managedFields`: the manager owns what it changed, nobody owns what it removed.
 *
 * A client may edit the entries itself; `[]` or one empty entry drops them. Objects without any stay without,
 * except on creation. A list that cannot be read counts as not sent.
 */
export function trackUpdate(update: UpdateToTrack): KubeObject {
  const { live, updated } = update
  const node = rootNodeOf(update.schema)
  const managers = reconcileManagers(managersOf(update), node)
  const bare = withoutManagedFields(updated)
  if (live !== undefined && managers.size === 0) return bare
  const before = withoutManagedFields(live ?? emptyObjectLike(updated))
  recordUpdate(managers, { ...update, node, before, after: bare })
  capUpdateManagers(managers)
  return withManagedFields(bare, encodeManagers(managers))
}

function managersOf({ live, updated, subresource }: UpdateToTrack): Managers {
  const previous = decodeManagers(live?.metadata.managedFields) ?? new Map()
  if ((subresource ?? '') !== '') return previous
  const sent: unknown = updated.metadata.managedFields
  if (isReset(sent)) return new Map()
  const edited = decodeManagers(sent)
  return edited === undefined || edited.size === 0 ? previous : edited
}

function isReset(managedFields: unknown): boolean {
  if (!Array.isArray(managedFields)) return false
  if (managedFields.length === 0) return true
  const [only, ...others] = managedFields
  return others.length === 0 && only !== null && Object.keys(only as object).length === 0
}

/** A change of an object by one manager. */
export interface RecordedUpdate extends Endpoint {
  readonly node: SchemaNode
  readonly before: KubeObject
  readonly after: KubeObject
  readonly manager: string
  readonly apiVersion: string
  readonly now: Date
}

/** Moves the ownership of what changed to the manager. */
export function recordUpdate(managers: Managers, update: RecordedUpdate): void {
  const comparison = writableComparison(
    compareObjects(update.node, update.before, update.after),
    update,
  )
  const changed = changedFieldsOf(comparison)
  takeFrom(managers, comparison)
  const own = ownableFieldsOf(changed)
  if (isEmptySet(own)) return
  const manager = {
    name: update.manager,
    operation: 'Update' as const,
    apiVersion: update.apiVersion,
    subresource: update.subresource ?? '',
  }
  const key = managerKeyOf(manager)
  const fields = unionOf(managers.get(key)?.fields ?? leaf, own)
  rememberFieldSet(fields)
  managers.set(key, { ...manager, time: formatTime(update.now), fields })
}

/** Takes what changed or went away from everyone but `except`. */
export function takeFrom(managers: Managers, comparison: Comparison, except?: string): void {
  const changed = changedFieldsOf(comparison)
  for (const [key, manager] of [...managers]) {
    if (key === except) continue
    const kept = differenceOf(differenceOf(manager.fields, changed), comparison.removed)
    rememberFieldSet(kept)
    setFields(managers, key, kept)
  }
}
