import type { HeaderList } from '../../../lib/http/header-list.ts'
import type { RequestContext } from '../../../policies/policy.ts'

/** What a line may say of a request that is over. */
export interface LogEntry {
  readonly context: RequestContext
  /** Undefined: no answer went out. */
  readonly responseHeaders: HeaderList | undefined
  readonly outcome: LogOutcome
}

/** How a request ended, in numbers and names. */
export interface LogOutcome {
  readonly durationMs: number
  /** Until the upstream's response head. */
  readonly upstreamHeadMs: number | undefined
  /** As the client sent it, with query. */
  readonly path: string
  readonly routeName: string | undefined
  readonly virtualHost: string | undefined
  readonly backendName: string | undefined
  /** `host:port`. */
  readonly upstreamHost: string | undefined
  readonly attempts: number
  /** 0 when the client left before there was one. */
  readonly status: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly errorCode: string | undefined
  /** Comma-separated letters; `-` for none. */
  readonly responseFlags: string
}

/** The value of one operator; undefined: the request has none. */
export type LogOperator = (entry: LogEntry) => unknown

/** Why a log cannot be written as it was asked for. */
export class LogError extends Error {}
