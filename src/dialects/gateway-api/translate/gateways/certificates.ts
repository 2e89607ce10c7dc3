import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { TlsChain } from '../../../../ir/listener.ts'
import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import { createSecretReference, findSecret, secretValuesOf } from '../../../core/secrets.ts'
import type { Problem } from '../../conditions.ts'
import type { SecretObjectReference } from '../../kinds/fields/references.ts'
import type { ListenerSpec } from '../../kinds/gateway.ts'
import { gatewayKind } from '../../names.ts'
import { isGranted } from '../grants.ts'
import { coversHostname } from '../routes/hostnames.ts'
import { displayName, type Scope } from '../source.ts'

type Chain = Omit<TlsChain, 'virtualHostIds'>

/** The certificates of a listener, and the first problem with one. */
export interface Certificates {
  readonly chains: readonly Chain[]
  readonly problem: Problem | undefined
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

const invalid = (message: string): Problem => ({ reason: 'InvalidCertificateRef', message })

interface Place {
  readonly gateway: ObjectReference
  readonly listener: ListenerSpec
  readonly fieldPath: string
  readonly isFirst: boolean
}

function readCertificate(
  scope: Scope,
  { group = '', kind = 'Secret', name, namespace }: SecretObjectReference,
  place: Place,
): Chain | Problem {
  const { gateway } = place
  const target = { group, kind, name, namespace: namespace ?? gateway.namespace }
  const label = displayName(target)
  if (group !== '' || kind !== 'Secret') {
    return invalid(
      `${label} (group "${group}") is no Secret; certificates are read from Secrets only`,
    )
  }
  if (!isGranted(scope, { ...gatewayKind, namespace: gateway.namespace }, target)) {
    const message = `${label} is in another namespace, and no ReferenceGrant there allows Gateways of ${gateway.namespace} to refer to it`
    return { reason: 'RefNotPermitted', message }
  }
  const secret = scope.read(`Secret ${target.namespace}/${name}`, ({ objects }) =>
    findSecret(objects, target.namespace, name),
  )
  if (secret === undefined) return invalid(`${label} does not exist`)
  const parsed = scope.remember(`certificate ${label}`, [secret], () => parseSecret(secret))
  if (parsed.type === 'error') return invalid(`${label} ${parsed.message}`)
  return createChain(secret, parsed.names, place)
}

function createChain(secret: KubeObject, names: readonly string[], place: Place): Chain {
  const { gateway, fieldPath, isFirst, listener } = place
  const hostname = listener.hostname?.toLowerCase()
  // The first certificate serves every name of the listener, others those that they are made for.
  const ownNames = names.filter((name) => hostname === undefined || coversHostname(hostname, name))
  return {
    origin: {
      kind: gatewayKind.kind,
      namespace: gateway.namespace,
      name: gateway.name,
      fieldPath,
    },
    serverNames: isFirst ? (hostname === undefined ? [] : [hostname]) : ownNames,
    certificateChain: createSecretReference(secret, 'tls.crt'),
    privateKey: createSecretReference(secret, 'tls.key'),
    clientCertificateAuthority: undefined,
    minimumVersion: undefined,
    maximumVersion: undefined,
    cipherSuites: [],
    alpnProtocols: ['h2', 'http/1.1'],
    sessionResumption: true,
  }
}

/** Reads the certificates of an HTTPS listener; other listeners have none. */
export function readCertificates(
  scope: Scope,
  gateway: ObjectReference,
  listener: ListenerSpec,
  index: number,
): Certificates {
  if (listener.protocol !== 'HTTPS') return { chains: [], problem: undefined }
  const references = listener.tls?.certificateRefs ?? []
  const chains: Chain[] = []
  let problem: Problem | undefined
  for (const [position, reference] of references.entries()) {
    const fieldPath = `spec.listeners[${index}].tls.certificateRefs[${position}]`
    const isFirst = chains.length === 0
    const result = readCertificate(scope, reference, { gateway, listener, fieldPath, isFirst })
    if ('reason' in result) problem ??= result
    // A chain without names would serve every name.
    else if (isFirst || result.serverNames.length > 0) chains.push(result)
  }
  if (references.length === 0) problem = invalid(`listener ${listener.name} names no certificate`)
  return { chains, problem }
}
