import type { Origin } from '../../../../ir/origin.ts'
import type { GroupKind, ObjectReference } from '../../../../kube/kube-object.ts'
import type { FoundBackend } from '../../contribution.ts'
import type { BackendReference } from '../../kinds/fields/references.ts'
import { isGranted } from '../grants.ts'
import { displayName, type Scope } from '../source.ts'
import { type BackendUse, findServiceBackend } from './service-backend.ts'

/** Finds what a backend reference at `place` leads to. */
export function findBackend(
  scope: Scope,
  reference: BackendReference,
  place: Origin & { readonly routeKind: GroupKind },
  use: BackendUse,
): FoundBackend {
  const { group = '', kind = 'Service', name, namespace = place.namespace, port } = reference
  const target: ObjectReference = { group, kind, namespace, name }
  const isService = group === '' && kind === 'Service'
  const owner = scope.source.contributions.ownerOf('backends', target)
  if (!isService && owner?.findBackend === undefined) {
    const message = `${displayName(target)} (group "${group}") is not a kind of backend that is served`
    return { type: 'unresolved', reason: 'InvalidKind', message }
  }
  if (!isGranted(scope, { ...place.routeKind, namespace: place.namespace }, target)) {
    const message = `${displayName(target)} is in another namespace, and no ReferenceGrant there allows ${place.routeKind.kind}s of ${place.namespace} to refer to it`
    return { type: 'unresolved', reason: 'RefNotPermitted', message }
  }
  if (isService) return findServiceBackend(scope, target, port, use)
  const key = `backend ${group}/${kind} ${namespace}/${name}:${port ?? ''} at ${place.kind} ${place.namespace}/${place.name} ${place.fieldPath}`
  return scope.read(key, ({ contributions }) =>
    // Found above.
    contributions.ownerOf('backends', target)?.findBackend?.({ reference: target, port, place }),
  ) as FoundBackend
}
