import { childNodeOf, type SchemaNode } from '../schema/schema-node.ts'
import { type FieldSet, isEmptySet, leaf } from './fields/field-set.ts'
import type { Managers } from './managers.ts'

const reconciled = new WeakMap<FieldSet, SchemaNode>()

/**
 * Brings sets into the form of the present schema: who owned parts of a value that is owned as a whole by now
 * owns the whole (structured-merge-diff, typed/reconcile_schema.go).
 */
export function reconcileManagers(managers: Managers, node: SchemaNode): Managers {
  for (const [key, manager] of managers) {
    if (reconciled.get(manager.fields) === node) continue
    const fields = reconcileBelow(node, manager.fields)
    reconciled.set(fields, node)
    if (fields !== manager.fields) managers.set(key, { ...manager, fields })
  }
  return managers
}

function reconcileBelow(node: SchemaNode, set: FieldSet): FieldSet {
  let result: Record<string, FieldSet> | undefined
  for (const element in set) {
    const below = set[element] ?? leaf
    if (isEmptySet(below)) continue
    const child = element.startsWith('f:') ? childNodeOf(node, element.slice(2)) : node.items
    if (child === undefined) continue
    const fitting = isOwnedAsWhole(child) ? leaf : reconcileBelow(child, below)
    if (fitting === below) continue
    result ??= { ...set }
    result[element] = fitting
  }
  return result ?? set
}

function isOwnedAsWhole({ schema }: SchemaNode): boolean {
  if (schema['x-kubernetes-map-type'] === 'atomic') return true
  const listType = schema['x-kubernetes-list-type']
  return schema.type === 'array' && listType !== 'set' && listType !== 'map'
}
