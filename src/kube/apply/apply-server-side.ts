import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../kube-object.ts'
import type { JsonObject } from '../schema/json-object.ts'
import { rootNodeOf, type SchemaNode } from '../schema/schema-node.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import type { ApplyConflict } from './conflicts.ts'
import { type Comparison, changedFieldsOf, compareObjects } from './fields/compare.ts'
import { rememberFieldSet } from './fields/decode-field-set.ts'
import {
  differenceOf,
  equalSets,
  type FieldSet,
  intersectionOf,
  isEmptySet,
  leaf,
  pathsOf,
  unionOf,
} from './fields/field-set.ts'
import { mergeObjects, removeFields } from './fields/merge-objects.ts'
import { appliedFieldsOf, withNamedParents } from './fields/object-fields.ts'
import { findUnmergeable } from './find-unmergeable.ts'
import { fieldsOfLastApplied, updateLastApplied } from './last-applied.ts'
import { decodeManagers, encodeManagers, type Managers, managerKeyOf } from './managers.ts'
import {
  type Endpoint,
  emptyObjectLike,
  formatTime,
  ownableFieldsOf,
  withManagedFields,
  withoutManagedFields,
  writableComparison,
  writableFieldsOf,
} from './owned-fields.ts'
import { reconcileManagers } from './reconcile-managers.ts'
import { recordUpdate, takeFrom } from './track-update.ts'

/** A server-side apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/). */
export interface ServerSideApply extends Endpoint {
  /** The object as it is stored, in `apiVersion`; undefined when it does not exist. */
  readonly live: KubeObject | undefined
  /** What the manager wants, as it was sent: without defaults. */
  readonly applied: KubeObject
  readonly manager: string
  /** Takes fields over from other managers. */
  readonly force: boolean
  readonly schema: StructuralSchema
  readonly apiVersion: string
  readonly now: Date
}

/** The merged object (`live` itself when nothing changes), the conflicts, or why the request is not valid. */
export type ServerSideApplyResult =
  | { readonly object: KubeObject }
  | { readonly conflicts: readonly ApplyConflict[] }
  /** Answered with 400. */
  | { readonly invalid: string }

/**
 * Merges what a manager applies into the live object (structured-merge-diff, merge/update.go).
 *
 * Fields are compared in the request's API version; the sets of managers that wrote through another version
 * are read as if they were of this one.
 */
export function applyServerSide(apply: ServerSideApply): ServerSideApplyResult {
  const node = rootNodeOf(apply.schema)
  const invalid = findInvalid(apply, node)
  if (invalid !== undefined) return { invalid }
  const decoded: Managers = decodeManagers(apply.live?.metadata.managedFields) ?? new Map()
  const managers = reconcileManagers(decoded, node)
  const live = withoutManagedFields(apply.live ?? emptyObjectLike(apply.applied))
  if (managers.size === 0 && apply.live !== undefined) claimExisting(managers, apply, live)
  const state: ApplyState = { apply, node, live, managers, key: keyOf(apply) }
  const object = merge(state)
  const comparison = writableComparison(compareObjects(node, live, object), apply)
  const conflicts = apply.force ? [] : conflictsOf(state, comparison)
  if (conflicts.length > 0) return { conflicts }
  return { object: finish(state, object, comparison) }
}

const identity: FieldSet = { 'f:metadata': { 'f:name': leaf } }

interface ApplyState {
  readonly apply: ServerSideApply
  readonly node: SchemaNode
  /** Without managed fields; an empty object when there is none yet. */
  readonly live: KubeObject
  readonly managers: Managers
  /** The applier among the managers. */
  readonly key: string
}

function findInvalid(
  { applied, apiVersion }: ServerSideApply,
  node: SchemaNode,
): string | undefined {
  if (applied.apiVersion !== apiVersion) {
    return `Incorrect version specified in apply patch. Specified patch version: ${applied.apiVersion}, expected: ${apiVersion}`
  }
  if ((applied.metadata.managedFields ?? undefined) !== undefined) {
    return 'metadata.managedFields must be nil'
  }
  const unmergeable = findUnmergeable(node, applied)
  if (unmergeable === undefined) return undefined
  const { namespace = '', name } = applied.metadata
  return `failed to create typed patch object (${namespace}/${name}; ${apiVersion}, Kind=${applied.kind}): ${unmergeable}`
}

function keyOf({ manager, subresource, apiVersion }: ServerSideApply): string {
  return managerKeyOf({
    name: manager,
    operation: 'Apply',
    apiVersion,
    subresource: subresource ?? '',
  })
}

/** An object that nobody's ownership is known of belongs to a manager of its own before the first apply. */
function claimExisting(managers: Managers, apply: ServerSideApply, live: KubeObject): void {
  const { schema, apiVersion, now } = apply
  const before = emptyObjectLike(live)
  const node = rootNodeOf(schema)
  recordUpdate(managers, {
    node,
    before,
    after: live,
    manager: 'before-first-apply',
    apiVersion,
    now,
  })
}

/** Lays the applied object over the live one and gives the applier its fields. */
function merge(state: ApplyState): KubeObject {
  const { apply, node, live, managers, key } = state
  const last = managers.get(key)
  const wanted = writableFieldsOf(appliedFieldsOf(node, apply.applied), apply)
  const fields = ownableFieldsOf(wanted)
  rememberFieldSet(fields)
  managers.set(key, {
    name: apply.manager,
    operation: 'Apply',
    apiVersion: apply.apiVersion,
    subresource: apply.subresource ?? '',
    time: last?.time,
    fields,
  })
  const merged = mergeObjects(node, live, apply.applied)
  // The name counts here although nobody owns it: it keeps `metadata` when all else that was applied there goes.
  let owned = unionOf(wanted, identity)
  for (const manager of managers.values()) owned = unionOf(owned, manager.fields)
  return prune(node, merged, { last: last?.fields ?? leaf, owned }) as KubeObject
}

/**
 * Removes what the applier applied last time, does not apply this time, and nobody else owns. What is owned by
 * nobody stays, unless it lies in something that is removed as a whole.
 */
function prune(
  node: SchemaNode,
  merged: JsonObject,
  { last, owned }: { readonly last: FieldSet; readonly owned: FieldSet },
): JsonObject {
  if (isEmptySet(differenceOf(last, owned))) return merged
  const lastMembers = withNamedParents(node, last)
  const withoutLast = removeFields(node, merged, lastMembers)
  const all = withNamedParents(node, appliedFieldsOf(node, merged))
  const remaining = withNamedParents(node, appliedFieldsOf(node, withoutLast))
  const keep = unionOf(remaining, withNamedParents(node, owned))
  const withOwned = removeFields(node, merged, differenceOf(all, keep))
  const kept = withNamedParents(node, appliedFieldsOf(node, withOwned))
  return removeFields(node, merged, intersectionOf(differenceOf(all, kept), lastMembers))
}

/** Others' fields that would change, without those that kubectl's own client-side apply set before. */
function conflictsOf(state: ApplyState, comparison: Comparison): ApplyConflict[] {
  const { apply, node, live, managers, key } = state
  const changed = changedFieldsOf(comparison)
  if (isEmptySet(changed)) return []
  const allowed = apply.manager === 'kubectl' ? fieldsOfLastApplied(node, live) : leaf
  const conflicts: ApplyConflict[] = []
  for (const [other, manager] of managers) {
    if (other === key) continue
    const fields = pathsOf(differenceOf(intersectionOf(manager.fields, changed), allowed))
    if (fields.length === 0) continue
    conflicts.push({
      manager: manager.name,
      operation: manager.operation,
      apiVersion: manager.apiVersion,
      ...(manager.subresource === '' ? {} : { subresource: manager.subresource }),
      fields,
    })
  }
  return conflicts
}

function finish(state: ApplyState, object: KubeObject, comparison: Comparison): KubeObject {
  const { apply, live, managers, key } = state
  takeFrom(managers, comparison, key)
  const merged = apply.manager === 'kubectl' ? updateLastApplied(object, apply.applied) : object
  const own = managers.get(key)
  if (own !== undefined && isEmptySet(own.fields)) managers.delete(key)
  const unchanged = apply.live !== undefined && isDeepStrictEqual(merged, live)
  if (unchanged && apply.live !== undefined && sameManagers(apply.live, managers)) return apply.live
  const latest = managers.get(key)
  if (latest !== undefined) managers.set(key, { ...latest, time: formatTime(apply.now) })
  return withManagedFields(merged, encodeManagers(managers))
}

function sameManagers(live: KubeObject, managers: Managers): boolean {
  const before = decodeManagers(live.metadata.managedFields) ?? new Map()
  if (before.size !== managers.size) return false
  return [...managers].every(([key, manager]) => {
    const previous = before.get(key)
    return (
      previous !== undefined &&
      previous.apiVersion === manager.apiVersion &&
      equalSets(previous.fields, manager.fields)
    )
  })
}
