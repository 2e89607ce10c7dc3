import type { StructuralSchema } from '../../structural-schema.ts'

const string: StructuralSchema = { type: 'string' }
const nullableTime: StructuralSchema = { type: 'string', format: 'date-time', nullable: true }
const integer: StructuralSchema = { type: 'integer', format: 'int64' }
const boolean: StructuralSchema = { type: 'boolean' }
const strings: StructuralSchema = {
  type: 'object',
  nullable: true,
  additionalProperties: string,
}

const ownerReference: StructuralSchema = {
  type: 'object',
  'x-kubernetes-map-type': 'atomic',
  properties: {
    apiVersion: string,
    kind: string,
    name: string,
    uid: string,
    controller: { ...boolean, nullable: true },
    blockOwnerDeletion: { ...boolean, nullable: true },
  },
}

const managedFieldsEntry: StructuralSchema = {
  type: 'object',
  properties: {
    manager: string,
    operation: string,
    apiVersion: string,
    time: nullableTime,
    fieldsType: string,
    fieldsV1: { type: 'object', nullable: true, 'x-kubernetes-preserve-unknown-fields': true },
    subresource: string,
  },
}

/**
 * Every kind's `metadata`
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/).
 */
export const objectMetaSchema: StructuralSchema = {
  type: 'object',
  properties: {
    name: string,
    generateName: string,
    namespace: string,
    selfLink: string,
    uid: string,
    resourceVersion: string,
    generation: integer,
    creationTimestamp: nullableTime,
    deletionTimestamp: nullableTime,
    deletionGracePeriodSeconds: { ...integer, nullable: true },
    labels: strings,
    annotations: strings,
    finalizers: {
      type: 'array',
      nullable: true,
      'x-kubernetes-list-type': 'set',
      'x-kubernetes-patch-strategy': 'merge',
      items: string,
    },
    ownerReferences: {
      type: 'array',
      nullable: true,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'uid',
      items: ownerReference,
    },
    managedFields: {
      type: 'array',
      nullable: true,
      'x-kubernetes-list-type': 'atomic',
      items: managedFieldsEntry,
    },
  },
}
