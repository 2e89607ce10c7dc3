import type { Timers } from '../../lib/time/timers.ts'
import type { RequestObserver } from '../../telemetry/request-record.ts'
import type { BackendDirectory } from '../backends/backend-directory.ts'
import type { ReplayBudget } from './replay-budget.ts'

/** What the request path needs beside snapshot and request. */
export interface RequestServices {
  readonly backends: BackendDirectory
  readonly observer: RequestObserver
  readonly timers: Timers
  /** Milliseconds since the Unix epoch, with fractions. */
  now(): number
  /** A number in `[0, 1)`. */
  random(): number
  createRequestId(): string
  /** Takes a line of an access log, with its line break. Never waits, never throws. */
  writeLogLine(destination: 'stdout' | 'stderr', line: string): void
  /** Tokens of texts in the encoding cl100k_base; undefined: they cannot be counted now. */
  countTokens(texts: readonly string[]): number | undefined
  /** Largest body that is kept for a retry or a mirror, in bytes. */
  readonly retryBufferBytes: number
  /** Of all requests together. */
  readonly replayBudget: ReplayBudget
}
