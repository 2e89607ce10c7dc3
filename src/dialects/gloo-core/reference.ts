import { isRecord } from '../../lib/json/is-record.ts'
import { object, text } from '../field.ts'
import { honoured } from '../verdict.ts'

/** Names an object of some kind, with the namespace filled in. */
export interface ResourceReference {
  readonly namespace: string
  readonly name: string
}

/** The schema of a reference `{name, namespace}`, honoured as the named test shows. */
export const referenceField = (test: string, description: string) =>
  object(description, {
    name: honoured(test, text('Name of the object.')),
    namespace: honoured(
      test,
      text('Namespace of the object; empty means that of the object that refers to it.'),
    ),
  })

/** Fills in the namespace. Undefined when `value` names nothing. */
export function resolveReference(
  value: unknown,
  ownerNamespace: string,
): ResourceReference | undefined {
  if (!isRecord(value)) return undefined
  const { name, namespace } = value
  if (typeof name !== 'string' || name === '') return undefined
  const explicit = typeof namespace === 'string' && namespace !== ''
  return { name, namespace: explicit ? namespace : ownerNamespace }
}

/** The form `namespace.name` in which Gloo's messages name an object. */
export const displayReference = ({ namespace, name }: ResourceReference) => `${namespace}.${name}`
