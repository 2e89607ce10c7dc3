import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '../../schema/json-object.ts'
import { childNodeOf, type SchemaNode } from '../../schema/schema-node.ts'
import { type FieldSet, leaf, nodeOf, unionOf } from './field-set.ts'
import { duplicatesAmong, elementsOf, fieldTypeOf } from './field-type.ts'
import { allFieldsBelow, allFieldsOf } from './object-fields.ts'

/** The fields in which two objects differ (structured-merge-diff, typed/compare.go). */
export interface Comparison {
  readonly added: FieldSet
  readonly removed: FieldSet
  readonly modified: FieldSet
}

/** Compares two whole objects. */
export function compareObjects(
  node: SchemaNode,
  before: JsonObject,
  after: JsonObject,
): Comparison {
  const difference = compareValues(node, before, after)
  return {
    added: difference?.added ?? leaf,
    removed: difference?.removed ?? leaf,
    modified: difference?.modified ?? leaf,
  }
}

/** Below the root; undefined where nothing differs. */
interface Difference {
  added?: FieldSet | undefined
  removed?: FieldSet | undefined
  modified?: FieldSet | undefined
}

const modifiedLeaf: Difference = { modified: leaf }

function compareValues(
  node: SchemaNode | undefined,
  before: unknown,
  after: unknown,
): Difference | undefined {
  if (before === after) return undefined
  const typeBefore = fieldTypeOf(node, before)
  const typeAfter = fieldTypeOf(node, after)
  if (typeBefore === 'leaf' && typeAfter === 'leaf') {
    return isDeepStrictEqual(before, after) ? undefined : modifiedLeaf
  }
  if (typeBefore !== typeAfter) return changeOfType(node, before, after)
  return typeBefore === 'map'
    ? compareMaps(node, before as JsonObject, after as JsonObject)
    : compareLists(node, before as readonly unknown[], after as readonly unknown[])
}

/** A null stands for an empty map or list; any other change of type replaces the value. */
function changeOfType(node: SchemaNode | undefined, before: unknown, after: unknown): Difference {
  const removed = nodeOf(false, allFieldsBelow(node, before) ?? {})
  const added = nodeOf(false, allFieldsBelow(node, after) ?? {})
  const fromNull = before === null && added !== undefined
  const toNull = after === null && removed !== undefined
  return { added, removed, modified: fromNull || toNull ? undefined : leaf }
}

function compareMaps(
  node: SchemaNode | undefined,
  before: JsonObject,
  after: JsonObject,
): Difference | undefined {
  const collected = new Collected()
  for (const name in before) {
    const child = childNodeOf(node, name)
    if (Object.hasOwn(after, name)) {
      const difference = compareValues(child, before[name], after[name])
      if (difference !== undefined) collected.change(`f:${name}`, difference)
    } else collected.remove(`f:${name}`, allFieldsOf(child, before[name]))
  }
  for (const name in after) {
    if (Object.hasOwn(before, name)) continue
    collected.add(`f:${name}`, allFieldsOf(childNodeOf(node, name), after[name]))
  }
  return collected.difference()
}

function compareLists(
  node: SchemaNode | undefined,
  before: readonly unknown[],
  after: readonly unknown[],
): Difference | undefined {
  const itemsBefore = itemsByElement(node, before)
  const itemsAfter = itemsByElement(node, after)
  const collected = new Collected()
  for (const [element, old] of itemsBefore) {
    const now = itemsAfter.get(element)
    if (now === undefined) collected.remove(element, fieldsOfItems(node, old))
    else compareItems(collected, element, { node: node?.items, old, now })
  }
  for (const [element, now] of itemsAfter) {
    if (!itemsBefore.has(element)) collected.add(element, fieldsOfItems(node, now))
  }
  return collected.difference()
}

/** Items that share a key are compared as a whole; becoming one, or no longer being one, is a change of both. */
function compareItems(
  collected: Collected,
  element: string,
  items: { node: SchemaNode | undefined; old: readonly unknown[]; now: readonly unknown[] },
): void {
  const { node, old, now } = items
  if (old.length === 1 && now.length === 1) {
    collected.change(element, compareValues(node, old[0], now[0]))
  } else if (old.length > 1 && now.length > 1) {
    if (!isDeepStrictEqual(old, now)) collected.change(element, modifiedLeaf)
  } else if (old.length > 1) {
    collected.add(element, allFieldsOf(node, now[0]))
    collected.remove(element, leaf)
  } else {
    collected.remove(element, allFieldsOf(node, old[0]))
    collected.add(element, leaf)
  }
}

function fieldsOfItems(node: SchemaNode | undefined, items: readonly unknown[]): FieldSet {
  return items.length === 1 ? allFieldsOf(node?.items, items[0]) : leaf
}

function itemsByElement(
  node: SchemaNode | undefined,
  list: readonly unknown[],
): Map<string, unknown[]> {
  const elements = elementsOf(node, list) ?? []
  const duplicates = duplicatesAmong(elements)
  const items = new Map<string, unknown[]>()
  elements.forEach((element, index) => {
    const group = duplicates.has(element) ? items.get(element) : undefined
    if (group === undefined) items.set(element, [list[index]])
    else group.push(list[index])
  })
  return items
}

/** The differences below one place, by path element. */
class Collected {
  #added: Record<string, FieldSet> | undefined
  #removed: Record<string, FieldSet> | undefined
  #modified: Record<string, FieldSet> | undefined

  add(element: string, fields: FieldSet | undefined): void {
    if (fields === undefined) return
    this.#added ??= {}
    this.#added[element] = fields
  }

  remove(element: string, fields: FieldSet | undefined): void {
    if (fields === undefined) return
    this.#removed ??= {}
    this.#removed[element] = fields
  }

  change(element: string, difference: Difference | undefined): void {
    if (difference === undefined) return
    this.add(element, difference.added)
    this.remove(element, difference.removed)
    if (difference.modified === undefined) return
    this.#modified ??= {}
    this.#modified[element] = difference.modified
  }

  difference(): Difference | undefined {
    if (this.#added === undefined && this.#removed === undefined && this.#modified === undefined) {
      return undefined
    }
    return { added: this.#added, removed: this.#removed, modified: this.#modified }
  }
}

/** The fields whose values the comparison's right side set. */
export function changedFieldsOf(comparison: Comparison): FieldSet {
  return unionOf(comparison.modified, comparison.added)
}
