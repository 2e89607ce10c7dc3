import type { FieldError, KindDefinition } from '../../kind-definition.ts'
import type { ObjectMetadata, OwnerReference } from '../../kube-object.ts'
import {
  label1035Name,
  labelName,
  labelValueRule,
  type NameRule,
  qualifiedNameRule,
  subdomainName,
} from './name-rules.ts'

/** What a kind asks of its objects' metadata. */
export interface MetadataRules {
  readonly namespaced: boolean
  readonly nameForm?: KindDefinition['nameForm']
}

const nameRules: Readonly<Record<NonNullable<MetadataRules['nameForm']>, NameRule>> = {
  subdomain: subdomainName,
  'label-1123': labelName,
  'label-1035': label1035Name,
}

const maxAnnotationBytes = 256 * 1024

/**
 * What is wrong with the metadata of a new object, after its name was generated
 * (k8s.io/apimachinery pkg/api/validation/objectmeta.go). Types were checked by the schema before.
 */
export function validateObjectMeta(metadata: ObjectMetadata, rules: MetadataRules): FieldError[] {
  const nameRule = nameRules[rules.nameForm ?? 'subdomain']
  const errors: FieldError[] = []
  const { generateName, name } = metadata
  if (generateName !== undefined && generateName !== '') {
    errors.push(
      ...invalidEach('metadata.generateName', generateName, nameRule(maskDash(generateName))),
    )
  }
  if (!name) {
    const detail = 'name or generateName is required'
    errors.push({ type: 'required', field: 'metadata.name', detail })
  } else errors.push(...invalidEach('metadata.name', name, nameRule(name)))
  errors.push(...namespaceErrors(metadata.namespace ?? '', rules.namespaced))
  errors.push(...commonErrors(metadata))
  errors.push(...finalizerErrors(metadata.finalizers ?? []))
  return errors
}

/** What is wrong with the metadata that is to replace `previous`; the server's own fields are set already. */
export function validateObjectMetaUpdate(
  metadata: ObjectMetadata,
  previous: ObjectMetadata,
): FieldError[] {
  const errors: FieldError[] = []
  if (previous.deletionTimestamp !== undefined)
    errors.push(...newFinalizerErrors(metadata, previous))
  for (const field of immutableFields) {
    if (metadata[field] === previous[field]) continue
    const value = metadata[field]
    errors.push({
      type: 'invalid',
      field: `metadata.${field}`,
      value,
      detail: 'field is immutable',
    })
  }
  errors.push(...commonErrors(metadata))
  errors.push(...finalizerErrors(metadata.finalizers ?? []))
  return errors
}

const immutableFields = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

function commonErrors(metadata: ObjectMetadata): FieldError[] {
  return [
    ...labelErrors(metadata.labels ?? {}),
    ...annotationErrors(metadata.annotations ?? {}),
    ...ownerErrors(metadata.ownerReferences ?? []),
  ]
}

function namespaceErrors(namespace: string, namespaced: boolean): FieldError[] {
  const field = 'metadata.namespace'
  if (!namespaced) {
    return namespace === ''
      ? []
      : [{ type: 'forbidden', field, detail: 'not allowed on this type' }]
  }
  if (namespace === '') return [{ type: 'required', field, detail: '' }]
  return invalidEach(field, namespace, labelName(namespace))
}

function labelErrors(labels: Readonly<Record<string, string>>): FieldError[] {
  const field = 'metadata.labels'
  return Object.entries(labels).flatMap(([key, value]) => [
    ...invalidEach(field, key, qualifiedNameRule(key)),
    ...invalidEach(field, value, labelValueRule(value)),
  ])
}

function annotationErrors(annotations: Readonly<Record<string, string>>): FieldError[] {
  const field = 'metadata.annotations'
  const errors = Object.keys(annotations).flatMap((key) =>
    invalidEach(field, key, qualifiedNameRule(key.toLowerCase())),
  )
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  )
  if (bytes > maxAnnotationBytes) {
    errors.push({
      type: 'tooLong',
      field,
      detail: `may not be more than ${maxAnnotationBytes} bytes`,
    })
  }
  return errors
}

function finalizerErrors(finalizers: readonly string[]): FieldError[] {
  const field = 'metadata.finalizers'
  const errors = finalizers.flatMap((name) => invalidEach(field, name, qualifiedNameRule(name)))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const detail = 'finalizer orphan and foregroundDeletion cannot be both set'
    errors.push({ type: 'invalid', field, value: finalizers, detail })
  }
  return errors
}

function newFinalizerErrors(metadata: ObjectMetadata, previous: ObjectMetadata): FieldError[] {
  const before = new Set(previous.finalizers)
  const added = (metadata.finalizers ?? []).filter((name) => !before.has(name))
  if (added.length === 0) return []
  const list = added
    .sort()
    .map((name) => JSON.stringify(name))
    .join(', ')
  return [
    {
      type: 'forbidden',
      field: 'metadata.finalizers',
      detail: `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    },
  ]
}

function ownerErrors(owners: readonly OwnerReference[]): FieldError[] {
  const field = 'metadata.ownerReferences'
  const errors = owners.flatMap((owner, index) => ownerReferenceErrors(owner, `${field}[${index}]`))
  const [first, ...others] = owners.filter((owner) => owner.controller === true)
  for (const other of others) {
    const names = `${first?.kind}/${first?.name} and ${other.kind}/${other.name}`
    errors.push({
      type: 'invalid',
      field,
      value: owners,
      detail: `Only one reference can have Controller set to true. Found "true" in references for ${names}`,
    })
  }
  return errors
}

function ownerReferenceErrors(owner: OwnerReference, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const name of ['apiVersion', 'kind', 'name', 'uid'] as const) {
    if (owner[name]) continue
    errors.push({ type: 'required', field: `${field}.${name}`, detail: 'must not be empty' })
  }
  if (owner.apiVersion && !/^[^/]+(?:\/[^/]+)?$/.test(owner.apiVersion)) {
    errors.push({
      type: 'invalid',
      field: `${field}.apiVersion`,
      value: owner.apiVersion,
      detail: 'must be <group>/<version> or <version>',
    })
  }
  if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
    const detail = '/v1, Kind=Event is disallowed from being an owner'
    errors.push({ type: 'invalid', field, value: owner, detail })
  }
  return errors
}

function invalidEach(field: string, value: string, details: readonly string[]): FieldError[] {
  return details.map((detail) => ({ type: 'invalid', field, value, detail }))
}

/** A prefix may end with the dash that the generated part follows. */
function maskDash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix
}
