import type { FieldError } from '../../kind-definition.ts'
import type { StructuralSchema } from '../../structural-schema.ts'
import { formatFieldPath } from '../field-path.ts'
import type { Check, ValidationContext } from './validation-context.ts'

/** Checks of `allOf`, `anyOf`, `oneOf` and `not`; `checkOf` gives the check of a schema among them. */
export function combinationChecksOf(
  schema: StructuralSchema,
  checkOf: (schema: StructuralSchema) => Check,
): Check[] {
  const checks: Check[] = []
  if (schema.anyOf !== undefined && schema.anyOf.length > 0)
    checks.push(anyOf(schema.anyOf.map(checkOf)))
  if (schema.oneOf !== undefined && schema.oneOf.length > 0)
    checks.push(oneOf(schema.oneOf.map(checkOf)))
  if (schema.allOf !== undefined && schema.allOf.length > 0)
    checks.push(allOf(schema.allOf.map(checkOf)))
  if (schema.not !== undefined) checks.push(not(checkOf(schema.not)))
  return checks
}

function anyOf(alternatives: readonly Check[]): Check {
  return (value, context) => {
    if (alternatives.some((alternative) => countErrors(alternative, value, context) === 0)) return
    addCombination(context, 'must validate at least one schema (anyOf)')
    addClosest(alternatives, value, context)
  }
}

function oneOf(alternatives: readonly Check[]): Check {
  return (value, context) => {
    let valid = 0
    for (const alternative of alternatives) {
      if (countErrors(alternative, value, context) === 0) valid += 1
    }
    if (valid === 1) return
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
    addCombination(context, `must validate one and only one schema (oneOf). ${found}`)
    if (valid === 0) addClosest(alternatives, value, context)
  }
}

/** Adds the errors of the alternative that the value comes closest to. */
function addClosest(
  alternatives: readonly Check[],
  value: unknown,
  context: ValidationContext,
): void {
  if (context.probing === true) return
  const results = alternatives.map((alternative) => errorsOf(alternative, value, context))
  context.errors.push(
    ...results.reduce((best, errors) => (errors.length < best.length ? errors : best)),
  )
}

function allOf(parts: readonly Check[]): Check {
  return (value, context) => {
    let valid = 0
    for (const part of parts) {
      const errors = errorsOf(part, value, context)
      if (errors.length === 0) valid += 1
      context.errors.push(...errors)
    }
    if (valid === parts.length) return
    const none = valid === 0 ? '. None validated' : ''
    addCombination(context, `must validate all the schemas (allOf)${none}`)
  }
}

function not(refused: Check): Check {
  return (value, context) => {
    if (countErrors(refused, value, context) > 0) return
    addCombination(context, 'must not validate the schema (not)')
  }
}

function errorsOf(check: Check, value: unknown, context: ValidationContext): FieldError[] {
  const errors: FieldError[] = []
  check(value, { ...context, errors })
  return errors
}

function countErrors(check: Check, value: unknown, context: ValidationContext): number {
  const errors: FieldError[] = []
  check(value, { path: context.path, errors, probing: true })
  return errors.length
}

/** Kubernetes names the place of these in the text, and no field. */
function addCombination(context: ValidationContext, words: string): void {
  context.errors.push({
    type: 'invalid',
    field: '<nil>',
    value: '',
    detail: `${JSON.stringify(formatFieldPath(context.path))} ${words}`,
  })
}
