import type { ManagedFieldsEntry } from '../kube-object.ts'
import { isJsonObject } from '../schema/json-object.ts'
import { decodeFieldSet } from './fields/decode-field-set.ts'
import { type FieldSet, isEmptySet, unionOf } from './fields/field-set.ts'

/** Who owns which fields: one entry of `managedFields`. */
export interface Manager {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string | undefined
  readonly fields: FieldSet
}

/** The managers of one object by {@link managerKeyOf}. */
export type Managers = Map<string, Manager>

/** How many entries of updates an object keeps; older ones are merged into one (as kube-apiserver does). */
const maxUpdateManagers = 10
const nameOfMerged = 'ancient-changes'

/** Tells managers apart. An applier is the same in every API version, an updater is not. */
export function managerKeyOf(
  manager: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>,
): string {
  const { name, operation, apiVersion, subresource } = manager
  return JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource])
}

/** The managers of `metadata.managedFields`; undefined when an entry is not valid. */
export function decodeManagers(entries: unknown): Managers | undefined {
  const managers: Managers = new Map()
  if (entries === undefined || entries === null) return managers
  if (!Array.isArray(entries)) return undefined
  for (const entry of entries) {
    const manager = decodeManager(entry)
    if (manager === undefined) return undefined
    managers.set(managerKeyOf(manager), manager)
  }
  return managers
}

function decodeManager(entry: unknown): Manager | undefined {
  if (!isJsonObject(entry)) return undefined
  const {
    manager = '',
    operation,
    apiVersion = '',
    subresource = '',
    time,
  } = entry as Partial<Record<keyof ManagedFieldsEntry, unknown>>
  if (operation !== 'Apply' && operation !== 'Update') return undefined
  if (typeof manager !== 'string' || typeof apiVersion !== 'string') return undefined
  if (typeof subresource !== 'string' || (entry['fieldsType'] ?? 'FieldsV1') !== 'FieldsV1') {
    return undefined
  }
  const fields = decodeFieldSet(entry['fieldsV1'] ?? {})
  if (fields === undefined) return undefined
  return {
    name: manager,
    operation,
    apiVersion,
    subresource,
    time: typeof time === 'string' ? time : undefined,
    fields,
  }
}

/** The entries of `metadata.managedFields` in the order in which Kubernetes lists them. */
export function encodeManagers(managers: Managers): ManagedFieldsEntry[] {
  return [...managers.values()].sort(compareManagers).map((manager) => ({
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time === undefined ? {} : { time: manager.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: manager.fields,
    ...(manager.subresource === '' ? {} : { subresource: manager.subresource }),
  }))
}

function compareManagers(left: Manager, right: Manager): number {
  return (
    compareText(left.operation, right.operation) ||
    secondsOf(left) - secondsOf(right) ||
    compareText(left.name, right.name) ||
    compareText(left.apiVersion, right.apiVersion) ||
    compareText(left.subresource, right.subresource)
  )
}

function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function secondsOf(manager: Manager): number {
  const milliseconds = manager.time === undefined ? Number.NaN : Date.parse(manager.time)
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000)
}

/** Gives a manager its fields; one without fields is dropped. */
export function setFields(managers: Managers, key: string, fields: FieldSet): void {
  const manager = managers.get(key)
  if (manager === undefined || manager.fields === fields) return
  if (isEmptySet(fields)) managers.delete(key)
  else managers.set(key, { ...manager, fields })
}

/** Merges the oldest updaters while there are too many, so that an object's managers stay bounded. */
export function capUpdateManagers(managers: Managers): void {
  const updaters = [...managers]
    .filter(([, manager]) => manager.operation === 'Update')
    .sort(([, left], [, right]) => secondsOf(left) - secondsOf(right))
  let surplus = updaters.length - maxUpdateManagers
  const firstByVersion = new Map<string, string>()
  for (const [key, manager] of updaters) {
    if (surplus <= 0) return
    const first = firstByVersion.get(manager.apiVersion)
    if (first === undefined) {
      firstByVersion.set(manager.apiVersion, key)
      continue
    }
    const merged = managers.get(first)
    if (merged === undefined) continue
    managers.delete(first)
    managers.delete(key)
    const bucket: Manager = {
      ...manager,
      name: nameOfMerged,
      subresource: '',
      fields: unionOf(merged.fields, manager.fields),
    }
    const bucketKey = managerKeyOf(bucket)
    managers.set(bucketKey, bucket)
    firstByVersion.set(manager.apiVersion, bucketKey)
    surplus -= 1
  }
}
