import type { SecretReference } from '../../ir/secret-reference.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { createSecretReference, findSecret, secretKeysOf } from '../core/secrets.ts'
import type { ObjectView } from '../dialect.ts'
import { displayReference, type ResourceReference } from './reference.ts'

/** What a Secret is in Gloo's eyes. */
export type GlooSecretType =
  | 'tls'
  | 'aws'
  | 'api-key'
  | 'oauth'
  | 'account-credentials'
  | 'annotated'
  | 'encryption-key'
  | 'header'
  | 'empty'

export type HeaderSecret =
  | { readonly type: 'found'; readonly headers: readonly SecretHeader[] }
  /** Gloo's words for what is wrong. */
  | { readonly type: 'error'; readonly message: string }

/** One data entry of a header secret. */
export interface SecretHeader {
  /** As the data key is written. */
  readonly name: string
  readonly value: SecretReference
}

const typeBySecretType: Readonly<Record<string, GlooSecretType>> = {
  'kubernetes.io/tls': 'tls',
  'extauth.solo.io/apikey': 'api-key',
  'extauth.solo.io/oauth': 'oauth',
  'extauth.solo.io/accountcredentials': 'account-credentials',
  'gloo.solo.io.EncryptionKeySecret': 'encryption-key',
}

/**
 * Tells what a Secret is, in the order in which Gloo's converters try: TLS, AWS, API key, OAuth, account credentials,
 * annotated, encryption key, and header for whatever else holds data.
 */
export function glooSecretTypeOf(secret: KubeObject): GlooSecretType {
  const keys = secretKeysOf(secret)
  const declared = typeof secret['type'] === 'string' ? secret['type'] : 'Opaque'
  const byType = typeBySecretType[declared]
  if (byType === 'tls') return 'tls'
  if (keys.includes('aws_access_key_id') && keys.includes('aws_secret_access_key')) return 'aws'
  if (byType !== undefined && byType !== 'encryption-key') return byType
  if (secret.metadata.annotations?.['resource_kind'] === '*v1.Secret') return 'annotated'
  if (byType !== undefined) return byType
  return keys.length > 0 ? 'header' : 'empty'
}

/** A command that makes a header secret, for messages. */
export const headerSecretCommand = ({ namespace, name }: ResourceReference): string =>
  `glooctl create secret header ${name} --headers "Authorization"="Bearer TOKEN" -n ${namespace}`

/** Finds the headers that a `headerSecretRef` stands for: every data entry of the Secret is one. */
export function findHeaderSecret(objects: ObjectView, reference: ResourceReference): HeaderSecret {
  const name = displayReference(reference)
  const secret = findSecret(objects, reference.namespace, reference.name)
  if (secret === undefined) {
    return { type: 'error', message: `list did not find secret ${name}` }
  }
  if (glooSecretTypeOf(secret) !== 'header') {
    return { type: 'error', message: `Secret ${name} was not a Header secret` }
  }
  const headers = secretKeysOf(secret).map((key) => ({
    name: key,
    value: createSecretReference(secret, key),
  }))
  return { type: 'found', headers }
}
