import type { KubeObject, ObjectMetadata } from '../../kube-object.ts'
import { type ApiContext, referenceOf, referenceTo, timestampOf } from '../api-context.ts'
import { inServedVersion } from '../object-version.ts'
import type { DeleteOptions, DeleteRequest, DeleteResult } from '../resource-api.ts'
import { conflictError, forbiddenError, notFoundError, type ResourceName } from '../status-error.ts'
import { isNamespaceKind } from '../writing/namespace-rules.ts'

/** Holds an object until the objects that it owns are gone. */
export const foregroundFinalizer = 'foregroundDeletion'
/** Holds an object until the objects that it owns no longer name it. */
export const orphanFinalizer = 'orphan'

/** Deletes objects, or marks them where something has to happen first. */
export class Remover {
  readonly #context: ApiContext

  constructor(context: ApiContext) {
    this.#context = context
  }

  delete(request: DeleteRequest): DeleteResult {
    const { kind, name } = request
    const { group, plural } = kind.definition
    const stored = this.#context.store.get(referenceOf(request))
    if (stored === undefined) throw notFoundError(kind.definition, name)
    checkPreconditions(kind.definition, stored, request)
    const isKept = ['default', 'kube-system', 'kube-public'].includes(name)
    if (isNamespaceKind(kind.definition) && isKept) {
      throw forbiddenError(kind.definition, name, 'this namespace may not be deleted')
    }
    const remaining = this.remove(stored, group, request)
    const { uid = '' } = stored.metadata
    const details = { name, ...(group === '' ? {} : { group }), kind: plural, uid }
    return {
      body:
        remaining === undefined
          ? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
          : inServedVersion(kind, remaining),
      warnings: [],
    }
  }

  /** What is left of the object for now: undefined when it is gone at once. */
  remove(stored: KubeObject, group: string, options: DeleteOptions = {}): KubeObject | undefined {
    const { store } = this.#context
    const marked = this.#mark(stored, group, options)
    if (marked === undefined) {
      if (options.dryRun !== true) {
        store.commit([{ type: 'delete', reference: referenceTo(stored, group) }])
      }
      return undefined
    }
    if (options.dryRun === true || marked === stored) return marked
    return store.commit([{ type: 'put', object: marked }])[0]
  }

  /** The object with the time of its deletion, when something must happen before it goes. */
  #mark(stored: KubeObject, group: string, options: DeleteOptions): KubeObject | undefined {
    const { metadata } = stored
    const finalizers = finalizersFor(metadata, options.propagationPolicy)
    const isNamespace = isNamespaceKind({ group, kind: stored.kind })
    if (finalizers.length === 0 && !isNamespace) return undefined
    const isSame = finalizers.length === (metadata.finalizers ?? []).length
    if (metadata.deletionTimestamp !== undefined && isSame) return stored
    const { generation } = metadata
    return {
      ...stored,
      ...(isNamespace && { status: { phase: 'Terminating' } }),
      metadata: {
        ...metadata,
        deletionTimestamp: metadata.deletionTimestamp ?? timestampOf(this.#context.clock.now()),
        deletionGracePeriodSeconds: 0,
        ...(generation !== undefined && { generation: generation + 1 }),
        ...(finalizers.length > 0 && { finalizers }),
      },
    }
  }
}

function finalizersFor(
  { finalizers = [] }: ObjectMetadata,
  policy: DeleteOptions['propagationPolicy'],
): readonly string[] {
  if (policy === undefined) return finalizers
  const others = finalizers.filter((name) => ![foregroundFinalizer, orphanFinalizer].includes(name))
  if (policy === 'Foreground') return [...others, foregroundFinalizer]
  return policy === 'Orphan' ? [...others, orphanFinalizer] : others
}

function checkPreconditions(
  resource: ResourceName,
  { metadata }: KubeObject,
  { preconditions = {} }: DeleteOptions,
): void {
  const { uid, resourceVersion } = preconditions
  if (uid !== undefined && uid !== metadata.uid) {
    const reason = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid ?? ''}`
    throw conflictError(resource, metadata.name, reason)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const reason = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion ?? ''}`
    throw conflictError(resource, metadata.name, reason)
  }
}
