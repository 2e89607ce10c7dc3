import { close, fstatSync, openSync, write } from 'node:fs'
import { formatAccessLogLine, formatRefusalLine } from './access-log-line.ts'
import type { RefusedConnection, RequestRecord } from './request-record.ts'

/** What could not be written. */
export interface AccessLogLosses {
  /** Lines given up because the destination was too slow, full or gone. */
  readonly lostLines: number
  /** Writes that the system refused. */
  readonly failedWrites: number
}

/** Takes one record per request and never makes a request wait. */
export interface AccessLog {
  write(record: RequestRecord): void
  writeRefusal(refused: RefusedConnection): void
  /** Takes a line that was made elsewhere, with its line break. */
  writeLine(line: string): void
  /** Opens the file anew, after somebody moved it away. Throws when it cannot; the old one stays in use. */
  reopen(): void
  readonly losses: AccessLogLosses
  /** Writes what is left, as far as the destination takes it. */
  close(): Promise<void>
}

/** What the system offers; a test may offer less. */
export interface AccessLogFile {
  write(
    bytes: Uint8Array,
    done: (error: NodeJS.ErrnoException | null, written: number) => void,
  ): void
  close(): void
}

const batchLength = 64 * 1024
const flushIntervalMs = 250
const retryDelayMs = 20
const mostTriesWhenClosing = 50
/** Text that waits for a slow destination, in UTF-16 units; beyond it lines are lost and counted. */
const mostWaitingLength = 8 * 1024 * 1024
/** Above this size the kernel may mix what several threads write into a pipe (PIPE_BUF). */
const atomicPipeBytes = 4096

/**
 * Opens an access log: `-` is standard output, everything else a file that is appended to. It writes to the
 * descriptor itself, because `process.stdout` of a worker thread goes through the main thread.
 */
export function openAccessLog(destination: string): AccessLog {
  if (destination === '-') return openOutput('stdout')
  return new BufferedAccessLog(() => fileOf(openSync(destination, 'a', 0o640), true))
}

const descriptors = { stdout: 1, stderr: 2 } as const

/** Opens a log on an output of the process. */
export function openOutput(name: keyof typeof descriptors): AccessLog {
  const descriptor = descriptors[name]
  const stat = fstatSync(descriptor)
  const largestWrite = stat.isFIFO() || stat.isSocket() ? atomicPipeBytes : Infinity
  return new BufferedAccessLog(() => fileOf(descriptor, false), largestWrite)
}

function fileOf(descriptor: number, owned: boolean): AccessLogFile {
  return {
    write: (bytes, done) => write(descriptor, bytes, done),
    close: () => {
      if (owned) close(descriptor, () => {})
    },
  }
}

interface Batch {
  readonly file: AccessLogFile
  readonly bytes: Uint8Array
  readonly lines: number
  readonly tries: number
}

/** The log itself, apart from where it goes. */
export class BufferedAccessLog implements AccessLog {
  readonly losses = { lostLines: 0, failedWrites: 0 }
  readonly #open: () => AccessLogFile
  readonly #largestWrite: number
  #file: AccessLogFile
  /** The file before, still being written to. */
  #retired: AccessLogFile | undefined
  #lines: string[] = []
  #length = 0
  #writing = false
  #closing = false
  #timer: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []

  constructor(open: () => AccessLogFile, largestWrite = Number.POSITIVE_INFINITY) {
    this.#open = open
    this.#largestWrite = largestWrite
    this.#file = open()
  }

  write(record: RequestRecord): void {
    if (this.#hasRoom()) this.#add(formatAccessLogLine(record))
  }

  writeRefusal(refused: RefusedConnection): void {
    if (this.#hasRoom()) this.#add(formatRefusalLine(refused))
  }

  writeLine(line: string): void {
    if (this.#hasRoom()) this.#add(line)
  }

  #hasRoom(): boolean {
    if (!this.#closing && this.#length < mostWaitingLength) return true
    this.losses.lostLines++
    return false
  }

  #add(line: string): void {
    this.#lines.push(line)
    this.#length += line.length
    if (this.#length >= batchLength) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), flushIntervalMs).unref()
  }

  reopen(): void {
    const before = this.#file
    this.#file = this.#open()
    if (this.#writing) this.#retired = before
    else before.close()
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#flush()
    if (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve))
    this.#file.close()
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#writing || this.#lines.length === 0) return
    const batch = this.#takeBatch()
    this.#writing = true
    const bytes = Buffer.from(batch.join(''), 'utf8')
    this.#send({ file: this.#file, bytes, lines: batch.length, tries: 1 })
  }

  /** Everything that waits, or whole lines that fit into one write. */
  #takeBatch(): string[] {
    let count = this.#lines.length
    if (this.#largestWrite !== Number.POSITIVE_INFINITY) {
      count = 0
      for (let bytes = 0; count < this.#lines.length; count++) {
        bytes += Buffer.byteLength(this.#lines[count] ?? '')
        if (bytes > this.#largestWrite && count > 0) break
      }
    }
    const batch = this.#lines.slice(0, count)
    this.#lines = this.#lines.slice(count)
    this.#length -= batch.reduce((sum, line) => sum + line.length, 0)
    return batch
  }

  #send(batch: Batch): void {
    batch.file.write(batch.bytes, (error, written) => {
      if (error === null && written < batch.bytes.length) {
        this.#send({ ...batch, bytes: batch.bytes.subarray(written) })
        return
      }
      // A destination that is merely busy gets the same bytes again, when closing only for a second.
      if (error?.code === 'EAGAIN' && (!this.#closing || batch.tries < mostTriesWhenClosing)) {
        setTimeout(() => this.#send({ ...batch, tries: batch.tries + 1 }), retryDelayMs)
        return
      }
      if (error !== null) {
        this.losses.failedWrites++
        this.losses.lostLines += batch.lines
      }
      this.#sent()
    })
  }

  #sent(): void {
    this.#writing = false
    this.#retired?.close()
    this.#retired = undefined
    if (this.#length >= batchLength || this.#closing || this.#largestWrite < this.#length)
      this.#flush()
    if (this.#writing) return
    for (const resolve of this.#idle.splice(0)) resolve()
    if (this.#lines.length > 0)
      this.#timer ??= setTimeout(() => this.#flush(), flushIntervalMs).unref()
  }
}
