import type { KubeObject, ObjectMetadata } from '../kube-object.ts'
import type { Comparison } from './fields/compare.ts'
import { differenceOf, type FieldSet, leaf, recursiveDifferenceOf } from './fields/field-set.ts'

/** What nobody owns (k8s.io/apimachinery pkg/util/managedfields/internal/stripmeta.go). */
const unowned: FieldSet = {
  'f:apiVersion': leaf,
  'f:kind': leaf,
  'f:metadata': {
    '.': leaf,
    'f:name': leaf,
    'f:namespace': leaf,
    'f:creationTimestamp': leaf,
    'f:selfLink': leaf,
    'f:uid': leaf,
    'f:clusterName': leaf,
    'f:generation': leaf,
    'f:managedFields': leaf,
    'f:resourceVersion': leaf,
  },
}

const status: FieldSet = { 'f:status': leaf }

/** The set without the fields that belong to the server. */
export function ownableFieldsOf(set: FieldSet): FieldSet {
  return differenceOf(set, unowned)
}

/** Which fields a write through an endpoint can change: `status` is the status subresource's alone. */
export interface Endpoint {
  /** Such as `status`; left out or empty for the object itself. */
  readonly subresource?: string
  /** Whether the kind has a status subresource, so that writes of the object itself leave `status` alone. */
  readonly statusSubresource?: boolean
}

/** The part of `set` that a write through the endpoint can own. */
export function writableFieldsOf(set: FieldSet, endpoint: Endpoint): FieldSet {
  if (endpoint.subresource === 'status') {
    const own = set['f:status']
    return own === undefined ? leaf : { 'f:status': own }
  }
  return endpoint.statusSubresource === true ? recursiveDifferenceOf(set, status) : set
}

/** The part of a comparison that a write through the endpoint can have made. */
export function writableComparison(comparison: Comparison, endpoint: Endpoint): Comparison {
  return {
    added: writableFieldsOf(comparison.added, endpoint),
    removed: writableFieldsOf(comparison.removed, endpoint),
    modified: writableFieldsOf(comparison.modified, endpoint),
  }
}

/** The object without `metadata.managedFields`. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** The object with these `metadata.managedFields`; an empty list leaves the field out. */
export function withManagedFields(
  object: KubeObject,
  managedFields: NonNullable<ObjectMetadata['managedFields']>,
): KubeObject {
  const bare = withoutManagedFields(object)
  if (managedFields.length === 0) return bare
  return { ...bare, metadata: { ...bare.metadata, managedFields } }
}

/** What an object is compared with that does not exist yet. */
export function emptyObjectLike(object: KubeObject): KubeObject {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name: object.metadata.name },
  }
}

/** RFC 3339 with whole seconds, as Kubernetes writes times. */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}
