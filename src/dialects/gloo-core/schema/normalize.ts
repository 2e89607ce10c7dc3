import type { Normalized } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { formatFieldPath } from '../../../kube/schema/field-path.ts'
import { setField } from '../../../kube/schema/json-object.ts'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import { fieldNameOf, fieldSchemaOf } from './field-spelling.ts'

/**
 * Makes the function that brings an object of a protobuf-born kind into the form of its schema: fields in snake case
 * become camel case, enum numbers become names, numbers written as text become numbers, `null` means unset. Keys of
 * maps stay as they are. `adjust` then rewrites deprecated forms of the whole object.
 */
export function createNormalizer(
  schema: StructuralSchema,
  adjust: (object: KubeObject) => Normalized = (object) => ({ object, warnings: [] }),
): (object: KubeObject) => Normalized {
  return (object) => {
    const warnings: string[] = []
    const normalized = normalizeValue(object, schema, { path: [], warnings }) as KubeObject
    const adjusted = adjust(normalized)
    return { object: adjusted.object, warnings: [...warnings, ...adjusted.warnings] }
  }
}

interface Place {
  /** Where the value is; changed on the way. */
  readonly path: (string | number)[]
  readonly warnings: string[]
}

function normalizeValue(value: unknown, schema: StructuralSchema, place: Place): unknown {
  if (Array.isArray(value)) return normalizeList(value, schema, place)
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) {
    return isRecord(value) ? normalizeRecord(value, schema, place) : value
  }
  return schema.type === undefined ? value : normalizeScalar(value, schema)
}

function normalizeList(value: unknown[], schema: StructuralSchema, place: Place): unknown[] {
  const { items } = schema
  if (items === undefined) return value
  const { path } = place
  const depth = path.length
  let list: unknown[] | undefined
  for (let index = 0; index < value.length; index += 1) {
    path[depth] = index
    const item = normalizeValue(value[index], items, place)
    if (list === undefined && item !== value[index]) list = value.slice(0, index)
    list?.push(item)
  }
  path.length = depth
  return list ?? value
}

/** Stands for a field that is left out. */
const dropped = Symbol('dropped')

function normalizeRecord(
  value: Record<string, unknown>,
  schema: StructuralSchema,
  place: Place,
): Record<string, unknown> {
  const depth = place.path.length
  let result: Record<string, unknown> | undefined
  for (const key in value) {
    const name = fieldNameOf(key, schema)
    place.path[depth] = name
    const normalized =
      name !== key && Object.hasOwn(value, name)
        ? dropSpelling(key, place)
        : normalizeField(value[key], { name, schema }, place)
    if (result === undefined && (name !== key || normalized !== value[key])) {
      result = fieldsBefore(key, value)
    }
    if (result !== undefined && normalized !== dropped) setField(result, name, normalized)
  }
  place.path.length = depth
  return result ?? value
}

function dropSpelling(key: string, { path, warnings }: Place): typeof dropped {
  const field = formatFieldPath(path)
  warnings.push(`"${key}" is another spelling of "${field}", which is set too; it is dropped`)
  return dropped
}

function normalizeField(
  value: unknown,
  { name, schema }: { readonly name: string; readonly schema: StructuralSchema },
  place: Place,
): unknown {
  const field = fieldSchemaOf(name, schema)
  if (value === null && schema.properties?.[name] !== undefined && field?.nullable !== true) {
    return dropped
  }
  return field === undefined ? value : normalizeValue(value, field, place)
}

function fieldsBefore(key: string, value: Record<string, unknown>): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const name in value) {
    if (name === key) break
    setField(fields, name, value[name])
  }
  return fields
}

function normalizeScalar(value: unknown, schema: StructuralSchema): unknown {
  if (isRecord(value)) {
    // A protobuf wrapper message written out instead of its plain value.
    const keys = Object.keys(value)
    const isWrapper = keys.length === 1 && keys[0] === 'value' && schema.type !== 'object'
    return isWrapper ? normalizeScalar(value['value'], schema) : value
  }
  if (schema.type === 'string') return normalizeText(value, schema)
  if (schema.type === 'integer' && typeof value === 'string') {
    return /^-?\d{1,15}$/.test(value) ? Number(value) : value
  }
  if (schema.type === 'number' && typeof value === 'string') {
    return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : value
  }
  return value
}

function normalizeText(value: unknown, schema: StructuralSchema): unknown {
  if (schema.enum !== undefined) return enumNameOf(value, schema.enum)
  // `timeout: 0` without quotes means the same as `timeout: "0"`.
  if (schema.format === 'duration' && typeof value === 'number') return `${value}s`
  return value
}

function enumNameOf(value: unknown, names: readonly unknown[]): unknown {
  if (typeof value === 'number') return names[value] ?? value
  if (typeof value !== 'string' || names.includes(value)) return value
  const wanted = value.toLowerCase()
  const found = names.find((name) => typeof name === 'string' && name.toLowerCase() === wanted)
  return found ?? names[/^\d+$/.test(value) ? Number(value) : -1] ?? value
}
