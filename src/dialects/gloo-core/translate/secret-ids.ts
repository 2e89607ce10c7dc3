import type { Backend } from '../../../ir/backend.ts'
import type { ProviderCredential } from '../../../ir/model-provider.ts'
import type { SecretReference } from '../../../ir/secret-reference.ts'

/** Ids of the Secrets, and fields of objects, that backends refer to. */
export function secretIdsOf(backends: Iterable<Backend>): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const { tls, endpoints } of backends) {
    const references = [
      ...tlsReferencesOf(tls),
      ...endpoints.flatMap(({ provider }) => (provider ? referencesOf(provider.credential) : [])),
    ]
    for (const reference of references) if (reference !== undefined) ids.add(reference.secretId)
  }
  return ids
}

function tlsReferencesOf(tls: Backend['tls']): readonly (SecretReference | undefined)[] {
  if (tls === undefined) return []
  const { verification, certificateChain, privateKey } = tls
  const authority = verification.type === 'authority' ? verification.authority : undefined
  return [authority, certificateChain, privateKey]
}

function referencesOf(credential: ProviderCredential): readonly (SecretReference | undefined)[] {
  switch (credential.type) {
    case 'token':
    case 'gcp-service-account':
      return [credential.secret]
    case 'aws':
      return [credential.accessKeyId, credential.secretAccessKey, credential.sessionToken]
    case 'passthrough':
    case 'none':
      return []
  }
}
