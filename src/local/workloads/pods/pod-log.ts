import { EventEmitter } from 'node:events'

interface LogLine {
  readonly timeMs: number
  readonly text: string
}

/** The newest lines that are kept of each container. */
const maxLines = 10_000
const maxBytes = 8 * 1024 * 1024

/** Which part of a log is wanted. */
export interface LogSelection {
  readonly follow: boolean
  readonly timestamps: boolean
  readonly tailLines: number | undefined
  /** Lines before this time are left out. */
  readonly sinceMs: number | undefined
  readonly limitBytes: number | undefined
  readonly signal: AbortSignal
}

/** What a container said, the newest lines of it, in memory. */
export class PodLog {
  readonly #now: () => number
  readonly #events = new EventEmitter().setMaxListeners(0)
  #lines: LogLine[] = []
  #bytes = 0
  #first = 0
  #ended = false

  constructor(now: () => number) {
    this.#now = now
  }

  add(text: string): void {
    this.#lines.push({ timeMs: this.#now(), text })
    this.#bytes += text.length
    while (this.#lines.length > maxLines || (this.#bytes > maxBytes && this.#lines.length > 1)) {
      this.#bytes -= this.#lines.shift()?.text.length ?? 0
      this.#first += 1
    }
    this.#events.emit('change')
  }

  /** Nothing more comes: whoever follows it is let go. */
  end(): void {
    this.#ended = true
    this.#events.emit('change')
  }

  /** Yields lines, and with `follow` those that come, until the reader goes away or the log ends. */
  async *read(selection: LogSelection): AsyncGenerator<string> {
    const { follow, signal, sinceMs = 0 } = selection
    let next = this.#startOf(selection)
    let left = selection.limitBytes ?? Number.POSITIVE_INFINITY
    while (!signal.aborted) {
      next = Math.max(next, this.#first)
      const line = this.#lines[next - this.#first]
      if (line === undefined) {
        if (!follow || this.#ended) return
        await this.#changed(signal)
        continue
      }
      next += 1
      if (line.timeMs < sinceMs) continue
      const bytes = Buffer.from(formatLine(line, selection.timestamps)).subarray(0, left)
      left -= bytes.length
      yield bytes.toString()
      if (left <= 0) return
    }
  }

  #startOf({ tailLines }: LogSelection): number {
    const end = this.#first + this.#lines.length
    return tailLines === undefined ? this.#first : Math.max(this.#first, end - tailLines)
  }

  #changed(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const settle = () => resolve()
    this.#events.once('change', settle)
    signal.addEventListener('abort', settle, { once: true })
    return promise.finally(() => {
      this.#events.off('change', settle)
      signal.removeEventListener('abort', settle)
    })
  }
}

function formatLine({ timeMs, text }: LogLine, timestamps: boolean): string {
  return timestamps ? `${new Date(timeMs).toISOString()} ${text}\n` : `${text}\n`
}
