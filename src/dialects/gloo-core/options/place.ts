import type { Origin } from '../../../ir/origin.ts'

/** Says where a field stands, for messages. */
export const placeOf = ({ kind, namespace, name, fieldPath }: Origin) =>
  `${kind} ${namespace}/${name}, ${fieldPath}`

/** The origin of a field inside of what `origin` names. */
export const fieldOf = (origin: Origin, field: string): Origin => ({
  ...origin,
  fieldPath: `${origin.fieldPath}.${field}`,
})

/** A short text that is unique to a field of an object. */
export const idOf = ({ kind, namespace, name, fieldPath }: Origin) =>
  `${kind}/${namespace}/${name}/${fieldPath}`
