import type { StructuralSchema } from '../structural-schema.ts'
import { objectMetaSchema } from './metadata/object-meta-schema.ts'

/** A schema prepared for walking objects: children by name, rules about what lies below. */
export interface SchemaNode {
  readonly schema: StructuralSchema
  readonly properties: ReadonlyMap<string, SchemaNode>
  /** Of the values under names that `properties` lacks; `any` where everything may stand there. */
  readonly additional: SchemaNode | 'any' | undefined
  readonly items: SchemaNode | undefined
  readonly keepsUnknown: boolean
  /** Whether this schema or one below it has a default. */
  readonly hasDefaults: boolean
  /** Whether this schema or one below it has a verdict of ignored or approximated. */
  readonly hasVerdicts: boolean
  /** Whether this schema or one below it has rules in the expression language CEL. */
  readonly hasRules: boolean
}

const nodes = new WeakMap<StructuralSchema, SchemaNode>()
const rootNodes = new WeakMap<StructuralSchema, SchemaNode>()
const stringSchema: StructuralSchema = { type: 'string' }

/** The node of a whole object's schema: `apiVersion`, `kind` and `metadata` are in it. */
export function rootNodeOf(schema: StructuralSchema): SchemaNode {
  let node = rootNodes.get(schema)
  if (node === undefined) {
    node = compileNode(schema, resourceProperties(schema))
    rootNodes.set(schema, node)
  }
  return node
}

/** The node of a schema somewhere below the root. */
export function nodeOf(schema: StructuralSchema): SchemaNode {
  if (schema['x-kubernetes-embedded-resource'] === true) return rootNodeOf(schema)
  let node = nodes.get(schema)
  if (node === undefined) {
    node = compileNode(schema, schema.properties ?? {})
    nodes.set(schema, node)
  }
  return node
}

/** The node of the value under `name`; undefined where the schema does not know it. */
export function childNodeOf(node: SchemaNode | undefined, name: string): SchemaNode | undefined {
  if (node === undefined) return undefined
  const child = node.properties.get(name)
  if (child !== undefined) return child
  return node.additional === 'any' ? undefined : node.additional
}

function compileNode(
  schema: StructuralSchema,
  properties: Readonly<Record<string, StructuralSchema>>,
): SchemaNode {
  const children = new Map(
    Object.entries(properties).map(([name, child]) => [name, nodeOf(child)] as const),
  )
  const additional = additionalOf(schema)
  const items = schema.items === undefined ? undefined : nodeOf(schema.items)
  const below = [...children.values()]
  if (items !== undefined) below.push(items)
  if (additional !== undefined && additional !== 'any') below.push(additional)
  const verdict = schema['x-sluice-verdict']?.type
  return {
    schema,
    properties: children,
    additional,
    items,
    keepsUnknown: schema['x-kubernetes-preserve-unknown-fields'] === true,
    hasDefaults: schema.default !== undefined || below.some((child) => child.hasDefaults),
    hasVerdicts:
      verdict === 'ignored' ||
      verdict === 'approximated' ||
      below.some((child) => child.hasVerdicts),
    hasRules:
      (schema['x-kubernetes-validations']?.length ?? 0) > 0 ||
      below.some((child) => child.hasRules),
  }
}

function additionalOf(schema: StructuralSchema): SchemaNode | 'any' | undefined {
  const { additionalProperties } = schema
  if (additionalProperties === true) return 'any'
  if (additionalProperties === undefined || additionalProperties === false) return undefined
  return nodeOf(additionalProperties)
}

function resourceProperties(schema: StructuralSchema): Record<string, StructuralSchema> {
  const own = schema.properties ?? {}
  // A CustomResourceDefinition may restrict metadata.name and generateName further.
  const restrictions = own['metadata']?.properties
  const metadata =
    restrictions === undefined
      ? objectMetaSchema
      : {
          ...objectMetaSchema,
          properties: { ...objectMetaSchema.properties, ...restrictions },
        }
  return { apiVersion: stringSchema, kind: stringSchema, ...own, metadata }
}
