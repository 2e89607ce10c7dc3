import type { NormalizePatch } from '../../../kube/kind-definition.ts'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import { fieldNameOf, fieldSchemaOf } from './field-spelling.ts'

/**
 * Makes the function that brings the fields of a merge patch into the spelling that stored objects have, so that a field in
 * snake case changes the one that is there instead of standing beside it. Lists are replaced whole and are left as they are.
 */
export const createPatchNormalizer =
  (schema: StructuralSchema): NormalizePatch =>
  (patch, applied) =>
    renameFields(patch, schema, applied)

function renameFields(patch: unknown, schema: StructuralSchema, applied: unknown): unknown {
  if (!isRecord(patch)) return patch
  const renamed = Object.entries(patch).flatMap(([key, value]) => {
    const name = fieldNameOf(key, schema)
    const inner = isRecord(applied) ? (applied[name] ?? applied[key]) : undefined
    // A manifest that has gone over to snake case removes the stored field and sets it anew: left alone, the patch does so.
    if (name !== key && value !== null && patch[name] === null) return [[key, value] as const]
    if (name !== key && isTakenBack(name, value, { patch, applied })) return []
    const field = fieldSchemaOf(name, schema)
    return [[name, field === undefined ? value : renameFields(value, field, inner)] as const]
  })
  return Object.fromEntries(renamed)
}

/** A manifest that has gone over to the spelling of the schema removes the other one, but not the field. */
const isTakenBack = (
  name: string,
  value: unknown,
  { patch, applied }: { readonly patch: object; readonly applied: unknown },
): boolean =>
  Object.hasOwn(patch, name) ||
  (value === null && isRecord(applied) && Object.hasOwn(applied, name))
