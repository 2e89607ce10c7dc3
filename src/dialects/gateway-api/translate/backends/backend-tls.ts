import { type BackendTls, systemVerifiedTls } from '../../../../ir/backend.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { BackendTlsPolicySpec } from '../../kinds/specs/backend-tls-policy-spec.ts'
import { type Authority, checkAuthorityKind, readAuthority } from '../authority.ts'
import type { Scope } from '../source.ts'

/** What a policy says of TLS, or why it cannot be in force. */
export type BackendTlsResult =
  | { readonly type: 'tls'; readonly tls: BackendTls; readonly serverName: string }
  | {
      readonly type: 'invalid'
      readonly accepted: Problem
      readonly resolvedRefs: Problem | undefined
    }

type CaReference = NonNullable<BackendTlsPolicySpec['validation']['caCertificateRefs']>[number]

const readReference = (scope: Scope, namespace: string, reference: CaReference): Authority => {
  const target = { ...reference, namespace }
  return checkAuthorityKind(target, 'InvalidKind') ?? readAuthority(scope, target)
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
  const authorities = caCertificateRefs.map((each) => readReference(scope, namespace, each))
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
    ...systemVerifiedTls,
    verification,
    subjectAltNames: (validation?.subjectAltNames ?? []).flatMap(({ hostname, uri }) =>
      [hostname, uri].filter((name) => name !== undefined),
    ),
  }
}
