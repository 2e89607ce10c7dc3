import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '../../lib/time/clock.ts'
import type { KindDefinition } from '../kind-definition.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type ApiContext, referenceOf, timestampOf } from './api-context.ts'
import { CustomKinds } from './custom/custom-kinds.ts'
import { customResourceDefinitionKind } from './custom/definition-kind.ts'
import { KindTable } from './kind-table.ts'
import { Reader } from './reading/reader.ts'
import { Watches } from './reading/watches.ts'
import { GarbageCollector } from './removing/garbage-collector.ts'
import { Remover } from './removing/remover.ts'
import type {
  ApplyRequest,
  CreateRequest,
  DeleteCollectionRequest,
  DeleteRequest,
  DeleteResult,
  GetRequest,
  ListRequest,
  ListResult,
  ObjectResult,
  PatchRequest,
  ResourceApi,
  UpdateRequest,
  Watch,
  WatchReceiver,
  WatchRequest,
} from './resource-api.ts'
import { completeNamespace, initialNamespaces } from './writing/namespace-rules.ts'
import { Writer } from './writing/writer.ts'

export interface StoreResourceApiOptions {
  readonly store: ObjectStore
  /** The built-in kinds. */
  readonly kinds: readonly KindDefinition[]
  readonly clock?: Clock
  readonly createUid?: () => string
  readonly random?: () => number
}

/** The verbs over the built-in store. */
export class StoreResourceApi implements ResourceApi {
  readonly kinds: KindTable
  readonly #context: ApiContext
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #remover: Remover
  readonly #watches: Watches

  constructor(options: StoreResourceApiOptions) {
    this.kinds = new KindTable([...options.kinds, customResourceDefinitionKind])
    this.#context = {
      store: options.store,
      kinds: this.kinds,
      clock: options.clock ?? systemClock,
      createUid: options.createUid ?? randomUUID,
      random: options.random ?? Math.random,
    }
    this.#reader = new Reader(this.#context)
    this.#writer = new Writer(this.#context)
    this.#remover = new Remover(this.#context)
    this.#watches = new Watches(this.#context)
    createNamespaces(this.#context)
    new CustomKinds(this.#context, this.#remover).start()
    new GarbageCollector(this.#context, this.#remover).start()
  }

  get(request: GetRequest): ObjectResult {
    return this.#reader.get(request)
  }

  list(request: ListRequest): ListResult {
    return this.#reader.list(request)
  }

  create(request: CreateRequest): ObjectResult {
    return this.#writer.create(request)
  }

  update(request: UpdateRequest): ObjectResult {
    return this.#writer.update(request)
  }

  patch(request: PatchRequest): ObjectResult {
    return this.#writer.patch(request)
  }

  apply(request: ApplyRequest): ObjectResult {
    return this.#writer.apply(request)
  }

  delete(request: DeleteRequest): DeleteResult {
    return this.#remover.delete(request)
  }

  deleteCollection(request: DeleteCollectionRequest): ListResult {
    const found = this.#reader.list(request)
    for (const object of found.items) {
      const { namespace = '', name } = object.metadata
      const target = { ...request, namespace, name }
      // A deletion before this one may have taken it along.
      if (this.#context.store.get(referenceOf(target)) !== undefined) this.#remover.delete(target)
    }
    return found
  }

  watch(request: WatchRequest, receiver: WatchReceiver): Watch {
    return this.#watches.open(request, receiver)
  }
}

function createNamespaces({ store, clock, createUid }: ApiContext): void {
  for (const name of initialNamespaces) {
    if (store.get({ group: '', kind: 'Namespace', namespace: '', name }) !== undefined) continue
    const metadata = { name, uid: createUid(), creationTimestamp: timestampOf(clock.now()) }
    const namespace = completeNamespace({ apiVersion: 'v1', kind: 'Namespace', metadata })
    store.commit([{ type: 'put', object: namespace }])
  }
}
