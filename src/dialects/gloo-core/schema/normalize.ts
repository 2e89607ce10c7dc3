import type { Normalized } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
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
    const normalized = normalizeValue(object, schema, { path: '', warnings }) as KubeObject
    const adjusted = adjust(normalized)
    return { object: adjusted.object, warnings: [...warnings, ...adjusted.warnings] }
  }
}

interface Place {
  readonly path: string
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
  const list = value.map((item, index) =>
    normalizeValue(item, items, { ...place, path: `${place.path}[${index}]` }),
  )
  return list.some((item, index) => item !== value[index]) ? list : value
}

function normalizeRecord(
  value: Record<string, unknown>,
  schema: StructuralSchema,
  place: Place,
): Record<string, unknown> {
  const result: [string, unknown][] = []
  let changed = false
  for (const [key, inner] of Object.entries(value)) {
    const name = fieldNameOf(key, schema)
    const field = fieldSchemaOf(name, schema)
    const path = place.path === '' ? name : `${place.path}.${name}`
    if (name !== key && Object.hasOwn(value, name)) {
      place.warnings.push(
        `"${key}" is another spelling of "${path}", which is set too; it is dropped`,
      )
      changed = true
      continue
    }
    if (inner === null && schema.properties?.[name] !== undefined && field?.nullable !== true) {
      changed = true
      continue
    }
    const normalized =
      field === undefined ? inner : normalizeValue(inner, field, { ...place, path })
    changed ||= name !== key || normalized !== inner
    result.push([name, normalized])
  }
  return changed ? Object.fromEntries(result) : value
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
