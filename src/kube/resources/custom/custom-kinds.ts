import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../../kube-object.ts'
import { isJsonObject } from '../../schema/json-object.ts'
import type { Revision } from '../../store/history.ts'
import { type ApiContext, referenceTo, timestampOf } from '../api-context.ts'
import type { Remover } from '../removing/remover.ts'
import { customResourceDefinitionKind } from './definition-kind.ts'
import { definitionSpecOf, toKindDefinition } from './definition-spec.ts'

const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'
const { group, kind } = customResourceDefinitionKind

/** Serves the kinds of the CustomResourceDefinitions that are stored, and deletes their objects with them. */
export class CustomKinds {
  readonly #context: ApiContext
  readonly #remover: Remover

  constructor(context: ApiContext, remover: Remover) {
    this.#context = context
    this.#remover = remover
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#context
    for (const object of store.list(customResourceDefinitionKind)) this.#settle(object, undefined)
    store.subscribe((revision) => this.#follow(revision))
  }

  #follow(revision: Revision): void {
    const { type, object, previous } = revision
    if (revision.kind.group === group && revision.kind.kind === kind) {
      if (type === 'deleted') this.#context.kinds.setCustom(object.metadata.name, undefined)
      else this.#settle(object, previous)
    } else if (type === 'deleted') {
      this.#settleKindOf(revision)
    }
  }

  /** A definition that waits for its last object may be free to go. */
  #settleKindOf({ kind: gone }: Revision): void {
    const definition = this.#context.kinds.findByKind(gone.group, gone.kind)
    if (definition === undefined || !this.#context.kinds.isCustom(definition)) return
    const name = `${definition.plural}.${definition.group}`
    const object = this.#context.store.get({ group, kind, namespace: '', name })
    if (object?.metadata.deletionTimestamp !== undefined) this.#cleanUp(object)
  }

  #settle(object: KubeObject, previous: KubeObject | undefined): void {
    const { deletionTimestamp, finalizers = [] } = object.metadata
    const spec = definitionSpecOf(object)
    const { kinds, store } = this.#context
    const conflict = this.#findConflict(object)
    const isBuiltIn = kinds.isBuiltIn(spec.group, spec.names.plural)
    const isServed = conflict === undefined && !isBuiltIn
    if (isServed && !isDeepStrictEqual(previous?.['spec'], object['spec'])) {
      kinds.setCustom(object.metadata.name, toKindDefinition(spec))
    }
    if (deletionTimestamp !== undefined) {
      this.#cleanUp(object)
      return
    }
    const status = this.#statusOf(object, conflict)
    const needsFinalizer = isServed && !finalizers.includes(cleanupFinalizer)
    if (!needsFinalizer && isDeepStrictEqual(object['status'], status)) return
    const metadata = needsFinalizer
      ? { ...object.metadata, finalizers: [...finalizers, cleanupFinalizer] }
      : object.metadata
    store.commit([{ type: 'put', object: { ...object, metadata, status } }])
  }

  /** Why its names cannot be had. */
  #findConflict(object: KubeObject): string | undefined {
    const spec = definitionSpecOf(object)
    const other = this.#context.kinds.findByKind(spec.group, spec.names.kind)
    if (other === undefined || other.plural === spec.names.plural) return undefined
    return `"${spec.names.kind}" is already in use by ${other.plural}.${other.group}`
  }

  #statusOf(object: KubeObject, conflict: string | undefined): unknown {
    const spec = definitionSpecOf(object)
    const { status } = object
    const known =
      isJsonObject(status) && Array.isArray(status['conditions']) ? status['conditions'] : []
    const condition = (type: string, reason: string, message: string) => {
      const next = { type, status: conflict === undefined ? 'True' : 'False', reason, message }
      const before = known.find((one) => isJsonObject(one) && one['type'] === type)
      const isSame = isJsonObject(before) && before['status'] === next.status
      const now = timestampOf(this.#context.clock.now())
      return { ...next, lastTransitionTime: isSame ? before['lastTransitionTime'] : now }
    }
    const accepted = conflict === undefined
    const stored =
      isJsonObject(status) && Array.isArray(status['storedVersions'])
        ? status['storedVersions']
        : []
    const storage = spec.versions.find((version) => version.storage)?.name
    return {
      conditions: [
        condition(
          'NamesAccepted',
          accepted ? 'NoConflicts' : 'KindConflict',
          conflict ?? 'no conflicts found',
        ),
        condition(
          'Established',
          accepted ? 'InitialNamesAccepted' : 'NotAccepted',
          accepted ? 'the initial names have been accepted' : 'not all names are accepted',
        ),
      ],
      acceptedNames: accepted ? spec.names : { kind: '', plural: '' },
      storedVersions: [...new Set([...stored, storage])],
    }
  }

  #cleanUp(object: KubeObject): void {
    const { store } = this.#context
    const { finalizers = [], ...metadata } = object.metadata
    if (!finalizers.includes(cleanupFinalizer)) return
    const spec = definitionSpecOf(object)
    const objectKind = { group: spec.group, kind: spec.names.kind }
    for (const owned of store.list(objectKind)) {
      if (owned.metadata.deletionTimestamp === undefined) this.#remover.remove(owned, spec.group)
    }
    const current = store.get(referenceTo(object, group))
    if (current === undefined || store.list(objectKind).length > 0) return
    const left = finalizers.filter((name) => name !== cleanupFinalizer)
    store.commit([
      left.length === 0
        ? { type: 'delete', reference: referenceTo(object, group) }
        : { type: 'put', object: { ...object, metadata: { ...metadata, finalizers: left } } },
    ])
  }
}
