interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
}

/**
 * The path of a field in `value` that `schema` does not have. What guards a route must not be read without its
 * unknown parts: a misspelt condition would leave the door open.
 */
export function findUnknownField(value: unknown, schema: object, path = ''): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const place = placeIn(value, name, path)
    const field = fieldOf(schema, name)
    if (field === 'unknown') return place
    const found = field === 'anything' ? undefined : findUnknownField(inner, field, place)
    if (found !== undefined) return found
  }
  return undefined
}

function placeIn(value: object, name: string, path: string): string {
  if (Array.isArray(value)) return `${path}[${name}]`
  return path === '' ? name : `${path}.${name}`
}

function fieldOf(schema: Schema, name: string): Schema | 'unknown' | 'anything' {
  const { properties, additionalProperties, items } = schema
  if (properties !== undefined) {
    return Object.hasOwn(properties, name) ? (properties[name] ?? 'unknown') : 'unknown'
  }
  return typeof additionalProperties === 'object' ? additionalProperties : (items ?? 'anything')
}
