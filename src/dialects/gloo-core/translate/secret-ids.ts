import type { Backend } from '../../../ir/backend.ts'

/** Ids of the Secrets that backends refer to. */
export function secretIdsOf(backends: Iterable<Backend>): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const { tls } of backends) {
    if (tls === undefined) continue
    const { verification, certificateChain, privateKey } = tls
    const authority = verification.type === 'authority' ? verification.authority : undefined
    for (const reference of [authority, certificateChain, privateKey]) {
      if (reference !== undefined) ids.add(reference.secretId)
    }
  }
  return ids
}
