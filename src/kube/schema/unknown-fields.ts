import { findNearName } from '../../lib/text/find-near-name.ts'
import type { KubeObject } from '../kube-object.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { formatFieldPath } from './field-path.ts'
import { isJsonObject, type JsonObject, setField } from './json-object.ts'
import { rootNodeOf, type SchemaNode } from './schema-node.ts'

/** A field that the schema does not know. */
export interface UnknownField {
  /** Such as `spec.hosts[0].bar`. */
  readonly path: string
  /** What it was probably meant to be, to stand behind a text about it: ` (did you mean "bat"?)`, or nothing. */
  readonly hint: string
}

/** Hints cost time, and nobody reads more of them. */
const maxHints = 50

/**
 * The fields that the schema does not know, sorted by path. `metadata` is checked as ObjectMeta, of the object and of
 * embedded resources.
 */
export function findUnknownFields(schema: StructuralSchema, object: KubeObject): UnknownField[] {
  const found: UnknownField[] = []
  visitObject(rootNodeOf(schema), object, { path: [], found })
  return found.sort((left, right) => (left.path < right.path ? -1 : 1))
}

/** The object without the fields that the schema does not know; the same object when there are none. */
export function pruneUnknownFields(schema: StructuralSchema, object: KubeObject): KubeObject {
  return prunedObject(rootNodeOf(schema), object) as KubeObject
}

interface Visit {
  readonly path: (string | number)[]
  readonly found: UnknownField[]
}

/** What the schema says about a field: a node to look into, nothing to look into, or unknown. */
function fieldOf(node: SchemaNode | undefined, name: string): SchemaNode | 'any' | 'unknown' {
  if (node === undefined) return 'unknown'
  return node.properties.get(name) ?? node.additional ?? (node.keepsUnknown ? 'any' : 'unknown')
}

function visitValue(node: SchemaNode | undefined, value: unknown, visit: Visit): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) {
    visitObject(node, value as JsonObject, visit)
    return
  }
  const items = node?.items
  if (items === undefined && node?.keepsUnknown === true) return
  const depth = visit.path.length
  for (let index = 0; index < value.length; index += 1) {
    visit.path[depth] = index
    visitValue(items, value[index], visit)
  }
  visit.path.length = depth
}

function visitObject(node: SchemaNode | undefined, object: JsonObject, visit: Visit): void {
  const depth = visit.path.length
  for (const name in object) {
    visit.path[depth] = name
    const field = fieldOf(node, name)
    if (field === 'unknown') {
      const hint = visit.found.length < maxHints ? hintOf(node, name) : ''
      visit.found.push({ path: formatFieldPath(visit.path), hint })
    } else if (field !== 'any') visitValue(field, object[name], visit)
  }
  visit.path.length = depth
}

function hintOf(node: SchemaNode | undefined, name: string): string {
  const near = findNearName(name, node?.properties.keys() ?? [])
  return near === undefined ? '' : ` (did you mean "${near}"?)`
}

function prunedValue(node: SchemaNode | undefined, value: unknown): unknown {
  if (isJsonObject(value)) return prunedObject(node, value)
  if (!Array.isArray(value)) return value
  const items = node?.items
  if (items === undefined && node?.keepsUnknown === true) return value
  let changed = false
  const list = value.map((item: unknown) => {
    const kept = prunedValue(items, item)
    if (kept !== item) changed = true
    return kept
  })
  return changed ? list : value
}

function prunedObject(node: SchemaNode | undefined, object: JsonObject): JsonObject {
  let changed = false
  const result: Record<string, unknown> = {}
  for (const name in object) {
    const value = object[name]
    const field = fieldOf(node, name)
    if (field === 'unknown') {
      changed = true
      continue
    }
    const kept = field === 'any' ? value : prunedValue(field, value)
    if (kept !== value) changed = true
    setField(result, name, kept)
  }
  return changed ? result : object
}
