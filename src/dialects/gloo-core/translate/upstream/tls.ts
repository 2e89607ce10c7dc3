import type { BackendTls } from '../../../../ir/backend.ts'
import type { SecretReference } from '../../../../ir/secret-reference.ts'
import type { TlsVersion } from '../../../../ir/tls-version.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { createSecretReference, findSecret, secretKeysOf } from '../../../core/secrets.ts'
import type { UpstreamSslConfig } from '../../kinds/upstream/ssl-config.ts'
import { skipVerifyAnnotation } from '../../kinds/upstream/upstream.ts'
import { displayReference, resolveReference } from '../../reference.ts'
import { type EndpointDraft, isDnsName } from './endpoints.ts'
import type { UpstreamContext } from './upstream-context.ts'

const versions: Readonly<Record<string, TlsVersion>> = {
  TLSv1_0: 'TLSv1',
  TLSv1_1: 'TLSv1.1',
  TLSv1_2: 'TLSv1.2',
  TLSv1_3: 'TLSv1.3',
}

interface Material {
  readonly authority: SecretReference | undefined
  readonly certificateChain: SecretReference | undefined
  readonly privateKey: SecretReference | undefined
}

const noMaterial: Material = {
  authority: undefined,
  certificateChain: undefined,
  privateKey: undefined,
}

/** How TLS is spoken to the endpoints, as `config` says; `http2` decides what is offered by default. */
export function translateTls(
  context: UpstreamContext,
  config: UpstreamSslConfig,
  { endpoints, http2 }: { readonly endpoints: readonly EndpointDraft[]; readonly http2: boolean },
): BackendTls {
  const material = findMaterial(context, config)
  const verification = chooseVerification(context, config, { endpoints, material })
  const subjectAltNames = config.verifySubjectAltName ?? []
  if (subjectAltNames.length > 0 && verification.type === 'none') {
    context.findings.errors.push(
      'a root_ca must be provided if verify_subject_alt_name is not empty',
    )
  }
  const { minimumProtocolVersion = '', maximumProtocolVersion = '' } = config.parameters ?? {}
  const alpnProtocols = config.alpnProtocols ?? []
  return {
    verification,
    subjectAltNames: subjectAltNames.length > 0 ? subjectAltNames : impliedNames(endpoints),
    certificateChain: material.certificateChain,
    privateKey: material.privateKey,
    minimumVersion: versions[minimumProtocolVersion],
    maximumVersion: versions[maximumProtocolVersion],
    cipherSuites: config.parameters?.cipherSuites ?? [],
    ecdhCurves: config.parameters?.ecdhCurves ?? [],
    alpnProtocols: alpnProtocols.length === 0 && http2 ? ['h2'] : alpnProtocols,
  }
}

/** Whoever is reached by name is verified unless an authority of one's own, or an explicit word, says otherwise. */
function chooseVerification(
  { upstream }: UpstreamContext,
  { oneWayTls }: UpstreamSslConfig,
  found: { readonly endpoints: readonly EndpointDraft[]; readonly material: Material },
): BackendTls['verification'] {
  const { authority } = found.material
  if (authority !== undefined && oneWayTls !== true) return { type: 'authority', authority }
  if (upstream.metadata.annotations?.[skipVerifyAnnotation] === 'true') return { type: 'none' }
  // What a provider is called says whom its credential is meant for, even at an address.
  const byName = found.endpoints.some(
    ({ host, provider, serverName, plaintext }) =>
      plaintext !== true &&
      (isDnsName(host) || (provider !== undefined && serverName !== undefined)),
  )
  return { type: byName ? 'system' : 'none' }
}

/** Where an endpoint sends no server name, its certificate is still compared with its host. */
function impliedNames(endpoints: readonly EndpointDraft[]): string[] {
  const nameless = endpoints.some(
    ({ host, serverName, plaintext }) =>
      plaintext !== true && serverName === undefined && isDnsName(host),
  )
  if (!nameless) return []
  const names = endpoints.map(({ host, serverName }) => serverName ?? host)
  return [...new Set(names)].filter(isDnsName)
}

function findMaterial(context: UpstreamContext, config: UpstreamSslConfig): Material {
  const { objects, namespace, findings } = context
  if (config.sslFiles !== undefined || config.sds !== undefined) {
    const field = config.sslFiles === undefined ? 'sds' : 'sslFiles'
    findings.errors.push(`sslConfig.${field} is not supported: use sslConfig.secretRef`)
  }
  const reference = resolveReference(config.secretRef, namespace)
  if (reference === undefined) return noMaterial
  const name = displayReference(reference)
  const secret = findSecret(objects, reference.namespace, reference.name)
  if (secret === undefined) {
    findings.withdrawn = true
    findings.errors.push(`SSL secret not found: list did not find secret ${name}`)
    return noMaterial
  }
  const present = presentKeys(secret)
  const pick = (key: string) => (present.has(key) ? createSecretReference(secret, key) : undefined)
  const material = {
    authority: pick('ca.crt'),
    certificateChain: pick('tls.crt'),
    privateKey: pick('tls.key'),
  }
  if (present.size === 0) findings.errors.push(`${name} is not a TLS secret`)
  if ((material.certificateChain === undefined) !== (material.privateKey === undefined)) {
    findings.errors.push(`secret ${name} needs both tls.crt and tls.key, or neither`)
  }
  return material
}

/** The TLS entries of a Secret that are not empty. */
function presentKeys(secret: KubeObject): Set<string> {
  const data = isRecord(secret['data']) ? secret['data'] : {}
  const keys = secretKeysOf(secret).filter((key) => ['tls.crt', 'tls.key', 'ca.crt'].includes(key))
  return new Set(keys.filter((key) => data[key] !== ''))
}
