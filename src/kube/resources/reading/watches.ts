import { kindKeyOf } from '../../object-key.ts'
import type { Revision } from '../../store/history.ts'
import type { ApiContext } from '../api-context.ts'
import { apiVersionOf, inServedVersion } from '../object-version.ts'
import type { Watch, WatchEvent, WatchReceiver, WatchRequest } from '../resource-api.ts'
import { badRequestError, expiredError } from '../status-error.ts'
import { parseRevision } from './reader.ts'
import { compileSelection, type Selection } from './selection.ts'

/** How many events may wait for a slow receiver before its watch is ended. */
const maxHeldEvents = 1000
const bookmarkIntervalMs = 60_000

/** Every watch that is open, by kind. */
export class Watches {
  readonly #context: ApiContext
  readonly #byKind = new Map<string, Set<OpenWatch>>()

  constructor(context: ApiContext) {
    this.#context = context
    context.store.subscribe((revision) => {
      for (const watch of this.#byKind.get(kindKeyOf(revision.kind)) ?? []) watch.offer(revision)
    })
    context.kinds.subscribe(() => this.#endUnserved())
  }

  /** Called back for each event from within; hence nothing is sent before the caller has its Watch. */
  open(request: WatchRequest, receiver: WatchReceiver): Watch {
    const key = kindKeyOf(request.kind.definition)
    const watches = this.#byKind.get(key) ?? new Set()
    this.#byKind.set(key, watches)
    const watch = new OpenWatch(this.#context, request, receiver, () => watches.delete(watch))
    watch.begin()
    watches.add(watch)
    return watch
  }

  #endUnserved(): void {
    for (const watches of this.#byKind.values()) {
      for (const watch of watches) watch.endIfUnserved()
    }
  }
}

class OpenWatch implements Watch {
  readonly #context: ApiContext
  readonly #request: WatchRequest
  readonly #receiver: WatchReceiver
  readonly #selects: Selection | undefined
  readonly #onClosed: () => void
  readonly #timers = new Set<() => void>()
  #held: WatchEvent[] = []
  #initial = 0
  #flowing = false
  #closed = false
  #seen: number

  constructor(
    context: ApiContext,
    request: WatchRequest,
    receiver: WatchReceiver,
    onClosed: () => void,
  ) {
    this.#context = context
    this.#request = request
    this.#receiver = receiver
    this.#selects = compileSelection(request.kind, request)
    this.#onClosed = onClosed
    this.#seen = context.store.revision
  }

  begin(): void {
    const { store, clock, random } = this.#context
    const wanted = parseRevision(this.#request.resourceVersion) ?? 0
    if (this.#request.sendInitialEvents === true) this.#checkInitialEvents()
    if (this.#request.sendInitialEvents ?? wanted === 0) this.#sendPresent()
    else if (wanted > 0) {
      const missed = wanted > store.revision ? undefined : store.history.since(wanted)
      if (missed === undefined) {
        throw expiredError(`too old resource version: ${wanted} (${store.history.oldest})`)
      }
      for (const revision of missed) this.#consider(revision)
    }
    this.#initial = this.#held.length
    const timeoutSeconds = this.#request.timeoutSeconds || 1800 * (1 + random())
    this.#timers.add(clock.schedule(timeoutSeconds * 1000, () => this.#end()))
    if (this.#request.allowWatchBookmarks === true) this.#scheduleBookmark()
    queueMicrotask(() => this.resume())
  }

  offer(revision: Revision): void {
    if (revision.revision <= this.#seen) return
    this.#seen = revision.revision
    this.#consider(revision)
    if (this.#held.length > maxHeldEvents + this.#initial) this.#end()
    else if (this.#flowing) this.resume()
  }

  resume(): void {
    if (this.#closed) return
    this.#flowing = true
    let sent = 0
    for (const event of this.#held) {
      sent += 1
      this.#flowing = this.#receiver.send(event)
      if (this.#closed) return
      if (!this.#flowing) break
    }
    this.#held = sent === this.#held.length ? [] : this.#held.slice(sent)
    this.#initial = Math.max(0, this.#initial - sent)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#held = []
    for (const cancel of this.#timers) cancel()
    this.#onClosed()
  }

  endIfUnserved(): void {
    const { definition, version } = this.#request.kind
    const { group, plural } = definition
    if (this.#context.kinds.find(group, version.name, plural)?.version !== version) this.#end()
  }

  #end(): void {
    if (this.#closed) return
    this.close()
    this.#receiver.end()
  }

  #checkInitialEvents(): void {
    if (this.#request.resourceVersionMatch === 'NotOlderThan') return
    throw badRequestError(
      'sendInitialEvents is forbidden without resourceVersionMatch "NotOlderThan"',
    )
  }

  #sendPresent(): void {
    const { kind, namespace, sendInitialEvents, allowWatchBookmarks } = this.#request
    for (const stored of this.#context.store.list(kind.definition, namespace)) {
      const object = inServedVersion(kind, stored)
      if (this.#selects?.(object) ?? true) this.#held.push({ type: 'ADDED', object })
    }
    if (sendInitialEvents === true && allowWatchBookmarks === true) {
      this.#held.push(this.#bookmark({ 'k8s.io/initial-events-end': 'true' }))
    }
  }

  /** What a change is to this watch: an object that stops being selected is deleted, to it. */
  #consider({ type, object: stored, previous }: Revision): void {
    const { kind, namespace } = this.#request
    if (namespace !== '' && stored.metadata.namespace !== namespace) return
    const object = inServedVersion(kind, stored)
    const selects = this.#selects ?? (() => true)
    const was = previous !== undefined && selects(inServedVersion(kind, previous))
    const is = type !== 'deleted' && selects(object)
    if (is) this.#held.push({ type: was ? 'MODIFIED' : 'ADDED', object })
    else if (was) this.#held.push({ type: 'DELETED', object })
  }

  #bookmark(annotations?: Readonly<Record<string, string>>): WatchEvent {
    const { kind } = this.#request
    const metadata = {
      name: '',
      resourceVersion: String(this.#context.store.revision),
      creationTimestamp: null,
      ...(annotations && { annotations }),
    }
    const object = { apiVersion: apiVersionOf(kind), kind: kind.definition.kind, metadata }
    // A bookmark is the one object without a name or a time of creation.
    return { type: 'BOOKMARK', object: object as unknown as WatchEvent['object'] } as WatchEvent
  }

  #scheduleBookmark(): void {
    const cancel = this.#context.clock.schedule(bookmarkIntervalMs, () => {
      this.#timers.delete(cancel)
      if (this.#flowing && this.#held.length === 0) {
        this.#held.push(this.#bookmark())
        this.resume()
      }
      this.#scheduleBookmark()
    })
    this.#timers.add(cancel)
  }
}
