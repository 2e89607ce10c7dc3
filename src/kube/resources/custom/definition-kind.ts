import { messageOf } from '../../../lib/message-of.ts'
import type { FieldError, KindDefinition } from '../../kind-definition.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { StructuralSchema } from '../../structural-schema.ts'
import { compileJsonPath } from '../../table/json-path.ts'
import { type DefinitionSpec, definitionSpecOf } from './definition-spec.ts'
import { findDefaultErrors, findStructuralErrors } from './structural-rules.ts'

const text: StructuralSchema = { type: 'string' }
const flag: StructuralSchema = { type: 'boolean' }
const texts: StructuralSchema = { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' }
const label: StructuralSchema = { type: 'string', pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$' }
const anything: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const record = (
  properties: Record<string, StructuralSchema>,
  required: readonly string[] = [],
): StructuralSchema => ({ type: 'object', properties, required })
const listOf = (items: StructuralSchema): StructuralSchema => ({ type: 'array', items })

const names = record(
  {
    plural: label,
    singular: label,
    kind: { type: 'string', pattern: '^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$' },
    listKind: text,
    shortNames: texts,
    categories: texts,
  },
  ['plural', 'kind'],
)
const column = record(
  {
    name: text,
    type: { type: 'string', enum: ['string', 'integer', 'number', 'boolean', 'date'] },
    format: text,
    description: text,
    priority: { type: 'integer' },
    jsonPath: text,
  },
  ['name', 'type', 'jsonPath'],
)
const version = record(
  {
    name: label,
    served: flag,
    storage: flag,
    deprecated: flag,
    deprecationWarning: text,
    schema: record({ openAPIV3Schema: anything }),
    additionalPrinterColumns: listOf(column),
    selectableFields: listOf(record({ jsonPath: text }, ['jsonPath'])),
    subresources: record({
      status: anything,
      scale: record({ specReplicasPath: text, statusReplicasPath: text, labelSelectorPath: text }, [
        'specReplicasPath',
        'statusReplicasPath',
      ]),
    }),
  },
  ['name', 'served', 'storage'],
)
const schema = record(
  {
    spec: record(
      {
        group: { type: 'string', minLength: 1 },
        names,
        scope: { type: 'string', enum: ['Namespaced', 'Cluster'] },
        versions: { type: 'array', items: version, minItems: 1 },
        preserveUnknownFields: flag,
        conversion: {
          ...record({ strategy: { type: 'string', enum: ['None', 'Webhook'] }, webhook: anything }),
          default: { strategy: 'None' },
        },
      },
      ['group', 'names', 'scope', 'versions'],
    ),
    status: anything,
  },
  ['spec'],
)

/** `apiextensions.k8s.io/v1/CustomResourceDefinition`. */
export const customResourceDefinitionKind: KindDefinition = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  scope: 'Cluster',
  unknownFields: 'refuse',
  versions: [
    {
      name: 'v1',
      served: true,
      storage: true,
      schema,
      statusSubresource: true,
      showsAge: false,
      columns: [
        {
          // The time itself, where a column of dates would show the age.
          name: 'Created At',
          type: 'string',
          value: '.metadata.creationTimestamp',
        },
      ],
    },
  ],
  prepare: withNames,
  validate: (object, previous) => validateDefinition(object, previous),
}

function withNames(object: KubeObject): KubeObject {
  const spec = definitionSpecOf(object)
  const { kind } = spec.names
  const completed = { singular: kind.toLowerCase(), listKind: `${kind}List`, ...spec.names }
  return { ...object, spec: { ...spec, names: completed } }
}

function validateDefinition(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const spec = definitionSpecOf(object)
  const errors: FieldError[] = []
  const refuse = (field: string, value: unknown, detail: string) =>
    errors.push({ type: 'invalid', field, value, detail })
  const { name } = object.metadata
  if (name !== `${spec.names.plural}.${spec.group}`) {
    refuse('metadata.name', name, 'must be spec.names.plural+"."+spec.group')
  }
  if (spec.versions.filter(({ storage }) => storage).length !== 1) {
    refuse('spec.versions', '', 'must have exactly one version marked as storage version')
  }
  if (!spec.versions.some(({ served }) => served)) {
    refuse('spec.versions', '', 'must have at least one version marked as served')
  }
  if (spec.conversion?.strategy === 'Webhook') {
    refuse(
      'spec.conversion.strategy',
      'Webhook',
      'conversion by webhook is not supported, use None',
    )
  }
  const before = previous === undefined ? undefined : definitionSpecOf(previous)
  for (const field of ['group', 'scope'] as const) {
    if (before !== undefined && before[field] !== spec[field]) {
      refuse(`spec.${field}`, spec[field], 'field is immutable')
    }
  }
  return [...errors, ...spec.versions.flatMap((_, index) => validateVersion(spec, index))]
}

/** Every JSONPath of a version must be one, or listing its objects would fail later. */
function findPathErrors(version: DefinitionSpec['versions'][number] | undefined, path: string) {
  const { additionalPrinterColumns = [], selectableFields = [], subresources } = version ?? {}
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = subresources?.scale ?? {}
  const scale = { specReplicasPath, statusReplicasPath, labelSelectorPath }
  const paths: readonly (readonly [string, string | undefined])[] = [
    ...additionalPrinterColumns.map(
      ({ jsonPath }, index) => [`additionalPrinterColumns[${index}].jsonPath`, jsonPath] as const,
    ),
    ...selectableFields.map(
      ({ jsonPath }, index) => [`selectableFields[${index}].jsonPath`, jsonPath] as const,
    ),
    ...Object.entries(scale).map(([name, value]) => [`subresources.scale.${name}`, value] as const),
  ]
  return paths.flatMap(([field, value]): FieldError[] => {
    const detail = value === undefined ? undefined : findPathError(value)
    return detail === undefined
      ? []
      : [{ type: 'invalid', field: `${path}.${field}`, value: value ?? '', detail }]
  })
}

function findPathError(path: string): string | undefined {
  try {
    compileJsonPath(path)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function validateVersion({ versions }: DefinitionSpec, index: number): FieldError[] {
  const { name = '', schema: versionSchema } = versions[index] ?? {}
  const path = `spec.versions[${index}]`
  const errors: FieldError[] = []
  if (versions.findIndex((other) => other.name === name) < index) {
    errors.push({ type: 'duplicate', field: `${path}.name`, value: name, detail: '' })
  }
  errors.push(...findPathErrors(versions[index], path))
  const field = `${path}.schema.openAPIV3Schema`
  const found = versionSchema?.openAPIV3Schema
  if (found === undefined) {
    return [...errors, { type: 'required', field, detail: 'schemas are required' }]
  }
  const structuralErrors = findStructuralErrors({ ...found }, field)
  // Only a schema of the right form can say what it takes.
  const defaultErrors = structuralErrors.length > 0 ? [] : findDefaultErrors({ ...found }, field)
  return [...errors, ...structuralErrors, ...defaultErrors]
}
