import type { KubeObject } from '../kube-object.ts'
import type { KindRegistry, ServedKind } from './kind-registry.ts'
import type { Status } from './status-error.ts'

/**
 * The verbs of the Kubernetes API, without HTTP. They run to completion at once, and throw an ApiError where
 * Kubernetes would answer a failure. Objects come back in the version that was asked for; they are frozen and
 * shared, and an unchanged object is the same one each time, so that whoever encodes it may remember the result.
 */
export interface ResourceApi {
  readonly kinds: KindRegistry
  get(request: GetRequest): ObjectResult
  list(request: ListRequest): ListResult
  create(request: CreateRequest): ObjectResult
  update(request: UpdateRequest): ObjectResult
  patch(request: PatchRequest): ObjectResult
  /** Server-side apply. */
  apply(request: ApplyRequest): ObjectResult
  delete(request: DeleteRequest): DeleteResult
  deleteCollection(request: DeleteCollectionRequest): ListResult
  watch(request: WatchRequest, receiver: WatchReceiver): Watch
}

/** A kind in a namespace: an empty namespace is every one, or none for cluster-scoped kinds. */
export interface ResourceTarget {
  readonly kind: ServedKind
  readonly namespace: string
}

export interface ObjectTarget extends ResourceTarget {
  readonly name: string
  readonly subresource?: Subresource | undefined
}

export type Subresource = 'status' | 'scale'

export interface WriteOptions {
  /** Without one, whoever calls names the client (the product of its User-Agent, as Kubernetes does). */
  readonly fieldManager?: string | undefined
  /** `Warn` unless given, as Kubernetes does; kubectl sends `Strict`. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined
  readonly dryRun?: boolean | undefined
  /** Paths that stood more than once in the body's text, such as `spec.replicas`: refused under Strict. */
  readonly duplicateFields?: readonly string[] | undefined
}

export interface GetRequest extends ObjectTarget {
  readonly resourceVersion?: string | undefined
}

export interface SelectionOptions {
  /** As in the query: `app=a,tier in (b,c)`. */
  readonly labelSelector?: string | undefined
  /** As in the query: `metadata.name=a`. */
  readonly fieldSelector?: string | undefined
}

export interface ListRequest extends ResourceTarget, SelectionOptions {
  readonly limit?: number | undefined
  readonly continue?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly resourceVersionMatch?: string | undefined
}

export interface CreateRequest extends ResourceTarget, WriteOptions {
  /** The decoded body; nothing about it has been checked. */
  readonly object: unknown
}

export interface UpdateRequest extends ObjectTarget, WriteOptions {
  readonly object: unknown
}

export interface PatchRequest extends ObjectTarget, WriteOptions {
  readonly patchType: 'json' | 'merge' | 'strategic'
  readonly patch: unknown
}

export interface ApplyRequest extends ObjectTarget, WriteOptions {
  /** The applied configuration, decoded from YAML or JSON. */
  readonly patch: unknown
  /** Required here, as in Kubernetes: without one the request is refused. */
  readonly fieldManager?: string | undefined
  readonly force?: boolean | undefined
}

export interface DeleteOptions {
  readonly preconditions?:
    | { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }
    | undefined
  /** `Background` unless given. */
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined
  readonly gracePeriodSeconds?: number | undefined
  readonly dryRun?: boolean | undefined
}

export interface DeleteRequest extends ObjectTarget, DeleteOptions {}

export interface DeleteCollectionRequest extends ListRequest, DeleteOptions {}

export interface WatchRequest extends ResourceTarget, SelectionOptions {
  readonly resourceVersion?: string | undefined
  readonly resourceVersionMatch?: string | undefined
  readonly allowWatchBookmarks?: boolean | undefined
  readonly sendInitialEvents?: boolean | undefined
  readonly timeoutSeconds?: number | undefined
}

export interface ObjectResult {
  readonly object: KubeObject
  /** One `Warning:` header each. */
  readonly warnings: readonly string[]
  /** The object did not exist before: 201 instead of 200. */
  readonly created: boolean
}

/** Goes out as `<Kind>List` or as a Table. */
export interface ListResult {
  readonly items: readonly KubeObject[]
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
}

export interface DeleteResult {
  /** The object while finalizers hold it, else a Status of success. */
  readonly body: KubeObject | Status
  readonly warnings: readonly string[]
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: Status }

export interface WatchReceiver {
  /** Takes one event. False asks to hold back further ones until `Watch.resume` (a full socket). */
  send(event: WatchEvent): boolean
  /** Nothing more comes: the time is over, the kind is gone, or too many events were held back. */
  end(): void
}

export interface Watch {
  resume(): void
  /** Stops it from the receiver's side; `end` is not called. */
  close(): void
}
