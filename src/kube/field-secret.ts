import type { KubeObject, ObjectReference } from './kube-object.ts'

/** A credential that stands in a field of an object, not in a Secret. */
export interface FieldSecret {
  readonly object: ObjectReference
  /** Such as `spec.pools[0].token`; names in it hold no dots. */
  readonly fieldPath: string
}

/** The key under which the value of a field stands among the values of its secret. */
export const fieldSecretKey = 'value'

/** The id by which the configuration refers to the credential. */
export const formatFieldSecret = ({ object, fieldPath }: FieldSecret): string =>
  `${object.group}/${object.kind}/${object.namespace}/${object.name}#${fieldPath}`

/** Reads such an id; undefined for that of a Secret. */
export function parseFieldSecret(id: string): FieldSecret | undefined {
  const separator = id.indexOf('#')
  if (separator < 0) return undefined
  const [group = '', kind = '', namespace = '', name = ''] = id.slice(0, separator).split('/')
  return { object: { group, kind, namespace, name }, fieldPath: id.slice(separator + 1) }
}

/** Changes with the fields of an object, but not with its status. */
export function fieldVersionOf({ metadata }: KubeObject): string {
  const { uid = '', generation, resourceVersion = '' } = metadata
  return `${uid}/${generation ?? resourceVersion}`
}

/** The text in the field; undefined: there is none. */
export function readField(object: KubeObject, fieldPath: string): string | undefined {
  const steps = fieldPath.split(/[.[\]]+/).filter((step) => step !== '')
  let value: unknown = object
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[step]
  }
  return typeof value === 'string' ? value : undefined
}
