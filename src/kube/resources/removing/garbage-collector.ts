import type { KubeObject, ObjectReference } from '../../kube-object.ts'
import { groupOf, kindKeyOf, objectKeyOf } from '../../object-key.ts'
import type { Revision } from '../../store/history.ts'
import { type ApiContext, referenceTo } from '../api-context.ts'
import { isNamespaceKind } from '../writing/namespace-rules.ts'
import { foregroundFinalizer, orphanFinalizer, type Remover } from './remover.ts'

/**
 * Carries deletions on: from owners to what they own, from namespaces to what is in them. It begins with what an
 * earlier process left undone.
 */
export class GarbageCollector {
  readonly #context: ApiContext
  readonly #remover: Remover
  /** Objects that name an owner, by its uid and then by their own key. */
  readonly #dependents = new Map<string, Map<string, ObjectReference>>()
  readonly #uids = new Set<string>()
  /** How many objects each namespace holds. */
  readonly #counts = new Map<string, number>()

  constructor(context: ApiContext, remover: Remover) {
    this.#context = context
    this.#remover = remover
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#context
    const present = [...store.all()]
    for (const object of present) this.#index(object, undefined)
    store.subscribe((revision) => this.#follow(revision))
    for (const object of present) this.#settle(object)
  }

  #follow({ type, object, previous }: Revision): void {
    this.#index(type === 'deleted' ? undefined : object, previous)
    if (type === 'deleted') this.#afterDeletion(object)
    else this.#settle(object)
  }

  /** Does what an object's state asks for now. */
  #settle(object: KubeObject): void {
    const { deletionTimestamp, finalizers = [], uid = '', ownerReferences = [] } = object.metadata
    if (deletionTimestamp === undefined) {
      if (ownerReferences.some((owner) => this.#isGone(owner))) this.#dropOwners(object)
      return
    }
    if (finalizers.includes(orphanFinalizer)) {
      for (const dependent of this.#dependentsOf(uid)) this.#dropOwner(dependent, uid)
      this.#release(object, orphanFinalizer)
    } else if (finalizers.includes(foregroundFinalizer)) {
      this.#deleteDependents(object)
    } else if (isNamespaceKind({ group: groupOf(object.apiVersion), kind: object.kind })) {
      this.#emptyNamespace(object.metadata.name)
    }
  }

  #afterDeletion(object: KubeObject): void {
    const { uid = '', namespace = '', ownerReferences = [] } = object.metadata
    for (const dependent of this.#dependentsOf(uid)) this.#dropOwners(dependent)
    for (const owner of ownerReferences) this.#settleOwner(object, owner)
    const reference = { group: '', kind: 'Namespace', namespace: '', name: namespace }
    const home = namespace === '' ? undefined : this.#context.store.get(reference)
    if (home?.metadata.deletionTimestamp !== undefined) this.#releaseNamespace(namespace)
  }

  /** An owner that waits for what it owns may be free to go. */
  #settleOwner(
    object: KubeObject,
    owner: { apiVersion: string; kind: string; name: string },
  ): void {
    const reference = { group: groupOf(owner.apiVersion), kind: owner.kind, name: owner.name }
    const { store } = this.#context
    const { namespace = '' } = object.metadata
    const found =
      store.get({ ...reference, namespace }) ?? store.get({ ...reference, namespace: '' })
    if (found?.metadata.deletionTimestamp !== undefined) this.#settle(found)
  }

  #deleteDependents(owner: KubeObject): void {
    const { uid = '' } = owner.metadata
    const isBlocking = (dependent: KubeObject) =>
      (dependent.metadata.ownerReferences ?? []).some(
        (reference) => reference.uid === uid && reference.blockOwnerDeletion === true,
      )
    for (const dependent of this.#dependentsOf(uid)) {
      if (dependent.metadata.deletionTimestamp !== undefined) continue
      const propagationPolicy = isBlocking(dependent) ? 'Foreground' : 'Background'
      this.#remover.remove(dependent, groupOf(dependent.apiVersion), { propagationPolicy })
    }
    if (!this.#dependentsOf(uid).some(isBlocking)) this.#release(owner, foregroundFinalizer)
  }

  /** Deletes an object none of whose owners is left; otherwise it forgets those that are gone. */
  #dropOwners(object: KubeObject): void {
    const { ownerReferences = [], deletionTimestamp } = object.metadata
    const left = ownerReferences.filter((owner) => !this.#isGone(owner))
    if (left.length === ownerReferences.length) return
    if (left.length > 0)
      this.#put({ ...object, metadata: { ...object.metadata, ownerReferences: left } })
    else if (deletionTimestamp === undefined) {
      this.#remover.remove(object, groupOf(object.apiVersion), { propagationPolicy: 'Background' })
    }
  }

  #dropOwner(object: KubeObject, uid: string): void {
    const { ownerReferences = [], ...metadata } = object.metadata
    const left = ownerReferences.filter((owner) => owner.uid !== uid)
    this.#put({
      ...object,
      metadata: { ...metadata, ...(left.length > 0 && { ownerReferences: left }) },
    })
  }

  /** Owners of kinds that are not served here are taken to exist. */
  #isGone({ apiVersion, kind, uid }: { apiVersion: string; kind: string; uid: string }): boolean {
    if (this.#uids.has(uid)) return false
    return this.#context.kinds.findByKind(groupOf(apiVersion), kind) !== undefined
  }

  #release(object: KubeObject, finalizer: string): void {
    const reference = referenceTo(object, groupOf(object.apiVersion))
    const current = this.#context.store.get(reference)
    if (current?.metadata.uid !== object.metadata.uid || current === undefined) return
    const { finalizers = [], ...metadata } = current.metadata
    const left = finalizers.filter((name) => name !== finalizer)
    if (left.length === finalizers.length) return
    if (left.length > 0) this.#put({ ...current, metadata: { ...metadata, finalizers: left } })
    else this.#context.store.commit([{ type: 'delete', reference }])
  }

  #emptyNamespace(name: string): void {
    const { store } = this.#context
    const isInside = ({ metadata }: KubeObject) => metadata.namespace === name
    for (const object of [...store.all()].filter(isInside)) {
      if (object.metadata.deletionTimestamp !== undefined) continue
      this.#remover.remove(object, groupOf(object.apiVersion), { propagationPolicy: 'Background' })
    }
    this.#releaseNamespace(name)
  }

  #releaseNamespace(name: string): void {
    const reference = { group: '', kind: 'Namespace', namespace: '', name }
    const finalizers = this.#context.store.get(reference)?.metadata.finalizers ?? []
    if (finalizers.length > 0 || (this.#counts.get(name) ?? 0) > 0) return
    this.#context.store.commit([{ type: 'delete', reference }])
  }

  #count(object: KubeObject | undefined, by: number): void {
    const namespace = object?.metadata.namespace
    if (namespace !== undefined) {
      this.#counts.set(namespace, (this.#counts.get(namespace) ?? 0) + by)
    }
  }

  #put(object: KubeObject): void {
    this.#context.store.commit([{ type: 'put', object }])
  }

  #dependentsOf(uid: string): KubeObject[] {
    const references = [...(this.#dependents.get(uid)?.values() ?? [])]
    return references
      .map((reference) => this.#context.store.get(reference))
      .filter((object) => object !== undefined)
      .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
  }

  #index(object: KubeObject | undefined, previous: KubeObject | undefined): void {
    this.#count(previous, -1)
    this.#count(object, 1)
    if (previous?.metadata.uid !== undefined) this.#uids.delete(previous.metadata.uid)
    if (object?.metadata.uid !== undefined) this.#uids.add(object.metadata.uid)
    for (const owner of previous?.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid)
      if (previous !== undefined) dependents?.delete(keyOf(previous))
      if (dependents?.size === 0) this.#dependents.delete(owner.uid)
    }
    for (const owner of object?.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(owner.uid) ?? new Map<string, ObjectReference>()
      this.#dependents.set(owner.uid, dependents)
      if (object === undefined) continue
      dependents.set(keyOf(object), referenceTo(object, groupOf(object.apiVersion)))
    }
  }
}

function keyOf(object: KubeObject): string {
  const { namespace = '', name } = object.metadata
  const kind = { group: groupOf(object.apiVersion), kind: object.kind }
  return `${kindKeyOf(kind)}/${objectKeyOf(namespace, name)}`
}
