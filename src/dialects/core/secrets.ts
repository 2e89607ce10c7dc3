import type { SecretReference } from '../../ir/secret-reference.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { isRecord } from '../../lib/json/is-record.ts'
import type { ObjectView } from '../dialect.ts'

/** The kind `Secret` of the core group. */
export const secretKind = { group: '', kind: 'Secret' } as const

/** How the IR and the channel of secret values name a Secret. */
const secretIdOf = (namespace: string, name: string) => `${namespace}/${name}`

export function findSecret(
  objects: ObjectView,
  namespace: string,
  name: string,
): KubeObject | undefined {
  return objects.get(secretKind, namespace, name)
}

/** The names of a Secret's data entries, in order. */
export function secretKeysOf(secret: KubeObject): readonly string[] {
  return isRecord(secret['data']) ? Object.keys(secret['data']) : []
}

/** Points at one data entry of the Secret as it stands. */
export function createSecretReference(secret: KubeObject, key: string): SecretReference {
  const { namespace = '', name, resourceVersion = '' } = secret.metadata
  return { secretId: secretIdOf(namespace, name), key, version: resourceVersion }
}

/**
 * The decoded data of a Secret. Line ends after a value are cut off: they come from files and `echo`,
 * and no header, key or password that is meant ends in one.
 */
export function secretValuesOf(secret: KubeObject): Record<string, string> {
  const data = isRecord(secret['data']) ? secret['data'] : {}
  const values: Record<string, string> = {}
  for (const [key, encoded] of Object.entries(data)) {
    if (typeof encoded !== 'string') continue
    values[key] = Buffer.from(encoded, 'base64')
      .toString('utf8')
      .replace(/[\r\n]+$/, '')
  }
  return values
}
