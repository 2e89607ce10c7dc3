import { isJsonObject } from '../../schema/json-object.ts'
import { type FieldSet, leaf } from './field-set.ts'

const decoded = new WeakMap<object, FieldSet | undefined>()

/**
 * Reads `fieldsV1` into its canonical form: keys of list items sorted by name, values written as JSON writes
 * them. Undefined when it is not valid.
 */
export function decodeFieldSet(fields: unknown): FieldSet | undefined {
  if (!isJsonObject(fields)) return undefined
  if (decoded.has(fields)) return decoded.get(fields)
  const set = decodeBelow(fields)
  decoded.set(fields, set)
  if (set !== undefined) decoded.set(set, set)
  return set
}

/** Registers a set that this program made, so that it needs no reading when it comes back. */
export function rememberFieldSet(set: FieldSet): void {
  decoded.set(set, set)
}

function decodeBelow(fields: unknown): FieldSet | undefined {
  if (!isJsonObject(fields)) return undefined
  const result: Record<string, FieldSet> = {}
  let size = 0
  for (const [element, below] of Object.entries(fields)) {
    const canonical = element === '.' ? '.' : canonicalElement(element)
    const inner = decodeBelow(below)
    if (canonical === undefined || inner === undefined) return undefined
    result[canonical] = inner
    size += 1
  }
  return size === 0 ? leaf : result
}

function canonicalElement(element: string): string | undefined {
  const prefix = element.slice(0, 2)
  if (prefix === 'f:') return element
  if (prefix === 'i:') return /^i:\d+$/.test(element) ? element : undefined
  if (prefix !== 'k:' && prefix !== 'v:') return undefined
  try {
    const value: unknown = JSON.parse(element.slice(2))
    if (prefix === 'v:') return `v:${JSON.stringify(value)}`
    if (!isJsonObject(value)) return undefined
    return `k:{${Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${JSON.stringify(value[name])}`)
      .join(',')}}`
  } catch {
    return undefined
  }
}
