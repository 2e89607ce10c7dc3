import { isJsonObject, setField } from '../schema/json-object.ts'

/** Applies a JSON merge patch (RFC 7386): null removes a field, objects merge, everything else replaces. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch
  const result: Record<string, unknown> = isJsonObject(document) ? { ...document } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else {
      const current = Object.hasOwn(result, name) ? result[name] : undefined
      setField(result, name, applyMergePatch(current, value))
    }
  }
  return result
}
