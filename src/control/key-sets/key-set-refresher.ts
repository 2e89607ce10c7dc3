import { isDeepStrictEqual } from 'node:util'
import type { Backend } from '../../ir/backend.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { RemoteKeys } from '../../ir/policies/jwt.ts'
import { messageOf } from '../../lib/message-of.ts'
import type { Clock } from '../../lib/time/clock.ts'
import type { DownMessage, KeySet } from '../../link/messages.ts'
import type { FetchKeySet } from './fetch-key-set.ts'

export interface KeySetRefresherOptions {
  readonly fetch: FetchKeySet
  readonly clock: Clock
  readonly publish: (message: DownMessage) => void
  /** Takes a line for the log. */
  readonly say: (line: string) => void
}

const firstRetryMs = 1000
const longestRetryMs = 60_000

interface Entry {
  readonly url: string
  backend: Backend
  refreshMs: number
  keys: KeySet['keys']
  failures: number
  attempts: number
  /** A fetch runs. */
  busy: boolean
  cancel: () => void
  readonly stopped: AbortController
}

/**
 * Fetches every key set that the configuration names, once for all threads, and again when it is old. A set that cannot be fetched
 * anew stays in force, and is tried again after one second, then two, up to a minute.
 */
export class KeySetRefresher {
  readonly #options: KeySetRefresherOptions
  readonly #entries = new Map<string, Entry>()

  constructor(options: KeySetRefresherOptions) {
    this.#options = options
  }

  update(configuration: Configuration): void {
    const wanted = wantedIn(configuration)
    const gone = [...this.#entries.keys()].filter((id) => !wanted.has(id))
    for (const id of gone) this.#drop(id)
    if (gone.length > 0) this.#publish(gone.map((id) => ({ id, keys: undefined })))
    for (const [id, { url, backend, refreshMs }] of wanted) {
      const known = this.#entries.get(id)
      if (known === undefined) this.#add(id, url, backend, refreshMs)
      else this.#renew(id, known, backend, refreshMs)
    }
  }

  /** Everything that a thread which starts must know. */
  message(): DownMessage {
    const keySets = [...this.#entries].flatMap(([id, { keys }]) =>
      keys === undefined ? [] : [{ id, keys }],
    )
    return { type: 'key-sets', keySets }
  }

  stop(): void {
    for (const id of this.#entries.keys()) this.#drop(id)
  }

  #add(id: string, url: string, backend: Backend, refreshMs: number): void {
    const entry: Entry = {
      ...{ url, backend, refreshMs, keys: undefined, failures: 0, attempts: 0, busy: false },
      ...{ cancel: () => undefined, stopped: new AbortController() },
    }
    this.#entries.set(id, entry)
    void this.#refresh(id, entry)
  }

  #renew(id: string, entry: Entry, backend: Backend, refreshMs: number): void {
    const changed = entry.refreshMs !== refreshMs || !isDeepStrictEqual(entry.backend, backend)
    entry.backend = backend
    entry.refreshMs = refreshMs
    if (changed && !entry.busy) void this.#refresh(id, entry)
  }

  #drop(id: string): void {
    const entry = this.#entries.get(id)
    entry?.cancel()
    entry?.stopped.abort()
    this.#entries.delete(id)
  }

  #publish(keySets: readonly KeySet[]): void {
    this.#options.publish({ type: 'key-sets', keySets })
  }

  async #refresh(id: string, entry: Entry): Promise<void> {
    entry.cancel()
    entry.busy = true
    const { url, backend, stopped } = entry
    try {
      const endpoint = backend.endpoints[entry.attempts++ % Math.max(1, backend.endpoints.length)]
      if (endpoint === undefined) throw new Error(`${backend.name} has no endpoint`)
      const keys = await this.#options.fetch({ url, backend, endpoint }, stopped.signal)
      if (!stopped.signal.aborted) this.#succeeded(id, entry, keys)
    } catch (error) {
      if (!stopped.signal.aborted) this.#failed(id, entry, error)
    } finally {
      entry.busy = false
    }
  }

  #succeeded(id: string, entry: Entry, keys: NonNullable<KeySet['keys']>): void {
    if (entry.failures > 0) this.#options.say(`JWKS ${entry.url}: it is fetched again`)
    entry.failures = 0
    if (!isDeepStrictEqual(entry.keys, keys)) {
      entry.keys = keys
      this.#publish([{ id, keys }])
    }
    this.#schedule(id, entry, entry.refreshMs)
  }

  #failed(id: string, entry: Entry, error: unknown): void {
    const reason = messageOf(error)
    const effect =
      entry.keys === undefined ? 'tokens are refused until it is there' : 'the keys before it stay'
    if (entry.failures === 0) this.#options.say(`JWKS ${entry.url}: ${reason}; ${effect}`)
    entry.failures += 1
    const delayMs = Math.min(firstRetryMs * 2 ** (entry.failures - 1), longestRetryMs)
    this.#schedule(id, entry, delayMs)
  }

  #schedule(id: string, entry: Entry, delayMs: number): void {
    entry.cancel = this.#options.clock.schedule(delayMs, () => void this.#refresh(id, entry))
  }
}

interface Wanted {
  readonly url: string
  readonly backend: Backend
  readonly refreshMs: number
}

/** By id; providers that share a set have the shortest of their refresh times. */
function wantedIn({ policies, backends }: Configuration): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  for (const { keySetId, url, backendId, refreshMs } of remotesIn(policies)) {
    const backend = backends.get(backendId)
    if (backend === undefined) continue
    const known = wanted.get(keySetId)?.refreshMs ?? refreshMs
    wanted.set(keySetId, { url, backend, refreshMs: Math.min(known, refreshMs) })
  }
  return wanted
}

const remotesIn = (policies: Configuration['policies']): readonly RemoteKeys[] =>
  [...policies.values()].flatMap((policy) =>
    policy.type === 'jwt'
      ? policy.providers.flatMap(({ keys }) => (keys.type === 'remote' ? [keys] : []))
      : [],
  )
