import type { StructuralSchema } from '../structural-schema.ts'

const published = new WeakMap<StructuralSchema, StructuralSchema>()

/** The schema without what is Sluice's own (`x-sluice-…`), as OpenAPI and CustomResourceDefinitions show it. */
export function publishSchema(schema: StructuralSchema): StructuralSchema {
  let copy = published.get(schema)
  if (copy === undefined) {
    copy = Object.fromEntries(
      Object.entries(schema)
        .filter(([name]) => !name.startsWith('x-sluice-'))
        .map(([name, value]) => [name, publishKeyword(name, value)]),
    ) as StructuralSchema
    published.set(schema, copy)
  }
  return copy
}

function publishKeyword(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  switch (name) {
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Record<string, StructuralSchema>).map(([key, child]) => [
          key,
          publishSchema(child),
        ]),
      )
    case 'items':
    case 'not':
    case 'additionalProperties':
      return publishSchema(value as StructuralSchema)
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return (value as readonly StructuralSchema[]).map(publishSchema)
    default:
      return value
  }
}
