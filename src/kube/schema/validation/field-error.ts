import type { FieldError } from '../../kind-definition.ts'

const titleByType: Readonly<Record<FieldError['type'], string>> = {
  required: 'Required value',
  invalid: 'Invalid value',
  notSupported: 'Unsupported value',
  duplicate: 'Duplicate value',
  typeInvalid: 'Invalid value',
  tooLong: 'Too long',
  tooMany: 'Too many',
  forbidden: 'Forbidden',
  notFound: 'Not found',
}

const reasonByType: Readonly<Record<FieldError['type'], string>> = {
  required: 'FieldValueRequired',
  invalid: 'FieldValueInvalid',
  notSupported: 'FieldValueNotSupported',
  duplicate: 'FieldValueDuplicate',
  typeInvalid: 'FieldValueTypeInvalid',
  tooLong: 'FieldValueTooLong',
  tooMany: 'FieldValueTooMany',
  forbidden: 'FieldValueForbidden',
  notFound: 'FieldValueNotFound',
}

/** Types whose text leaves the value out. */
const typesWithoutValue: ReadonlySet<FieldError['type']> = new Set([
  'required',
  'forbidden',
  'tooLong',
])

/** The `message` of the error's entry in `Status.details.causes`, such as `Invalid value: 0: must be positive`. */
export function formatFieldError(error: FieldError): string {
  let text = titleByType[error.type]
  if (!typesWithoutValue.has(error.type)) text += `: ${formatValue(error.value)}`
  if (error.detail !== '') text += `: ${error.detail}`
  return text
}

/** The error with its field, as `Status.message` lists it. */
export function describeFieldError(error: FieldError): string {
  return `${error.field}: ${formatFieldError(error)}`
}

/** The `reason` of the error's entry in `Status.details.causes`. */
export function reasonOfFieldError(error: FieldError): string {
  return reasonByType[error.type]
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === undefined) return '""'
  // Go's encoder escapes these three for HTML.
  return JSON.stringify(value).replaceAll(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  )
}
