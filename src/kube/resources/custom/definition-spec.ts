import type { KindDefinition, KindVersion, PrinterColumn } from '../../kind-definition.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { StructuralSchema } from '../../structural-schema.ts'

/** `spec` of a CustomResourceDefinition, after its schema has accepted it. */
export interface DefinitionSpec {
  readonly group: string
  readonly names: {
    readonly plural: string
    readonly singular?: string
    readonly kind: string
    readonly shortNames?: readonly string[]
    readonly categories?: readonly string[]
  }
  readonly scope: 'Namespaced' | 'Cluster'
  readonly versions: readonly DefinitionVersion[]
  readonly conversion?: { readonly strategy?: string }
}

interface DefinitionVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: StructuralSchema }
  readonly additionalPrinterColumns?: readonly (Omit<PrinterColumn, 'value'> & {
    readonly jsonPath: string
  })[]
  readonly selectableFields?: readonly { readonly jsonPath: string }[]
  readonly subresources?: {
    readonly status?: object
    readonly scale?: NonNullable<KindVersion['scaleSubresource']>
  }
}

/** Only for objects that were validated. */
export function definitionSpecOf(object: KubeObject): DefinitionSpec {
  return object['spec'] as DefinitionSpec
}

/** The kind that a CustomResourceDefinition defines. */
export function toKindDefinition(spec: DefinitionSpec): KindDefinition {
  const { plural, kind, singular = kind.toLowerCase(), shortNames, categories } = spec.names
  return {
    group: spec.group,
    kind,
    plural,
    singular,
    shortNames: shortNames ?? [],
    categories: categories ?? [],
    scope: spec.scope,
    unknownFields: 'refuse',
    takesStrategicPatches: false,
    versions: spec.versions.map((version) => toKindVersion(spec, version)),
  }
}

function toKindVersion({ group, names }: DefinitionSpec, version: DefinitionVersion): KindVersion {
  const { name, served, storage, subresources, selectableFields, deprecationWarning } = version
  const columns = version.additionalPrinterColumns ?? []
  const deprecation = deprecationWarning ?? `${group}/${name} ${names.kind} is deprecated`
  return {
    name,
    served,
    storage,
    schema: version.schema?.openAPIV3Schema ?? { type: 'object' },
    columns: columns.map(({ jsonPath, ...column }) => ({ ...column, value: jsonPath })),
    showsAge: columns.length === 0,
    statusSubresource: subresources?.status !== undefined,
    ...(version.deprecated === true && { deprecationWarning: deprecation }),
    ...(subresources?.scale !== undefined && { scaleSubresource: subresources.scale }),
    ...(selectableFields !== undefined && {
      selectableFields: selectableFields.map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    }),
  }
}
