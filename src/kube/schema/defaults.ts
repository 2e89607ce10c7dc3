import type { KubeObject } from '../kube-object.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { type JsonObject, setField } from './json-object.ts'
import { rootNodeOf, type SchemaNode } from './schema-node.ts'

/**
 * The object with the schema's defaults filled in, and without the nulls that the schema does not allow
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting).
 * The same object when nothing changes.
 */
export function applyDefaults(schema: StructuralSchema, object: KubeObject): KubeObject {
  return defaultedObject(rootNodeOf(schema), object) as KubeObject
}

function defaultedValue(node: SchemaNode, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value)) return defaultedObject(node, value as JsonObject)
  return node.items === undefined ? value : defaultedList(node.items, value)
}

function defaultedList(items: SchemaNode, list: readonly unknown[]): readonly unknown[] {
  let result: unknown[] | undefined
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index]
    const next =
      isRefusedNull(items, item) && items.schema.default !== undefined
        ? defaultedValue(items, structuredClone(items.schema.default))
        : defaultedValue(items, item)
    if (next !== item) {
      result ??= list.slice()
      result[index] = next
    }
  }
  return result ?? list
}

function isRefusedNull(node: SchemaNode, value: unknown): boolean {
  return value === null && node.schema.nullable !== true
}

function defaultedObject(node: SchemaNode, object: JsonObject): JsonObject {
  let result: Record<string, unknown> | undefined
  for (const name in object) {
    const child = node.properties.get(name) ?? node.additional
    if (child === undefined || child === 'any') continue
    const value = object[name]
    const next = isRefusedNull(child, value) ? nullReplacement(child, name, node) : value
    const filled = defaultedValue(child, next)
    if (filled === value) continue
    result ??= { ...object }
    if (filled === undefined) delete result[name]
    else setField(result, name, filled)
  }
  return withMissing(node, result ?? object)
}

/** A default, nothing for a declared field without one, and the null itself elsewhere (it fails validation). */
function nullReplacement(child: SchemaNode, name: string, node: SchemaNode): unknown {
  if (child.schema.default !== undefined) return structuredClone(child.schema.default)
  return node.properties.has(name) ? undefined : null
}

function withMissing(node: SchemaNode, object: JsonObject): JsonObject {
  if (!node.hasDefaults) return object
  let result: Record<string, unknown> | undefined
  for (const [name, child] of node.properties) {
    if (!child.hasDefaults || child.schema.default === undefined) continue
    if (Object.hasOwn(object, name)) continue
    result ??= { ...object }
    setField(result, name, defaultedValue(child, structuredClone(child.schema.default)))
  }
  return result ?? object
}
