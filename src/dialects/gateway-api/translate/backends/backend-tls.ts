import { X509Certificate } from 'node:crypto'
import type { BackendTls } from '../../../../ir/backend.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../record.ts'
import type { Problem } from '../../conditions.ts'
import type { BackendTlsPolicySpec } from '../../kinds/backend-tls-policy.ts'
import { displayName, type Scope } from '../source.ts'

/** What a policy says of TLS, or why it cannot be in force. */
export type BackendTlsResult =
  | { readonly type: 'tls'; readonly tls: BackendTls; readonly serverName: string }
  | {
      readonly type: 'invalid'
      readonly accepted: Problem
      readonly resolvedRefs: Problem | undefined
    }

type CaReference = NonNullable<BackendTlsPolicySpec['validation']['caCertificateRefs']>[number]

const certificatePattern = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs

function findCertificateError(pem: string): string | undefined {
  const blocks = pem.match(certificatePattern) ?? []
  if (blocks.length === 0) return 'holds no certificate in PEM form'
  try {
    for (const block of blocks) new X509Certificate(block)
    return undefined
  } catch {
    return 'holds a certificate that cannot be read'
  }
}

type Authority =
  | { readonly type: 'pem'; readonly pem: string }
  | { readonly type: 'problem'; readonly problem: Problem }

function readAuthority(scope: Scope, namespace: string, reference: CaReference): Authority {
  const { group, kind, name } = reference
  const label = displayName({ kind, namespace, name })
  const problem = (reason: string, message: string): Authority => ({
    type: 'problem',
    problem: { reason, message },
  })
  if (group !== '' || kind !== 'ConfigMap') {
    return problem(
      'InvalidKind',
      `${label} (group "${group}") is no ConfigMap; authorities are read from ConfigMaps only`,
    )
  }
  const data = scope.read(`ConfigMap ${namespace}/${name}`, ({ objects }) => {
    const map = objects.get({ group: '', kind: 'ConfigMap' }, namespace, name)
    return isRecord(map?.['data']) ? map['data'] : map && {}
  })
  if (data === undefined) return problem('InvalidCACertificateRef', `${label} does not exist`)
  const pem = data['ca.crt']
  if (typeof pem !== 'string') {
    return problem('InvalidCACertificateRef', `${label} has no key ca.crt`)
  }
  const error = findCertificateError(pem)
  return error === undefined
    ? { type: 'pem', pem }
    : problem('InvalidCACertificateRef', `Key ca.crt of ${label} ${error}`)
}

/** Reads a BackendTLSPolicy. */
export function readBackendTls(scope: Scope, policy: KubeObject): BackendTlsResult {
  const { namespace = '' } = policy.metadata
  const { validation } = scope.source.tlsPolicies.specOf(policy)
  const { caCertificateRefs = [], wellKnownCACertificates, hostname = '' } = validation ?? {}
  if (caCertificateRefs.length === 0 && wellKnownCACertificates !== 'System') {
    const message = `wellKnownCACertificates "${wellKnownCACertificates ?? ''}" is not known; use System or caCertificateRefs`
    return { type: 'invalid', accepted: { reason: 'Invalid', message }, resolvedRefs: undefined }
  }
  const authorities = caCertificateRefs.map((each) => readAuthority(scope, namespace, each))
  const pem = authorities.flatMap((each) => (each.type === 'pem' ? [each.pem] : []))
  const problem = authorities.find((each) => each.type === 'problem')
  if (problem?.type === 'problem') {
    const { message } = problem.problem
    return {
      type: 'invalid',
      accepted: { reason: 'NoValidCACertificate', message },
      resolvedRefs: problem.problem,
    }
  }
  const verification: BackendTls['verification'] =
    caCertificateRefs.length === 0
      ? { type: 'system' }
      : { type: 'certificates', pem: pem.join('\n') }
  return { type: 'tls', serverName: hostname, tls: createTls(verification, validation) }
}

function createTls(
  verification: BackendTls['verification'],
  validation: BackendTlsPolicySpec['validation'] | undefined,
): BackendTls {
  return {
    verification,
    subjectAltNames: (validation?.subjectAltNames ?? []).flatMap(({ hostname, uri }) =>
      [hostname, uri].filter((name) => name !== undefined),
    ),
    certificateChain: undefined,
    privateKey: undefined,
    minimumVersion: undefined,
    maximumVersion: undefined,
    cipherSuites: [],
    ecdhCurves: [],
    alpnProtocols: [],
  }
}
