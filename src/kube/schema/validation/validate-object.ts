import type { FieldError } from '../../kind-definition.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { StructuralSchema } from '../../structural-schema.ts'
import { formatFieldPath } from '../field-path.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { nodeOf, rootNodeOf, type SchemaNode } from '../schema-node.ts'
import { combinationChecksOf } from './combination-checks.ts'
import { addTooMany, listChecksOf } from './list-checks.ts'
import { addError, addInvalid, type Check, type ValidationContext } from './validation-context.ts'
import {
  enumCheckOf,
  expectedTypeOf,
  numberChecksOf,
  stringChecksOf,
  typeCheckOf,
  typeNameOf,
} from './value-checks.ts'

/**
 * What the schema finds wrong with the object, in the words of Kubernetes
 * (k8s.io/kube-openapi pkg/validation, k8s.io/apiextensions-apiserver pkg/apiserver/validation).
 * Rules in CEL are not evaluated.
 */
export function validateObject(schema: StructuralSchema, object: KubeObject): FieldError[] {
  const context: ValidationContext = { path: [], errors: [] }
  checkOfNode(rootNodeOf(schema))(object, context)
  return context.errors
}

const checks = new WeakMap<SchemaNode, Check>()

function checkOfNode(node: SchemaNode): Check {
  let check = checks.get(node)
  if (check === undefined) {
    check = compileCheck(node)
    checks.set(node, check)
  }
  return check
}

function checkOfSchema(schema: StructuralSchema): Check {
  return checkOfNode(nodeOf(schema))
}

function compileCheck(node: SchemaNode): Check {
  const { schema } = node
  const hasType = typeCheckOf(schema)
  const expected = expectedTypeOf(schema)
  const enumCheck = enumCheckOf(schema)
  const combinations = combinationChecksOf(schema, checkOfSchema)
  const stringChecks = stringChecksOf(schema)
  const numberChecks = numberChecksOf(schema)
  const listChecks = [...listChecksOf(schema), ...itemChecksOf(node)]
  const objectChecks = objectChecksOf(node)
  const checksFor = (value: unknown): readonly Check[] => {
    if (typeof value === 'string') return stringChecks
    if (typeof value === 'number') return numberChecks
    if (typeof value === 'object') return Array.isArray(value) ? listChecks : objectChecks
    return []
  }
  const checkContent: Check = (value, context) => {
    for (const check of combinations) check(value, context)
    for (const check of checksFor(value)) check(value, context)
  }
  const nullable = schema.nullable === true || hasType === undefined
  const check: Check = (value, context) => {
    if (value === null && nullable) return
    const fits = hasType?.(value) !== false
    if (!fits) addTypeError(context, expected, value)
    enumCheck?.(value, context)
    if (fits) checkContent(value, context)
  }
  return schema['x-sluice-sensitive'] === true ? withoutValues(check) : check
}

/** What is wrong with a credential is said without the credential. */
function withoutValues(check: Check): Check {
  return (value, context) => {
    const before = context.errors.length
    check(value, context)
    for (let index = before; index < context.errors.length; index += 1) {
      const error = context.errors[index]
      if (error !== undefined) context.errors[index] = withoutValue(error)
    }
  }
}

function withoutValue(error: FieldError): FieldError {
  if (error.type === 'typeInvalid' || typeof error.value !== 'string') return error
  const detail = error.detail
    .replaceAll(JSON.stringify(error.value), hidden)
    .replaceAll(error.value, hidden)
  return { ...error, value: hidden, detail }
}

const hidden = '<hidden>'

function addTypeError(context: ValidationContext, expected: string, value: unknown): void {
  const field = formatFieldPath(context.path)
  const actual = typeNameOf(value)
  addError(context, {
    type: 'typeInvalid',
    value: actual,
    detail: `${field} in body must be of type ${expected}: "${actual}"`,
  })
}

function itemChecksOf(node: SchemaNode): Check[] {
  if (node.items === undefined) return []
  const checkItem = checkOfNode(node.items)
  return [
    (value, context) => {
      const list = value as unknown[]
      const { path } = context
      const depth = path.length
      for (let index = 0; index < list.length; index += 1) {
        path[depth] = index
        checkItem(list[index], context)
      }
      path.length = depth
    },
  ]
}

function objectChecksOf(node: SchemaNode): Check[] {
  const { required, minProperties, maxProperties } = node.schema
  const found: Check[] = []
  if (minProperties !== undefined || maxProperties !== undefined) {
    found.push(sizeCheck(minProperties ?? 0, maxProperties ?? Number.POSITIVE_INFINITY))
  }
  found.push(fieldsCheck(node))
  if (required !== undefined && required.length > 0) found.push(requiredCheck(required))
  return found
}

function sizeCheck(min: number, max: number): Check {
  return (value, context) => {
    const size = Object.keys(value as JsonObject).length
    if (size < min) addInvalid(context, size, `should have at least ${min} properties`)
    if (size > max) addTooMany(context, size, max)
  }
}

function requiredCheck(required: readonly string[]): Check {
  return (value, context) => {
    for (const name of required) {
      if (Object.hasOwn(value as JsonObject, name)) continue
      context.path.push(name)
      addError(context, { type: 'required', detail: '' })
      context.path.pop()
    }
  }
}

function fieldsCheck(node: SchemaNode): Check {
  const checkByName = new Map(
    [...node.properties].map(([name, child]) => [name, checkOfNode(child)]),
  )
  const { additional } = node
  const checkOther =
    additional === undefined || additional === 'any' ? undefined : checkOfNode(additional)
  const closed = node.schema.additionalProperties === false
  return (value, context) => {
    if (!isJsonObject(value)) return
    const { path } = context
    const depth = path.length
    for (const name in value) {
      const check = checkByName.get(name) ?? checkOther
      path[depth] = name
      if (check !== undefined) check(value[name], context)
      else if (closed) addForbiddenProperty(context, name)
    }
    path.length = depth
  }
}

function addForbiddenProperty(context: ValidationContext, name: string): void {
  context.errors.push({
    type: 'invalid',
    field: formatFieldPath(context.path.slice(0, -1)),
    value: name,
    detail: `${formatFieldPath(context.path)} in body is a forbidden property`,
  })
}
