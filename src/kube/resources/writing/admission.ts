import type { FieldError } from '../../kind-definition.ts'
import type { KubeObject } from '../../kube-object.ts'
import { applyDefaults } from '../../schema/defaults.ts'
import {
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../../schema/metadata/validate-object-meta.ts'
import { findUnknownFields, pruneUnknownFields } from '../../schema/unknown-fields.ts'
import { formatFieldError, reasonOfFieldError } from '../../schema/validation/field-error.ts'
import { validateObject } from '../../schema/validation/validate-object.ts'
import { findRules, findVerdicts } from '../../schema/verdicts.ts'
import type { ServedKind } from '../kind-registry.ts'
import { apiVersionOf } from '../object-version.ts'
import type { WriteOptions } from '../resource-api.ts'
import { badRequestError, invalidError } from '../status-error.ts'

/** An object that may be stored, in the version of the request. */
export interface Admitted {
  readonly object: KubeObject
  readonly warnings: readonly string[]
}

/** Brings an object into the kind's form; unknown and repeated fields are kept, dropped or refused. */
export function admitFields(kind: ServedKind, body: KubeObject, options: WriteOptions): Admitted {
  const { definition, version } = kind
  const normalized = definition.normalize?.(body) ?? { object: body, warnings: [] }
  const { object } = normalized
  const unknown = findUnknownFields(version.schema, object)
  const validation = options.fieldValidation ?? 'Warn'
  const repeated = (options.duplicateFields ?? []).map((path) => `duplicate field "${path}"`)
  const texts = unknown.map(({ path, hint }) => `unknown field "${path}"${hint}`)
  const keeps = definition.unknownFields === 'keep'
  const refused = keeps ? repeated : [...repeated, ...texts]
  if (validation === 'Strict' && refused.length > 0) {
    const subject = `${definition.kind} in version "${version.name}" cannot be handled as a ${definition.kind}`
    throw badRequestError(`${subject}: strict decoding error: ${refused.join(', ')}`)
  }
  const told = validation === 'Ignore' ? (keeps ? texts : []) : [...repeated, ...texts]
  return {
    object: keeps ? object : pruneUnknownFields(version.schema, object),
    warnings: [...normalized.warnings, ...told],
  }
}

/** Fills in defaults and what the server decides, and refuses what breaks a rule. */
export function admitValues(
  kind: ServedKind,
  object: KubeObject,
  previous: KubeObject | undefined,
): Admitted {
  const { definition, version } = kind
  const defaulted = applyDefaults(version.schema, object)
  // A function of the kind may rely on the types that the schema promises.
  throwWhenInvalid(kind, defaulted, validateObject(version.schema, defaulted))
  const prepared = definition.prepare?.(defaulted, previous) ?? defaulted
  throwWhenInvalid(kind, prepared, [
    ...metadataErrors(kind, prepared, previous),
    ...(definition.validate?.(prepared, previous) ?? []),
  ])
  return { object: prepared, warnings: warningsOf(kind, prepared) }
}

/** The 422 of an object with errors. */
export function throwWhenInvalid(
  { definition }: ServedKind,
  object: KubeObject,
  errors: readonly FieldError[],
): void {
  if (errors.length === 0) return
  const causes = errors.map((error) => ({
    reason: reasonOfFieldError(error),
    message: formatFieldError(error),
    field: error.field,
  }))
  throw invalidError(definition, object.metadata.name, causes)
}

function metadataErrors(
  { definition }: ServedKind,
  { metadata }: KubeObject,
  previous: KubeObject | undefined,
): FieldError[] {
  const namespaced = definition.scope === 'Namespaced'
  const errors = validateObjectMeta(metadata, { ...definition, namespaced })
  return previous === undefined
    ? errors
    : [...errors, ...validateObjectMetaUpdate(metadata, previous.metadata)]
}

function warningsOf(kind: ServedKind, object: KubeObject): string[] {
  const { definition, version } = kind
  const warnings: string[] = []
  if (version.deprecationWarning !== undefined) {
    warnings.push(
      version.deprecationWarning || `${apiVersionOf(kind)} ${definition.kind} is deprecated`,
    )
  }
  for (const { path, verdict } of findVerdicts(version.schema, object)) {
    if (verdict.type === 'ignored') warnings.push(`${path} is ignored: ${verdict.reason}`)
    if (verdict.type === 'approximated') warnings.push(`${path} is approximated: ${verdict.how}`)
  }
  for (const { path, rules } of findRules(version.schema, object)) {
    const place = path === '' ? 'the object' : path
    warnings.push(`${place} is not checked against the CEL rules of its kind: ${rules.join('; ')}`)
  }
  return warnings
}
