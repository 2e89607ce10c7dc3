import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { SecretReference } from '../../../../ir/secret-reference.ts'
import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import { createSecretReference, findSecret, secretValuesOf } from '../../../core/secrets.ts'
import type { Problem } from '../../conditions.ts'
import type { SecretObjectReference } from '../../kinds/fields/references.ts'
import { isGranted } from '../grants.ts'
import { displayName, type Scope } from '../source.ts'

/** A certificate of a Secret with its key, both sound. */
export interface KeyPair {
  readonly certificateChain: SecretReference
  readonly privateKey: SecretReference
  /** The DNS names of the certificate, in lower case. */
  readonly names: readonly string[]
}

/** The server names of a certificate, or what is wrong with it. */
type ParsedCertificate =
  | { readonly type: 'names'; readonly names: readonly string[] }
  | { readonly type: 'error'; readonly message: string }

function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name = '']) => name.toLowerCase())
}

function parseSecret(secret: KubeObject): ParsedCertificate {
  const { 'tls.crt': certificate, 'tls.key': privateKey } = secretValuesOf(secret)
  if (certificate === undefined || privateKey === undefined) {
    return { type: 'error', message: 'has no keys tls.crt and tls.key' }
  }
  let leaf: X509Certificate
  try {
    leaf = new X509Certificate(certificate)
  } catch {
    return { type: 'error', message: 'holds no certificate in PEM form under tls.crt' }
  }
  try {
    if (leaf.checkPrivateKey(createPrivateKey(privateKey))) {
      return { type: 'names', names: namesOf(leaf) }
    }
    return { type: 'error', message: 'holds a private key that does not belong to its certificate' }
  } catch {
    // The reason could quote the key.
    return { type: 'error', message: 'holds no unencrypted private key in PEM form under tls.key' }
  }
}

/** Reads the Secret that a Gateway or ListenerSet names; `reason` is the condition's where it is of no use. */
export function readKeyPair(
  scope: Scope,
  owner: ObjectReference,
  { group = '', kind = 'Secret', name, namespace }: SecretObjectReference,
  reason: string,
): KeyPair | Problem {
  const target = { group, kind, name, namespace: namespace ?? owner.namespace }
  const label = displayName(target)
  if (group !== '' || kind !== 'Secret') {
    const message = `${label} (group "${group}") is no Secret; certificates are read from Secrets only`
    return { reason, message }
  }
  if (!isGranted(scope, owner, target)) {
    const message = `${label} is in another namespace, and no ReferenceGrant there allows ${owner.kind}s of ${owner.namespace} to refer to it`
    return { reason: 'RefNotPermitted', message }
  }
  const secret = scope.read(`Secret ${target.namespace}/${name}`, ({ objects }) =>
    findSecret(objects, target.namespace, name),
  )
  if (secret === undefined) return { reason, message: `${label} does not exist` }
  const parsed = scope.remember(`certificate ${label}`, [secret], () => parseSecret(secret))
  if (parsed.type === 'error') return { reason, message: `${label} ${parsed.message}` }
  return {
    certificateChain: createSecretReference(secret, 'tls.crt'),
    privateKey: createSecretReference(secret, 'tls.key'),
    names: parsed.names,
  }
}
