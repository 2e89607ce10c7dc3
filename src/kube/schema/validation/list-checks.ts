import type { StructuralSchema } from '../../structural-schema.ts'
import { getField, isJsonObject } from '../json-object.ts'
import { addError, addInvalid, type Check, type ValidationContext } from './validation-context.ts'

/** Checks of a list's length and of the uniqueness that its list type demands. */
export function listChecksOf(schema: StructuralSchema): Check[] {
  const checks: Check[] = []
  const { minItems, maxItems, uniqueItems } = schema
  if (minItems !== undefined) {
    checks.push((value, context) => {
      const { length } = value as unknown[]
      if (length < minItems) addInvalid(context, length, `should have at least ${minItems} items`)
    })
  }
  if (maxItems !== undefined) {
    checks.push((value, context) => {
      const { length } = value as unknown[]
      if (length > maxItems) addTooMany(context, length, maxItems)
    })
  }
  if (uniqueItems === true) {
    checks.push((value, context) => {
      const list = value as unknown[]
      if (duplicatesOf(list.map(keyOf)).length > 0) {
        addInvalid(context, undefined, "shouldn't contain duplicates")
      }
    })
  }
  if (schema['x-kubernetes-list-type'] === 'set') checks.push(checkSet)
  if (schema['x-kubernetes-list-type'] === 'map') {
    checks.push(mapCheckOf(schema['x-kubernetes-list-map-keys'] ?? []))
  }
  return checks
}

/** Adds `Too many`, of items or of properties. */
export function addTooMany(context: ValidationContext, actual: number, max: number): void {
  const unit = max === 1 ? 'item' : 'items'
  addError(context, {
    type: 'tooMany',
    value: actual,
    detail: `must have at most ${max} ${unit}`,
  })
}

const checkSet: Check = (value, context) => {
  const list = value as unknown[]
  for (const index of duplicatesOf(list.map(keyOf))) addDuplicate(context, index, list[index])
}

function mapCheckOf(keyNames: readonly string[]): Check {
  return (value, context) => {
    const list = value as unknown[]
    const misfit = list.findIndex((item) => item !== null && !isJsonObject(item))
    if (misfit >= 0) {
      withIndex(context, misfit, () =>
        addError(context, {
          type: 'invalid',
          value: list[misfit],
          detail: 'must be an object for an array of list-type map',
        }),
      )
      return
    }
    const keys = list.map((item) => keyTextOf(item, keyNames))
    for (const index of duplicatesOf(keys)) {
      addDuplicate(context, index, keyFieldsOf(list[index], keyNames))
    }
  }
}

function keyTextOf(item: unknown, keyNames: readonly string[]): string {
  const [only] = keyNames
  if (keyNames.length === 1 && only !== undefined && isJsonObject(item)) {
    return keyOf(getField(item, only))
  }
  return keyOf(keyFieldsOf(item, keyNames))
}

function keyFieldsOf(item: unknown, keyNames: readonly string[]): Record<string, unknown> {
  if (!isJsonObject(item)) return {}
  return Object.fromEntries(
    keyNames.filter((name) => Object.hasOwn(item, name)).map((name) => [name, item[name]]),
  )
}

/** Equal for equal values of the same type. */
function keyOf(value: unknown): string {
  return typeof value === 'string' ? `"${value}` : (JSON.stringify(value) ?? '')
}

/** The second appearance of each key that appears more than once. */
function duplicatesOf(keys: readonly string[]): number[] {
  if (keys.length < 2 || new Set(keys).size === keys.length) return []
  const times = new Map<string, number>()
  const indices: number[] = []
  keys.forEach((key, index) => {
    const seen = times.get(key) ?? 0
    if (seen === 1) indices.push(index)
    times.set(key, seen + 1)
  })
  return indices
}

function addDuplicate(context: ValidationContext, index: number, value: unknown): void {
  withIndex(context, index, () => addError(context, { type: 'duplicate', value, detail: '' }))
}

function withIndex(context: ValidationContext, index: number, add: () => void): void {
  context.path.push(index)
  add()
  context.path.pop()
}
