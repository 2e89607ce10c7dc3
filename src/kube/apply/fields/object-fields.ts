import type { JsonObject } from '../../schema/json-object.ts'
import { childNodeOf, type SchemaNode } from '../../schema/schema-node.ts'
import { type FieldSet, isEmptySet, isMember, leaf, nodeOf } from './field-set.ts'
import { duplicatesAmong, elementsOf, fieldTypeOf } from './field-type.ts'

/** The set of the fields that an applied object owns (structured-merge-diff, typed/tofieldset.go). */
export function appliedFieldsOf(node: SchemaNode, object: JsonObject): FieldSet {
  return appliedBelow(node, object, false) ?? leaf
}

function appliedBelow(
  node: SchemaNode | undefined,
  value: unknown,
  member: boolean,
): FieldSet | undefined {
  switch (fieldTypeOf(node, value)) {
    case 'map':
      return nodeOf(member, appliedInMap(node, value as JsonObject))
    case 'list':
      return nodeOf(member, appliedInList(node, value as readonly unknown[]))
    default:
      return leaf
  }
}

function appliedInMap(node: SchemaNode | undefined, map: JsonObject): Record<string, FieldSet> {
  const below: Record<string, FieldSet> = {}
  for (const name in map) {
    const value = map[name]
    // Fields of a struct own themselves through what is in them, entries of a map also as entries.
    const member = node?.properties.has(name) !== true || isEmptyMap(value)
    const fields = appliedBelow(childNodeOf(node, name), value, member)
    if (fields !== undefined) below[`f:${name}`] = fields
  }
  return below
}

function appliedInList(
  node: SchemaNode | undefined,
  list: readonly unknown[],
): Record<string, FieldSet> {
  const below: Record<string, FieldSet> = {}
  const elements = elementsOf(node, list) ?? []
  const duplicates = duplicatesAmong(elements)
  elements.forEach((element, index) => {
    below[element] = duplicates.has(element)
      ? leaf
      : (appliedBelow(node?.items, list[index], true) ?? leaf)
  })
  return below
}

function isEmptyMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const _ in value) return false
  return true
}

/** The set of everything in a value, each place on the way included: what a writer owns that adds the value. */
export function allFieldsOf(node: SchemaNode | undefined, value: unknown): FieldSet {
  const below = allFieldsBelow(node, value)
  return below === undefined ? leaf : (nodeOf(true, below) ?? leaf)
}

/** The same without the place itself; undefined for what is owned as a whole. */
export function allFieldsBelow(
  node: SchemaNode | undefined,
  value: unknown,
): Record<string, FieldSet> | undefined {
  const below: Record<string, FieldSet> = {}
  switch (fieldTypeOf(node, value)) {
    case 'map': {
      const map = value as JsonObject
      for (const name in map) below[`f:${name}`] = allFieldsOf(childNodeOf(node, name), map[name])
      return below
    }
    case 'list': {
      const list = value as readonly unknown[]
      const elements = elementsOf(node, list) ?? []
      const duplicates = duplicatesAmong(elements)
      elements.forEach((element, index) => {
        below[element] = duplicates.has(element) ? leaf : allFieldsOf(node?.items, list[index])
      })
      return below
    }
    default:
      return undefined
  }
}

/** The set with those parents made members that the schema names, such as `spec` of `spec.replicas`. */
export function withNamedParents(node: SchemaNode | undefined, set: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {}
  for (const element in set) {
    const below = set[element] ?? leaf
    if (element === '.' || isEmptySet(below)) {
      result[element] = below
      continue
    }
    const name = element.startsWith('f:') ? element.slice(2) : undefined
    const child = name === undefined ? node?.items : childNodeOf(node, name)
    const named = name !== undefined && node?.properties.has(name) === true
    const inner = withNamedParents(child, below)
    result[element] = named && !isMember(inner) ? { '.': leaf, ...inner } : inner
  }
  return result
}
