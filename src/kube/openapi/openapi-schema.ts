import type { StructuralSchema } from '../structural-schema.ts'

/** A schema as OpenAPI documents hold it; `$ref` is a bare definition name until it is written out. */
export interface OpenApiSchema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly additionalProperties?: OpenApiSchema | boolean
  readonly items?: OpenApiSchema
  readonly allOf?: readonly OpenApiSchema[]
  readonly anyOf?: readonly OpenApiSchema[]
  readonly oneOf?: readonly OpenApiSchema[]
  readonly not?: OpenApiSchema
  readonly [keyword: string]: unknown
}

/** What differs between the two versions of OpenAPI. */
export interface Publisher {
  readonly reference: (name: string) => string
  /**
   * OpenAPI v2 knows neither `nullable` nor alternatives. The clients that read it take every field that a schema
   * with properties does not name for an error, so that a part that keeps unknown fields shows no properties.
   */
  readonly isVersion2: boolean
}

const notInVersion2 = new Set(['nullable', 'anyOf', 'oneOf', 'not', 'allOf', 'default'])

const structure = new Set(['properties', 'items', 'required', 'additionalProperties'])

/** Leaves out what is ours alone (`x-sluice-…`) and what the OpenAPI version cannot say. */
export function publishOpenApiSchema(
  schema: StructuralSchema | OpenApiSchema,
  publisher: Publisher,
): OpenApiSchema {
  const published: Record<string, unknown> = {}
  const isOpaque = schema['x-kubernetes-preserve-unknown-fields'] === true
  for (const [keyword, value] of Object.entries(booleanBounds(schema as OpenApiSchema))) {
    if (value === undefined || keyword.startsWith('x-sluice-')) continue
    if (publisher.isVersion2 && isHiddenFromVersion2(keyword, isOpaque)) continue
    published[keyword] = publishKeyword(keyword, value, publisher)
  }
  const note = noteOf(schema as StructuralSchema)
  if (note !== '') published['description'] = [schema.description, note].filter(Boolean).join(' ')
  return publisher.isVersion2 ? repairForVersion2(published) : published
}

/** Whoever asks what a field means also hears that it has no effect, or another. */
function noteOf({ 'x-sluice-verdict': verdict }: StructuralSchema): string {
  if (verdict?.type === 'ignored') return `Ignored: ${verdict.reason}.`
  return verdict?.type === 'approximated' ? `Approximated: ${verdict.how}.` : ''
}

function isHiddenFromVersion2(keyword: string, isOpaque: boolean): boolean {
  return notInVersion2.has(keyword) || (isOpaque && structure.has(keyword))
}

function repairForVersion2(schema: Readonly<Record<string, unknown>>): OpenApiSchema {
  const { type, ...rest } = schema
  if (schema['x-kubernetes-int-or-string'] === true) return rest
  // A list without a type of items makes old clients refuse the whole document.
  return type === 'array' && schema['items'] === undefined ? { ...schema, items: {} } : schema
}

function publishKeyword(keyword: string, value: unknown, publisher: Publisher): unknown {
  const publish = (schema: unknown) => publishOpenApiSchema(schema as OpenApiSchema, publisher)
  switch (keyword) {
    case '$ref':
      return publisher.reference(String(value))
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as object).map(([name, schema]) => [name, publish(schema)]),
      )
    case 'items':
    case 'not':
      return publish(value)
    case 'additionalProperties':
      return typeof value === 'boolean' ? value : publish(value)
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return (value as readonly unknown[]).map(publish)
    default:
      return value
  }
}

/** JSON Schema's numeric exclusive bounds in the form of OpenAPI before 3.1, where they are flags. */
function booleanBounds(schema: OpenApiSchema): OpenApiSchema {
  const { exclusiveMinimum, exclusiveMaximum } = schema
  return {
    ...schema,
    ...(typeof exclusiveMinimum === 'number'
      ? { minimum: exclusiveMinimum, exclusiveMinimum: true }
      : {}),
    ...(typeof exclusiveMaximum === 'number'
      ? { maximum: exclusiveMaximum, exclusiveMaximum: true }
      : {}),
  }
}
