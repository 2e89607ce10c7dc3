import type { SecretReference } from '../../ir/secret-reference.ts'
import { fieldSecretKey, formatFieldSecret } from '../../kube/field-secret.ts'
import type { ObjectReference } from '../../kube/kube-object.ts'

/** Points at a credential that stands in an object itself, at `fieldPath` from its root. */
export const createFieldReference = (
  object: ObjectReference,
  fieldPath: string,
  version: string,
): SecretReference => ({
  secretId: formatFieldSecret({ object, fieldPath }),
  key: fieldSecretKey,
  version,
})
