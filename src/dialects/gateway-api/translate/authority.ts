import { X509Certificate } from 'node:crypto'
import type { ObjectReference } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import type { Problem } from '../conditions.ts'
import { displayName, type Scope } from './source.ts'

/** Certificates of authorities, or why there are none. */
export type Authority =
  | { readonly type: 'pem'; readonly pem: string }
  | { readonly type: 'problem'; readonly problem: Problem }

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

const problem = (reason: string, message: string): Authority => ({
  type: 'problem',
  problem: { reason, message },
})

/** Whether authorities are read from objects of the kind; `reason` is the condition's where they are not. */
export function checkAuthorityKind(target: ObjectReference, reason: string): Authority | undefined {
  const { group, kind } = target
  if (group === '' && kind === 'ConfigMap') return undefined
  return problem(
    reason,
    `${displayName(target)} (group "${group}") is no ConfigMap; authorities are read from ConfigMaps only`,
  )
}

/** The certificates of a ConfigMap under `ca.crt`. */
export function readAuthority(
  scope: Scope,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Authority {
  const label = displayName({ kind: 'ConfigMap', namespace, name })
  const data = scope.read(`ConfigMap ${namespace}/${name}`, ({ objects }) => {
    const map = objects.get({ group: '', kind: 'ConfigMap' }, namespace, name)
    return isRecord(map?.['data']) ? map['data'] : map && {}
  })
  if (data === undefined) return problem('InvalidCACertificateRef', `${label} does not exist`)
  const pem = data['ca.crt']
  if (typeof pem !== 'string') {
    return problem('InvalidCACertificateRef', `${label} has no key ca.crt`)
  }
  return scope.remember(`authority ${label}`, [pem], () => {
    const error = findCertificateError(pem)
    return error === undefined
      ? { type: 'pem', pem }
      : problem('InvalidCACertificateRef', `Key ca.crt of ${label} ${error}`)
  })
}
