import type { KindDefinition, KindVersion } from '../kind-definition.ts'
import { metaPrefix } from './meta-schemas.ts'
import type { OpenApiSchema } from './openapi-schema.ts'

/** One version of a kind, as OpenAPI documents list it. */
export interface PublishedKind {
  readonly definition: KindDefinition
  readonly version: KindVersion
  /** Such as `io.solo.gateway.v1.Gateway`. */
  readonly schemaName: string
}

/** Every served version of every kind, each under a name of its own. */
export function listPublishedKinds(kinds: readonly KindDefinition[]): readonly PublishedKind[] {
  return kinds.flatMap((definition) =>
    definition.versions
      .filter(({ served }) => served)
      .map((version) => ({
        definition,
        version,
        schemaName: `${namePrefix(definition.group)}.${version.name}.${definition.kind}`,
      })),
  )
}

/** What marks schemas and operations as those of a kind. */
export function groupVersionKind({ definition, version }: PublishedKind, suffix = '') {
  return { group: definition.group, version: version.name, kind: definition.kind + suffix }
}

/** The schemas of a kind and of its list, by name. */
export function kindSchemas(kind: PublishedKind): Readonly<Record<string, OpenApiSchema>> {
  const { schema } = kind.version
  const {
    apiVersion: _apiVersion,
    kind: _kind,
    metadata: _metadata,
    ...fields
  } = schema.properties ?? {}
  const keepsUnknown = kind.definition.unknownFields === 'keep'
  return {
    [kind.schemaName]: {
      ...(schema as OpenApiSchema),
      type: 'object',
      properties: {
        ...typeFields,
        metadata: metadataField('ObjectMeta'),
        ...(keepsUnknown ? keepUnknownFields(fields) : fields),
      } as Record<string, OpenApiSchema>,
      // Clients of OpenAPI v2 allow no unknown field beside those that a kind must have.
      ...(keepsUnknown ? { 'x-kubernetes-preserve-unknown-fields': undefined } : {}),
      'x-kubernetes-group-version-kind': [groupVersionKind(kind)],
    },
    [`${kind.schemaName}List`]: {
      type: 'object',
      description: `A list of ${kind.definition.kind} objects.`,
      required: ['items'],
      properties: {
        ...typeFields,
        metadata: metadataField('ListMeta'),
        items: { type: 'array', items: { $ref: kind.schemaName }, description: 'The objects.' },
      },
      'x-kubernetes-group-version-kind': [groupVersionKind(kind, 'List')],
    },
  }
}

/** Objects below the top level keep what they do not know; the mark is what both OpenAPI versions go by. */
function keepUnknownFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const schema = field as OpenApiSchema
      return [
        name,
        schema.type === 'object'
          ? { ...schema, 'x-kubernetes-preserve-unknown-fields': true }
          : schema,
      ]
    }),
  )
}

const typeFields: Readonly<Record<string, OpenApiSchema>> = {
  apiVersion: {
    type: 'string',
    description: 'The version of the schema of this object, with its group.',
  },
  kind: { type: 'string', description: 'What this object is.' },
}

function metadataField(name: 'ObjectMeta' | 'ListMeta'): OpenApiSchema {
  return { $ref: `${metaPrefix}.${name}`, description: "Standard object's metadata." }
}

function namePrefix(group: string): string {
  if (group === '') return 'io.k8s.api.core'
  return group.includes('.') ? group.split('.').reverse().join('.') : `io.k8s.api.${group}`
}
