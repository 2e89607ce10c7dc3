import { type JsonObject, setField } from '../../schema/json-object.ts'
import { childNodeOf, type SchemaNode } from '../../schema/schema-node.ts'
import { type FieldSet, isMember } from './field-set.ts'
import { elementsOf, fieldTypeOf } from './field-type.ts'

/** `applied` laid over `live` (structured-merge-diff, typed/merge.go). Shares parts with both. */
export function mergeObjects(node: SchemaNode, live: JsonObject, applied: JsonObject): JsonObject {
  return mergeValues(node, live, applied) as JsonObject
}

function mergeValues(node: SchemaNode | undefined, live: unknown, applied: unknown): unknown {
  if (live === undefined || live === applied) return applied
  const type = fieldTypeOf(node, live)
  // A null where the live object has fields or items of their own says nothing about them.
  if (applied === null && type !== 'leaf' && hasContent(live)) return live
  if (type !== fieldTypeOf(node, applied)) return applied
  if (type === 'map') return mergeMaps(node, live as JsonObject, applied as JsonObject)
  if (type === 'list') return mergeLists(node, live as unknown[], applied as unknown[])
  return applied
}

function hasContent(value: unknown): boolean {
  return Object.keys(value as object).length > 0
}

function mergeMaps(
  node: SchemaNode | undefined,
  live: JsonObject,
  applied: JsonObject,
): JsonObject {
  const result: Record<string, unknown> = { ...live }
  for (const name in applied) {
    const before = Object.hasOwn(live, name) ? live[name] : undefined
    setField(result, name, mergeValues(childNodeOf(node, name), before, applied[name]))
  }
  return result
}

/**
 * Items of both lists stand in the order of `applied`; items of `live` alone keep their place relative to
 * their neighbours as far as that allows.
 */
function mergeLists(
  node: SchemaNode | undefined,
  live: readonly unknown[],
  applied: readonly unknown[],
): unknown[] {
  const liveElements = elementsOf(node, live) ?? []
  const appliedElements = elementsOf(node, applied) ?? []
  const liveItems = firstItems(liveElements, live)
  const inApplied = new Set(appliedElements)
  const shared = appliedElements.filter((element) => liveItems.has(element))
  const merged = new Set<string>()
  const result: unknown[] = []
  let left = 0
  let right = 0
  let next = 0
  const takeApplied = (): void => {
    const element = appliedElements[right] ?? ''
    merged.add(element)
    result.push(mergeValues(node?.items, liveItems.get(element), applied[right]))
    right += 1
    if (shared[next] === element) next += 1
  }
  while (left < liveElements.length || right < appliedElements.length) {
    const element = liveElements[left]
    if (element === undefined) takeApplied()
    else if (!inApplied.has(element)) {
      result.push(live[left])
      left += 1
    } else if (merged.has(element)) left += 1
    else if (right < appliedElements.length && shared[next] !== element) {
      // A shared item whose turn has not come: it is taken in the order of `applied`.
      left += 1
    } else {
      takeApplied()
    }
  }
  return result
}

function firstItems(
  elements: readonly string[],
  list: readonly unknown[],
): ReadonlyMap<string, unknown> {
  const items = new Map<string, unknown>()
  elements.forEach((element, index) => {
    // What several items are named by is replaced, since none of them is meant more than the others.
    items.set(element, items.has(element) ? undefined : list[index])
  })
  return items
}

/** The object without the fields and items that are members of `fields`. */
export function removeFields(node: SchemaNode, object: JsonObject, fields: FieldSet): JsonObject {
  return (removeFromValue(node, object, fields) ?? {}) as JsonObject
}

/** Undefined when nothing is left. */
function removeFromValue(node: SchemaNode | undefined, value: unknown, fields: FieldSet): unknown {
  switch (fieldTypeOf(node, value)) {
    case 'map':
      return removeFromMap(node, value as JsonObject, fields)
    case 'list':
      return removeFromList(node, value as readonly unknown[], fields)
    default:
      return value
  }
}

function removeFromMap(
  node: SchemaNode | undefined,
  map: JsonObject,
  fields: FieldSet,
): JsonObject | undefined {
  const result: Record<string, unknown> = {}
  let left = false
  for (const name in map) {
    const removed = fields[`f:${name}`]
    if (removed !== undefined && isMember(removed)) continue
    const value =
      removed === undefined
        ? map[name]
        : removeFromValue(childNodeOf(node, name), map[name], removed)
    if (value === undefined) continue
    setField(result, name, value)
    left = true
  }
  return left ? result : undefined
}

function removeFromList(
  node: SchemaNode | undefined,
  list: readonly unknown[],
  fields: FieldSet,
): unknown[] | undefined {
  const elements = elementsOf(node, list) ?? []
  const result: unknown[] = []
  list.forEach((item, index) => {
    const removed = fields[elements[index] ?? '']
    if (removed !== undefined && isMember(removed)) return
    const kept = removed === undefined ? item : removeFromValue(node?.items, item, removed)
    if (kept !== undefined) result.push(kept)
  })
  return result.length > 0 ? result : undefined
}
