import { applyServerSide } from '../../apply/apply-server-side.ts'
import { causesOfApplyConflicts, formatApplyConflicts } from '../../apply/conflicts.ts'
import { trackUpdate } from '../../apply/track-update.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { ApiContext } from '../api-context.ts'
import { apiVersionOf } from '../object-version.ts'
import type { ApplyRequest, ResourceTarget, Subresource, WriteOptions } from '../resource-api.ts'
import { applyConflictError, badRequestError, invalidError } from '../status-error.ts'

type Write = ResourceTarget & WriteOptions & { readonly subresource?: Subresource | undefined }

/** The object with a record of who wrote which of its fields. */
export function withManagers(
  { clock }: ApiContext,
  request: Write,
  updated: KubeObject,
  live: KubeObject | undefined,
): KubeObject {
  return trackUpdate({
    ...endpointOf(request),
    live,
    updated,
    manager: request.fieldManager || 'unknown',
    now: new Date(clock.now()),
  })
}

/** The live object with what a manager applies to it. */
export function mergeApplied(
  { clock }: ApiContext,
  request: ApplyRequest,
  applied: KubeObject,
  live: KubeObject | undefined,
): KubeObject {
  const result = applyServerSide({
    ...endpointOf(request),
    live,
    applied,
    manager: requireManager(request),
    force: request.force ?? false,
    now: new Date(clock.now()),
  })
  if ('object' in result) return result.object
  if ('invalid' in result) throw badRequestError(result.invalid)
  const { conflicts } = result
  throw applyConflictError(formatApplyConflicts(conflicts), causesOfApplyConflicts(conflicts))
}

function endpointOf({ kind, subresource }: Write) {
  return {
    ...(subresource !== undefined && { subresource }),
    statusSubresource: kind.version.statusSubresource,
    schema: kind.version.schema,
    apiVersion: apiVersionOf(kind),
  }
}

function requireManager({ fieldManager = '' }: ApplyRequest): string {
  if (fieldManager !== '') return fieldManager
  throw invalidError({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
    {
      reason: 'FieldValueRequired',
      message: 'Required value: is required for apply patch',
      field: 'fieldManager',
    },
  ])
}
