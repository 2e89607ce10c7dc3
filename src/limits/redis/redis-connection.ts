import type { Redis, RedisOptions } from 'ioredis'
import { type ScriptName, scripts } from './scripts.ts'

/** What a connection says of itself. */
export interface ConnectionEvents {
  /** Called when it changes. `reason` is free of credentials. */
  readonly onChange: (connected: boolean, reason: string) => void
  readonly onReady: () => void
}

/** How long it waits before it connects anew, at most. */
const maxRetryDelayMs = 1000
const connectTimeoutMs = 2000
/** How long the first requests of a process wait for the server, at most. */
const firstAttemptMs = 1000

type Scripted = Redis & {
  readonly [Name in ScriptName]: (
    keyCount: number,
    ...args: readonly (string | number)[]
  ) => Promise<unknown>
}

/**
 * A connection to a Redis or Valkey server that is always either usable or being made anew, for as long as it is open. A server
 * that does not answer in time counts as away until it does again, so that requests do not wait for it one by one.
 */
export class RedisConnection {
  readonly #timeoutMs: number
  readonly #events: ConnectionEvents
  #client: Scripted | undefined
  /** Undefined: not known yet. */
  #connected: boolean | undefined
  #closed = false
  readonly #running = new Set<Promise<unknown>>()
  #firstAttempt: Promise<void> | undefined

  constructor(url: string, timeoutMs: number, events: ConnectionEvents) {
    this.#timeoutMs = timeoutMs
    this.#events = events
    const waited = new Promise<void>((resolve) => setTimeout(resolve, firstAttemptMs).unref())
    this.#firstAttempt = Promise.race([this.#open(url), waited]).then(() => {
      this.#firstAttempt = undefined
    })
  }

  get connected(): boolean {
    return this.#connected === true
  }

  /** Undefined once it is known whether the server answers at first. */
  get firstAttempt(): Promise<void> | undefined {
    return this.#firstAttempt
  }

  /** Runs a script; `full`: the server has no memory left. Undefined: it is away, too slow or refuses. Never rejects. */
  async run(
    name: ScriptName,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const client = this.#client
    if (!this.connected || client === undefined) return undefined
    const command = client[name](keys.length, ...keys, ...args)
    this.#running.add(command)
    try {
      return await command
    } catch (error) {
      this.#failed(client, error)
      return error instanceof Error && /\bOOM\b/.test(error.message) ? 'full' : undefined
    } finally {
      this.#running.delete(command)
    }
  }

  /** Resolves when the server has answered whatever is on its way to it, or has had the time to. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  close(): void {
    this.#closed = true
    this.#client?.disconnect()
  }

  async #open(url: string): Promise<void> {
    const { Redis } = await import('ioredis')
    if (this.#closed) return
    const client = new Redis(url, this.#options()) as Scripted
    for (const [name, lua] of Object.entries(scripts)) client.defineCommand(name, { lua })
    this.#client = client
    let lastError = 'no answer'
    client.on('ready', () => this.#setConnected(true, 'connected'))
    client.on('close', () => this.#setConnected(false, lastError))
    client.on('error', (error: unknown) => {
      lastError = reasonOf(error)
    })
    await new Promise<void>((resolve) => {
      client.once('ready', resolve)
      client.once('close', resolve)
    })
  }

  #options() {
    return {
      connectTimeout: connectTimeoutMs,
      commandTimeout: this.#timeoutMs,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(times * 50, maxRetryDelayMs),
      // A primary that has become a replica: the name may lead to the new primary by now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    } satisfies RedisOptions
  }

  #setConnected(connected: boolean, reason: string): void {
    if (this.#connected === connected || this.#closed) return
    this.#connected = connected
    this.#events.onChange(connected, reason)
    if (connected) this.#events.onReady()
  }

  #failed(client: Redis, error: unknown): void {
    const reason = reasonOf(error)
    if (!/timed out/i.test(reason)) return
    this.#setConnected(false, reason)
    client.disconnect(true)
  }
}

/** Codes and first words only: whatever a server or library puts into a message, no credential gets into a log. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  if ('code' in error && typeof error.code === 'string') return error.code
  if (/timed out/i.test(error.message)) return 'timed out'
  return /^[A-Z]{3,}/.exec(error.message)?.[0] ?? error.name
}
