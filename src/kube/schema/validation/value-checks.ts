import type { StructuralSchema } from '../../structural-schema.ts'
import { isJsonObject } from '../json-object.ts'
import { compilePattern } from './pattern.ts'
import { findFormatCheck } from './string-format.ts'
import { addError, addInvalid, type Check } from './validation-context.ts'

/** The type's name in JSON Schema. */
export function typeNameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

/** What the schema demands of the value's JSON type; undefined where anything goes. */
export function typeCheckOf(schema: StructuralSchema): ((value: unknown) => boolean) | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return (value) => typeof value === 'string' || Number.isInteger(value)
  }
  switch (schema.type) {
    case undefined:
    case '':
      return undefined
    case 'string':
      return (value) => typeof value === 'string'
    case 'boolean':
      return (value) => typeof value === 'boolean'
    case 'integer':
      return Number.isInteger
    case 'number':
      return (value) => typeof value === 'number'
    case 'object':
      return isJsonObject
    case 'array':
      return Array.isArray
    default:
      return (value) => typeNameOf(value) === schema.type
  }
}

/** The type as an error names it. */
export function expectedTypeOf(schema: StructuralSchema): string {
  return schema['x-kubernetes-int-or-string'] === true ? 'integer,string' : (schema.type ?? '')
}

/** Formats that Secrets use: a value in them may be a credential, in clear by mistake, and is never repeated. */
const hiddenFormats: ReadonlySet<string | undefined> = new Set(['byte', 'password'])

/** Checks of a string's length, pattern and format. */
export function stringChecksOf(schema: StructuralSchema): Check[] {
  const checks: Check[] = []
  const { minLength, maxLength, pattern, format } = schema
  if (maxLength !== undefined) checks.push(maxLengthCheck(maxLength))
  if (minLength !== undefined) {
    checks.push((value, context) => {
      if (countCharacters(value as string, minLength) >= minLength) return
      addInvalid(context, value, `should be at least ${minLength} chars long`)
    })
  }
  if (pattern !== undefined && pattern !== '') checks.push(patternCheck(pattern))
  const hasFormat = format === undefined ? undefined : findFormatCheck(format)
  if (hasFormat !== undefined) {
    checks.push((value, context) => {
      if (hasFormat(value as string)) return
      const shown = hiddenFormats.has(format) ? '<hidden>' : value
      const example = format === 'duration' ? ', such as 15s or 1m30s' : ''
      addInvalid(context, shown, `must be of type ${format}${example}: ${JSON.stringify(shown)}`)
    })
  }
  return checks
}

function maxLengthCheck(maxLength: number): Check {
  const unit = maxLength === 1 ? 'byte' : 'bytes'
  return (value, context) => {
    if (countCharacters(value as string, maxLength + 1) <= maxLength) return
    addError(context, { type: 'tooLong', detail: `may not be more than ${maxLength} ${unit}` })
  }
}

/** The number of code points, exact only as far as comparing it with `limit` needs. */
function countCharacters(value: string, limit: number): number {
  const units = value.length
  if (units < limit || units >= limit * 2) return units >= limit * 2 ? limit : units
  let count = 0
  for (const _ of value) count += 1
  return count
}

function patternCheck(source: string): Check {
  const pattern = compilePattern(source)
  if (pattern === undefined) {
    return (value, context) =>
      addInvalid(context, value, `cannot be checked: the schema's pattern '${source}' is not valid`)
  }
  return (value, context) => {
    if (!pattern.matches(value as string)) addInvalid(context, value, `should match '${source}'`)
  }
}

/** Checks of a number's range. */
export function numberChecksOf(schema: StructuralSchema): Check[] {
  const checks: Check[] = []
  for (const [limit, exclusive] of limitsOf(schema.maximum, schema.exclusiveMaximum)) {
    const words = exclusive
      ? `should be less than ${limit}`
      : `should be less than or equal to ${limit}`
    checks.push((value, context) => {
      if (exclusive ? Number(value) >= limit : Number(value) > limit) {
        addInvalid(context, value, words)
      }
    })
  }
  for (const [limit, exclusive] of limitsOf(schema.minimum, schema.exclusiveMinimum)) {
    const words = exclusive
      ? `should be greater than ${limit}`
      : `should be greater than or equal to ${limit}`
    checks.push((value, context) => {
      if (exclusive ? Number(value) <= limit : Number(value) < limit) {
        addInvalid(context, value, words)
      }
    })
  }
  const { multipleOf } = schema
  if (multipleOf !== undefined) {
    checks.push((value, context) => {
      const quotient = Number(value) / multipleOf
      if (Math.abs(quotient - Math.round(quotient)) > 1e-9) {
        addInvalid(context, value, `should be a multiple of ${multipleOf}`)
      }
    })
  }
  if (schema.format === 'int32') checks.push(checkInt32)
  return checks
}

/** JSON Schema draft 4 has a flag beside the limit, later drafts a second limit. */
function limitsOf(
  limit: number | undefined,
  exclusive: number | boolean | undefined,
): [number, boolean][] {
  const limits: [number, boolean][] = []
  if (limit !== undefined) limits.push([limit, exclusive === true])
  if (typeof exclusive === 'number') limits.push([exclusive, true])
  return limits
}

const checkInt32: Check = (value, context) => {
  const number = Number(value)
  if (number >= -(2 ** 31) && number < 2 ** 31) return
  addInvalid(context, value, 'must be of type integer with format int32')
}

/** The check of `enum`. */
export function enumCheckOf(schema: StructuralSchema): Check | undefined {
  const allowed = schema.enum
  if (allowed === undefined) return undefined
  const strings = new Set(allowed.filter((value) => typeof value === 'string'))
  const keys = new Set(allowed.map((value) => JSON.stringify(value)))
  const supported = allowed.map((value) =>
    JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)),
  )
  return (value, context) => {
    if (strings.has(value as string) || (value === null && schema.nullable === true)) return
    if (keys.has(JSON.stringify(value))) return
    addError(context, {
      type: 'notSupported',
      value,
      detail: `supported values: ${supported.join(', ')}`,
    })
  }
}
