import type { StructuralSchema } from '../../../kube/structural-schema.ts'

/** The schema of the field `name`; undefined: it is not known. */
export function fieldSchemaOf(
  name: string,
  schema: StructuralSchema,
): StructuralSchema | undefined {
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, name)) {
    return schema.properties[name]
  }
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

/** The name that the schema has for a field, of which manifests may hold the snake case form. */
export function fieldNameOf(key: string, schema: StructuralSchema): string {
  const { properties } = schema
  if (properties === undefined || Object.hasOwn(properties, key) || !key.includes('_')) return key
  const camelCase = key.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(properties, camelCase) ? camelCase : key
}
