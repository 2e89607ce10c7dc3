import type { FieldError } from '../../kind-definition.ts'
import { formatFieldPath } from '../field-path.ts'

/** What a check writes to: the place it looks at and the errors found. */
export interface ValidationContext {
  readonly path: (string | number)[]
  errors: FieldError[]
  /** Only the number of errors counts: their texts are not made. */
  readonly probing?: boolean
}

const probed: FieldError = { type: 'invalid', field: '', detail: '' }

/** Looks at one value of an object and adds what is wrong with it to `context.errors`. */
export type Check = (value: unknown, context: ValidationContext) => void

/** Adds an `Invalid value` error in the words of OpenAPI validation: `spec.x in body …`. */
export function addInvalid(context: ValidationContext, value: unknown, detail: string): void {
  if (context.probing === true) {
    context.errors.push(probed)
    return
  }
  const field = formatFieldPath(context.path)
  context.errors.push({ type: 'invalid', field, value, detail: `${field} in body ${detail}` })
}

/** Adds an error of another type at the current place. */
export function addError(context: ValidationContext, error: Omit<FieldError, 'field'>): void {
  context.errors.push(
    context.probing === true ? probed : { ...error, field: formatFieldPath(context.path) },
  )
}
