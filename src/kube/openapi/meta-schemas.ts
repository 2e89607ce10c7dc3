import type { OpenApiSchema } from './openapi-schema.ts'

/** The prefix under which Kubernetes publishes the types that all kinds share. */
export const metaPrefix = 'io.k8s.apimachinery.pkg.apis.meta.v1'

const text = (description: string): OpenApiSchema => ({ type: 'string', description })
const time = (description: string): OpenApiSchema => ({
  type: 'string',
  format: 'date-time',
  description,
})
const integer = (description: string): OpenApiSchema => ({
  type: 'integer',
  format: 'int64',
  description,
})
const textMap = (description: string): OpenApiSchema => ({
  type: 'object',
  additionalProperties: { type: 'string' },
  description,
})

const ownerReference: OpenApiSchema = {
  type: 'object',
  description: 'Names the object that this one belongs to, in the same namespace.',
  required: ['apiVersion', 'kind', 'name', 'uid'],
  properties: {
    apiVersion: text('API version of the owner.'),
    kind: text('Kind of the owner.'),
    name: text('Name of the owner.'),
    uid: text('UID of the owner.'),
    controller: { type: 'boolean', description: 'The owner manages this object.' },
    blockOwnerDeletion: {
      type: 'boolean',
      description: 'A foreground deletion of the owner waits until this object is gone.',
    },
  },
  'x-kubernetes-map-type': 'atomic',
}

const managedFieldsEntry: OpenApiSchema = {
  type: 'object',
  description: 'The fields that one client has set.',
  properties: {
    manager: text('Name of the client.'),
    operation: text('Apply or Update.'),
    apiVersion: text('The version in which the fields were written.'),
    time: time('When the set of fields last changed.'),
    fieldsType: text('FieldsV1.'),
    fieldsV1: { type: 'object', description: 'The set of fields.' },
    subresource: text('The subresource through which the fields were written.'),
  },
}

const objectMeta: OpenApiSchema = {
  type: 'object',
  description: 'What every stored object has beside its kind.',
  properties: {
    name: text('Unique among the objects of a kind in a namespace; cannot be changed.'),
    generateName: text('Prefix of a name that the server completes, used when name is empty.'),
    namespace: text('The space in which the name is unique; cannot be changed.'),
    uid: text('Unique in time and space; set by the server.'),
    resourceVersion: text('Changes with every write; set by the server.'),
    generation: integer('Counts changes of the desired state; set by the server.'),
    creationTimestamp: time('When the object was created; set by the server.'),
    deletionTimestamp: time('When the object is to be gone; set by the server.'),
    deletionGracePeriodSeconds: integer('Seconds that the object may take to end.'),
    labels: textMap('Keys and values to select objects by.'),
    annotations: textMap('Keys and values that tools keep with the object.'),
    selfLink: text('Not used any more.'),
    finalizers: {
      type: 'array',
      items: { type: 'string' },
      description: 'The object is removed once this list is empty.',
      'x-kubernetes-list-type': 'set',
      'x-kubernetes-patch-strategy': 'merge',
    },
    ownerReferences: {
      type: 'array',
      items: { $ref: `${metaPrefix}.OwnerReference` },
      description: 'The objects that this one belongs to; it is removed when all of them are gone.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'uid',
    },
    managedFields: {
      type: 'array',
      items: { $ref: `${metaPrefix}.ManagedFieldsEntry` },
      description: 'Which client has set which fields; kept by the server.',
      'x-kubernetes-list-type': 'atomic',
    },
  },
}

const listMeta: OpenApiSchema = {
  type: 'object',
  description: 'What every list has beside its items.',
  properties: {
    resourceVersion: text('The state that the list shows; a watch can begin from it.'),
    continue: text('Asks for the rest of the list when it was limited.'),
    remainingItemCount: integer('How many objects follow.'),
    selfLink: text('Not used any more.'),
  },
}

/** ObjectMeta and its like, by definition name; `$ref` holds the name of another definition. */
export const metaSchemas: Readonly<Record<string, OpenApiSchema>> = {
  [`${metaPrefix}.ObjectMeta`]: objectMeta,
  [`${metaPrefix}.ListMeta`]: listMeta,
  [`${metaPrefix}.OwnerReference`]: ownerReference,
  [`${metaPrefix}.ManagedFieldsEntry`]: managedFieldsEntry,
}
