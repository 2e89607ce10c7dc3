import type { Origin } from '../../../../ir/origin.ts'
import type { SecretReference } from '../../../../ir/secret-reference.ts'
import { fieldVersionOf } from '../../../../kube/field-secret.ts'
import { createFieldReference } from '../../../core/field-secrets.ts'
import type { AuthToken } from '../../kinds/ai/auth-token.ts'
import { optionsGroup } from '../../options-group.ts'
import { resolveReference } from '../../reference.ts'
import { findCredential } from '../../translate/ai/credential.ts'
import { readSecret } from '../headers/read-header-secret.ts'
import type { Scope } from '../source.ts'

export type FoundToken =
  /** Undefined: that of the client. */
  | { readonly type: 'found'; readonly secret: SecretReference | undefined }
  | { readonly type: 'error'; readonly message: string }

/** Finds the token that an `authToken` of options, which stands at `origin`, names. */
export function readToken(scope: Scope, token: AuthToken | undefined, origin: Origin): FoundToken {
  const { kind, namespace, name, fieldPath } = origin
  const reference = resolveReference(token?.secretRef, namespace)
  if (reference !== undefined) readSecret(scope, reference)
  const object = { group: optionsGroup, kind, namespace, name }
  const version = () =>
    scope.read(`fields of ${kind} ${namespace}/${name}`, ({ objects }) => {
      const found = objects.get(object, namespace, name)
      return found === undefined ? '' : fieldVersionOf(found)
    })
  const found = findCredential(token, {
    namespace,
    objects: scope.source.objects,
    inline: () => createFieldReference(object, `${fieldPath}.inline`, version()),
  })
  if (found.type === 'error') return found
  switch (found.credential.type) {
    case 'token':
      return { type: 'found', secret: found.credential.secret }
    case 'passthrough':
    case 'none':
      return { type: 'found', secret: undefined }
    case 'aws':
    case 'gcp-service-account':
      return { type: 'error', message: 'a plain token is needed here' }
  }
}
