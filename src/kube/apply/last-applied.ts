import type { KubeObject } from '../kube-object.ts'
import { isJsonObject } from '../schema/json-object.ts'
import type { SchemaNode } from '../schema/schema-node.ts'
import { compareObjects } from './fields/compare.ts'
import { differenceOf, type FieldSet, leaf } from './fields/field-set.ts'
import { appliedFieldsOf } from './fields/object-fields.ts'

/** Where kubectl's client-side apply keeps what it applied last. */
const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The fields that client-side apply set and nobody changed since: kubectl may take these over without a
 * conflict (k8s.io/apimachinery pkg/util/managedfields/internal/lastappliedmanager.go).
 */
export function fieldsOfLastApplied(node: SchemaNode, live: KubeObject): FieldSet {
  const lastApplied = decodeLastApplied(live)
  if (lastApplied === undefined || lastApplied.apiVersion !== live.apiVersion) return leaf
  const { added, removed, modified } = compareObjects(node, lastApplied, live)
  const fields = appliedFieldsOf(node, lastApplied)
  return differenceOf(differenceOf(differenceOf(fields, modified), added), removed)
}

/** The manifest that a patch by client-side apply comes from; undefined: the patch does not tell. */
export function appliedIn(patch: unknown): KubeObject | undefined {
  const metadata = isJsonObject(patch) ? patch['metadata'] : undefined
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined
  const text = isJsonObject(annotations) ? annotations[annotation] : undefined
  return typeof text === 'string' ? decode(text) : undefined
}

const decodeLastApplied = (live: KubeObject): KubeObject | undefined =>
  decode(live.metadata.annotations?.[annotation])

function decode(text: string | undefined): KubeObject | undefined {
  if (text === undefined || text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) && isJsonObject(value['metadata'])
      ? (value as KubeObject)
      : undefined
  } catch {
    return undefined
  }
}

/** Keeps the annotation in step, so that a later client-side apply still knows what to remove. */
export function updateLastApplied(object: KubeObject, applied: KubeObject): KubeObject {
  if (object.metadata.annotations?.[annotation] === undefined) return object
  const { [annotation]: _, ...annotations } = applied.metadata.annotations ?? {}
  const configuration = { ...applied, metadata: { ...applied.metadata, annotations } }
  const value = `${JSON.stringify(configuration)}\n`
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, [annotation]: value },
    },
  }
}
