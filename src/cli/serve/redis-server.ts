import { CommandError } from '../command-error.ts'

/** Checks the value of `--redis` without ever repeating it: it may hold a password. */
export function readRedisServer(
  text: string | undefined,
  timeoutMs: number,
): { readonly url: string; readonly timeoutMs: number } | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:'
  if (isRedis && url?.hostname !== '') return { url: text, timeoutMs }
  throw new CommandError(
    '--redis is no address of a Redis server. Write it as redis://HOST:PORT or, for TLS, rediss://USER:PASSWORD@HOST:PORT/DATABASE.',
  )
}

/** Tells what gateway threads say of their connection to Redis: once when the first loses it, once when all have it again. */
export class RedisReports {
  readonly #say: (line: string) => void
  readonly #onChange: (connected: boolean, reason: string) => void
  readonly #away = new Set<number>()

  constructor(say: (line: string) => void, onChange: (connected: boolean, reason: string) => void) {
    this.#say = say
    this.#onChange = onChange
  }

  changed(thread: number, connected: boolean, reason: string): void {
    const wereAway = this.#away.size
    if (connected) this.#away.delete(thread)
    else this.#away.add(thread)
    if (wereAway === 0 && this.#away.size > 0) {
      this.#onChange(false, reason)
      this.#say(
        `Redis of --redis is away (${reason}). Until it is back, each limit does what it says for requests that cannot be counted.`,
      )
    }
    if (wereAway > 0 && this.#away.size === 0) {
      this.#onChange(true, reason)
      this.#say('Redis of --redis is back: limits count.')
    }
  }

  /** A thread that has ended says no more. */
  forget(thread: number): void {
    this.changed(thread, true, '')
  }
}
