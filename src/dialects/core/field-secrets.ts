import type { SecretReference } from '../../ir/secret-reference.ts'
import { fieldSecretKey, fieldVersionOf, formatFieldSecret } from '../../kube/field-secret.ts'
import type { KubeObject } from '../../kube/kube-object.ts'

/** Points at a credential that stands in the object itself, at `fieldPath` from its root. */
export function createFieldReference(object: KubeObject, fieldPath: string): SecretReference {
  const { apiVersion, kind, metadata } = object
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  const { namespace = '', name } = metadata
  return {
    secretId: formatFieldSecret({ object: { group, kind, namespace, name }, fieldPath }),
    key: fieldSecretKey,
    version: fieldVersionOf(object),
  }
}
