import { getField, isJsonObject, type JsonObject } from '../../schema/json-object.ts'
import type { SchemaNode } from '../../schema/schema-node.ts'

/**
 * How a value is owned. `leaf`: as a whole (scalars, null, atomic maps and lists). `map`: field by field.
 * `list`: item by item, each named by its key or value.
 */
export type FieldType = 'leaf' | 'map' | 'list'

/**
 * How `value` is owned under the schema; what the schema does not know is deduced: maps field by field, lists
 * as a whole (structured-merge-diff, typed/parser.go, DeducedParseableType).
 */
export function fieldTypeOf(node: SchemaNode | undefined, value: unknown): FieldType {
  if (typeof value !== 'object' || value === null) return 'leaf'
  if (Array.isArray(value)) {
    const type = node?.schema['x-kubernetes-list-type']
    return (type === 'map' || type === 'set') && elementsOf(node, value) !== undefined
      ? 'list'
      : 'leaf'
  }
  return node?.schema['x-kubernetes-map-type'] === 'atomic' ? 'leaf' : 'map'
}

const noElements: readonly string[] = []

/**
 * The path elements of a list's items, such as `k:{"name":"a"}`; undefined when an item cannot be named, in
 * which case the list is owned as a whole.
 */
export function elementsOf(
  node: SchemaNode | undefined,
  list: readonly unknown[],
): readonly string[] | undefined {
  if (list.length === 0) return noElements
  const known = remembered.get(list)
  if (known !== undefined && known.node === node) return known.elements
  const elements = namesOf(node, list)
  remembered.set(list, { node, elements })
  return elements
}

interface ListElements {
  readonly node: SchemaNode | undefined
  readonly elements: readonly string[] | undefined
}

/** Lists of objects are never changed in place, and each is looked at several times per write. */
const remembered = new WeakMap<readonly unknown[], ListElements>()

function namesOf(
  node: SchemaNode | undefined,
  list: readonly unknown[],
): readonly string[] | undefined {
  const keyNames = sortedKeysOf(node)
  const elements: string[] = []
  for (const item of list) {
    const element =
      keyNames === undefined ? valueElementOf(item) : keyElementOf(node, keyNames, item)
    if (element === undefined) return undefined
    elements.push(element)
  }
  return elements
}

const sortedKeys = new WeakMap<SchemaNode, readonly string[]>()

/** The key fields of a list map in the order in which an element names them; undefined for sets. */
function sortedKeysOf(node: SchemaNode | undefined): readonly string[] | undefined {
  if (node === undefined || node.schema['x-kubernetes-list-type'] !== 'map') return undefined
  let keys = sortedKeys.get(node)
  if (keys === undefined) {
    keys = [...(node.schema['x-kubernetes-list-map-keys'] ?? [])].sort()
    sortedKeys.set(node, keys)
  }
  return keys
}

function valueElementOf(item: unknown): string | undefined {
  return typeof item === 'object' ? undefined : `v:${JSON.stringify(item)}`
}

function keyElementOf(
  node: SchemaNode | undefined,
  keyNames: readonly string[],
  item: unknown,
): string | undefined {
  if (!isJsonObject(item)) return undefined
  let text = ''
  for (const name of keyNames) {
    const value = keyValueOf(node, item, name)
    if (value === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  return text === '' ? undefined : `k:{${text}}`
}

function keyValueOf(node: SchemaNode | undefined, item: JsonObject, name: string): unknown {
  return getField(item, name) ?? node?.items?.properties.get(name)?.schema.default
}

/** The elements that name more than one item. */
export function duplicatesAmong(elements: readonly string[]): ReadonlySet<string> {
  const seen = new Set(elements)
  if (seen.size === elements.length) return new Set()
  const duplicates = new Set<string>()
  for (const element of elements) {
    if (!seen.delete(element)) duplicates.add(element)
  }
  return duplicates
}
