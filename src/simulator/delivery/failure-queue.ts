import type { Failure } from './failure.ts'

/** Failures for requests to come, in the order in which they were asked for. */
export class FailureQueue {
  #waiting: { failure: Failure; remaining: number; host: string | undefined }[] = []

  /** The next `count` requests fail; of one host only, if `host` is given. */
  add(failure: Failure, options: { readonly count?: number; readonly host?: string } = {}): void {
    this.#waiting.push({ failure, remaining: options.count ?? 1, host: options.host })
  }

  /** The failure of a request that just arrived, if one waits for it. */
  take(host: string): Failure | undefined {
    const entry = this.#waiting.find((candidate) => (candidate.host ?? host) === host)
    if (entry === undefined) return undefined
    entry.remaining--
    if (entry.remaining <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry)
    return entry.failure
  }

  clear(): void {
    this.#waiting = []
  }
}
