import { object, text } from '../../field.ts'

/** The fields by which Kubernetes' own kinds name an object of any kind. */
export const objectReferenceFields = () => ({
  apiVersion: text('Its API version.'),
  fieldPath: text('The part of it that is meant.'),
  kind: text('Its kind.'),
  name: text('Its name.'),
  namespace: text('Its namespace.'),
  resourceVersion: text('Its version.'),
  uid: text('Its uid.'),
})

/** Names an object of any kind. */
export const objectReference = (description: string) =>
  object(description, objectReferenceFields(), [], { 'x-kubernetes-map-type': 'atomic' })
