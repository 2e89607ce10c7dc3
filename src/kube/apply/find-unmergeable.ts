import { formatFieldPath } from '../schema/field-path.ts'
import { isJsonObject } from '../schema/json-object.ts'
import { childNodeOf, type SchemaNode } from '../schema/schema-node.ts'
import { duplicatesAmong, elementsOf } from './fields/field-type.ts'

/** Why an applied object cannot be merged: items of a list that cannot be told apart; undefined when it can. */
export function findUnmergeable(node: SchemaNode, object: unknown): string | undefined {
  return findBelow(node, object, [])
}

function findBelow(
  node: SchemaNode,
  value: unknown,
  path: readonly (string | number)[],
): string | undefined {
  if (Array.isArray(value)) return findInList(node, value, path)
  if (!isJsonObject(value)) return undefined
  for (const name in value) {
    const child = childNodeOf(node, name)
    if (child === undefined) continue
    const found = findBelow(child, value[name], [...path, name])
    if (found !== undefined) return found
  }
  return undefined
}

function findInList(
  node: SchemaNode,
  list: readonly unknown[],
  path: readonly (string | number)[],
): string | undefined {
  const type = node.schema['x-kubernetes-list-type']
  if (type !== 'map' && type !== 'set') return undefined
  const elements = elementsOf(node, list)
  const place = `.${formatFieldPath(path)}`
  if (elements === undefined) {
    const keys = JSON.stringify(node.schema['x-kubernetes-list-map-keys'] ?? [])
    return type === 'set'
      ? `${place}: an item of a set must be a string, a number or a boolean`
      : `${place}: associative list with keys has an element that omits all key fields ${keys} (and doesn't have default values for any key fields)`
  }
  const [duplicate] = duplicatesAmong(elements)
  if (duplicate !== undefined) return `${place}: duplicate entries for key [${duplicate.slice(2)}]`
  const { items } = node
  if (items === undefined) return undefined
  for (const [index, item] of list.entries()) {
    const found = findBelow(items, item, [...path, index])
    if (found !== undefined) return found
  }
  return undefined
}
