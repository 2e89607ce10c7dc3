import { getField, isJsonObject, type JsonObject } from '../../kube/schema/json-object.ts'

/** The value at a path of field names; undefined where something on the way is missing. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const name of path) {
    if (!isJsonObject(current)) return undefined
    current = getField(current, name)
  }
  return current
}

/** The object at a path; an empty one where there is none. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = fieldAt(value, ...path)
  return isJsonObject(found) ? found : {}
}

/** The list at a path; an empty one where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = fieldAt(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The string or number at a path as text; empty where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = fieldAt(value, ...path)
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

/** A reference as Gloo writes it: `namespace.name`. */
export const referenceText = (reference: unknown): string =>
  `${textAt(reference, 'namespace')}.${textAt(reference, 'name')}`
