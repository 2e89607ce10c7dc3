import type { FieldError, KindDefinition, KindVersion } from '../../kube/kind-definition.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { applyDefaults } from '../../kube/schema/defaults.ts'
import { validateObjectMeta } from '../../kube/schema/metadata/validate-object-meta.ts'
import {
  findUnknownFields,
  pruneUnknownFields,
  type UnknownField,
} from '../../kube/schema/unknown-fields.ts'
import { formatFieldError } from '../../kube/schema/validation/field-error.ts'
import { validateObject } from '../../kube/schema/validation/validate-object.ts'
import { findAllVerdicts, findRules, type VerdictFinding } from '../../kube/schema/verdicts.ts'
import type { FieldReport, Problem } from './report.ts'

interface Inspection {
  /** As it would be stored. */
  readonly object: KubeObject
  readonly fields: readonly FieldReport[]
  readonly problems: readonly Problem[]
}

/** Looks at an object as the API does when it is applied, and goes on where the API would stop. */
export function inspectObject(
  definition: KindDefinition,
  version: KindVersion,
  body: KubeObject,
): Inspection {
  const { schema } = version
  const { object, warnings } = definition.normalize?.(body) ?? { object: body, warnings: [] }
  const unknown = findUnknownFields(schema, object)
  const kept = definition.unknownFields === 'keep' ? object : pruneUnknownFields(schema, object)
  const defaulted = applyDefaults(schema, kept)
  const shape = validateObject(schema, defaulted)
  // Rules of the kind rely on the types that the schema promises.
  const prepared =
    shape.length > 0 ? defaulted : (definition.prepare?.(defaulted, undefined) ?? defaulted)
  const rules = shape.length > 0 ? [] : ruleErrors(definition, prepared)
  return {
    object: prepared,
    fields: [...findAllVerdicts(schema, kept).map(describeVerdict), ...unknown.map(unknownField)],
    problems: [
      ...[...shape, ...rules].map((error) => errorProblem(definition, error)),
      ...(definition.unknownFields === 'keep' ? [] : unknown.map(refusedField)),
      ...warnings.map((message) => ({ severity: 'warning' as const, field: '', message })),
      ...otherWarnings(version, prepared),
    ],
  }
}

function ruleErrors(definition: KindDefinition, object: KubeObject): readonly FieldError[] {
  const namespaced = definition.scope === 'Namespaced'
  return [
    ...validateObjectMeta(object.metadata, { ...definition, namespaced }),
    ...(definition.validate?.(object, undefined) ?? []),
  ]
}

function errorProblem({ group, kind }: KindDefinition, error: FieldError): Problem {
  const { field } = error
  // What somebody wrote into the wrong place may be a credential.
  const isSecret = group === '' && kind === 'Secret' && /^(?:data|stringData)\b/.test(field)
  const message = isSecret ? secretMessage(field) : formatFieldError(error)
  return { severity: 'error', field, message }
}

function secretMessage(field: string): string {
  if (field.startsWith('data.')) {
    return 'must be text in base64; what is not encoded belongs into stringData (the value is not shown)'
  }
  return 'must hold text for each key (the value is not shown)'
}

function refusedField({ path, hint }: UnknownField): Problem {
  const message = `the kind has no such field; check its spelling and place, or remove it${hint}`
  return { severity: 'error', field: path, message }
}

function otherWarnings(version: KindVersion, object: KubeObject): Problem[] {
  const deprecated = version.deprecationWarning
  return [
    ...(deprecated === undefined
      ? []
      : [{ field: 'apiVersion', message: deprecated || 'deprecated' }]),
    ...findRules(version.schema, object).map(({ path, rules }) => ({
      field: path,
      message: `is not checked against the CEL rules of its kind: ${rules.join('; ')}`,
    })),
  ].map((warning) => ({ severity: 'warning', ...warning }))
}

function describeVerdict({ path, verdict }: VerdictFinding): FieldReport {
  switch (verdict.type) {
    case 'honoured':
    case 'informational':
      return { path, verdict: verdict.type, detail: '' }
    case 'approximated':
      return { path, verdict: verdict.type, detail: verdict.how }
    case 'ignored':
      return { path, verdict: verdict.type, detail: verdict.reason }
  }
}

const unknownField = ({ path, hint }: UnknownField): FieldReport => ({
  ...{ path, verdict: 'unknown' },
  detail: `the kind has no such field; check its spelling and place${hint}`,
})
