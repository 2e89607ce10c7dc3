import type { FieldError } from '../../kind-definition.ts'
import { applyDefaults } from '../../schema/defaults.ts'
import { isJsonObject, type JsonObject } from '../../schema/json-object.ts'
import { compilePattern } from '../../schema/validation/pattern.ts'
import { validateObject } from '../../schema/validation/validate-object.ts'
import type { StructuralSchema } from '../../structural-schema.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const junctors = ['allOf', 'anyOf', 'oneOf'] as const
/** What says a value's form may not depend on a condition. */
const notInJunctors = [
  'type',
  'default',
  'title',
  'description',
  'nullable',
  'additionalProperties',
]

/**
 * Where a schema is not structural
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema).
 */
export function findStructuralErrors(schema: JsonObject, path: string): FieldError[] {
  if (schema['type'] === 'object') return errorsOf(schema, path)
  const field = `${path}.type`
  const detail = 'must be object at the root'
  return [{ type: 'invalid', field, value: schema['type'] ?? '', detail }]
}

function errorsOf(schema: unknown, path: string): FieldError[] {
  if (!isJsonObject(schema)) {
    return [{ type: 'typeInvalid', field: path, value: schema, detail: 'must be a schema' }]
  }
  return [
    ...ownErrors(schema, path),
    ...patternErrors(schema, path),
    ...conditionErrors(schema, path),
    ...childErrors(schema, path),
  ]
}

function typeErrors({ type }: JsonObject, path: string): FieldError[] {
  if (type === undefined || types.includes(type as string)) return []
  const detail = `supported values: ${types.map((name) => `"${name}"`).join(', ')}`
  return [{ type: 'notSupported', field: `${path}.type`, value: type, detail }]
}

function patternErrors({ pattern }: JsonObject, path: string): FieldError[] {
  if (typeof pattern !== 'string' || compilePattern(pattern) !== undefined) return []
  const detail = 'must be a valid regular expression (RE2)'
  return [{ type: 'invalid', field: `${path}.pattern`, value: pattern, detail }]
}

/** Defaults must be values that the schema itself takes, or no object could be created without the field. */
export function findDefaultErrors(schema: JsonObject, path: string): FieldError[] {
  return [
    ...(schema['default'] === undefined ? [] : errorsOfDefault(schema, path)),
    ...childrenOf(schema, path).flatMap(([child, place]) =>
      isJsonObject(child) ? findDefaultErrors(child, place) : [],
    ),
  ]
}

function errorsOfDefault(schema: JsonObject, path: string): FieldError[] {
  const holder: StructuralSchema = { type: 'object', properties: { default: schema } }
  const object = { apiVersion: '', kind: '', metadata: { name: '' }, default: schema['default'] }
  return validateObject(holder, applyDefaults(holder, object)).map((error) => ({
    ...error,
    field: `${path}.${error.field}`,
  }))
}

function ownErrors(schema: JsonObject, path: string): FieldError[] {
  const errors = typeErrors(schema, path)
  const { type, items, properties, additionalProperties } = schema
  const isFree =
    schema['x-kubernetes-int-or-string'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true
  const forbid = (name: string, detail: string) =>
    errors.push({ type: 'forbidden', field: `${path}.${name}`, detail })
  const require = (name: string, detail: string) =>
    errors.push({ type: 'required', field: `${path}.${name}`, detail })
  if (type === undefined && !isFree)
    require('type', 'must not be empty for specified object fields')
  if (type === 'array' && items === undefined) require('items', 'must be specified')
  if (properties !== undefined && additionalProperties !== undefined) {
    forbid('additionalProperties', 'additionalProperties and properties are mutually exclusive')
  }
  for (const name of ['$ref', 'definitions', 'dependencies', 'patternProperties', 'id']) {
    if (schema[name] !== undefined) forbid(name, `${name} is not supported`)
  }
  if (schema['uniqueItems'] === true) {
    forbid(
      'uniqueItems',
      'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
    )
  }
  if (
    schema['x-kubernetes-list-type'] === 'map' &&
    !Array.isArray(schema['x-kubernetes-list-map-keys'])
  ) {
    require('x-kubernetes-list-map-keys', 'must not be empty if x-kubernetes-list-type is map')
  }
  return errors
}

function conditionErrors(schema: JsonObject, path: string): FieldError[] {
  const conditions: [string, unknown][] = junctors.flatMap((name) => {
    const list = schema[name]
    return Array.isArray(list)
      ? list.map((part, index): [string, unknown] => [`${path}.${name}[${index}]`, part])
      : []
  })
  if (schema['not'] !== undefined) conditions.push([`${path}.not`, schema['not']])
  return conditions.flatMap(([place, condition]) => {
    if (!isJsonObject(condition)) return []
    const isIntOrString = schema['x-kubernetes-int-or-string'] === true
    return notInJunctors
      .filter((name) => condition[name] !== undefined && !(name === 'type' && isIntOrString))
      .map((name) => ({
        type: 'forbidden' as const,
        field: `${place}.${name}`,
        detail: 'must be empty to be structural',
      }))
  })
}

function childErrors(schema: JsonObject, path: string): FieldError[] {
  return childrenOf(schema, path).flatMap(([child, place]) => errorsOf(child, place))
}

function childrenOf(schema: JsonObject, path: string): [child: unknown, place: string][] {
  const { items, properties, additionalProperties } = schema
  return [
    ...(isJsonObject(properties)
      ? Object.entries(properties).map(([name, child]): [unknown, string] => [
          child,
          `${path}.properties[${name}]`,
        ])
      : []),
    ...(items === undefined ? [] : [[items, `${path}.items`] as [unknown, string]]),
    ...(isJsonObject(additionalProperties)
      ? [[additionalProperties, `${path}.additionalProperties`] as [unknown, string]]
      : []),
  ]
}
