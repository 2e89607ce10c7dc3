import type { Origin } from './origin.ts'

/** A log with a line for each request of a listener, besides the log of the process. */
export interface AccessLog {
  readonly origin: Origin
  /** Which output of the process takes the lines. */
  readonly destination: 'stdout' | 'stderr'
  readonly format: AccessLogFormat
  /** Undefined: every request is logged. */
  readonly filter: AccessLogFilter | undefined
}

/** What a line looks like; templates hold Envoy's `%OPERATOR%` substitutions. */
export type AccessLogFormat =
  | { readonly type: 'text'; readonly template: string }
  /** A JSON object whose texts are templates; a text that is one operator keeps the type of its value. */
  | { readonly type: 'json'; readonly fields: Readonly<Record<string, unknown>> }

/** Which requests are logged. */
export type AccessLogFilter =
  | { readonly type: 'all' | 'any'; readonly filters: readonly AccessLogFilter[] }
  | { readonly type: 'status' | 'duration-ms'; readonly comparison: Comparison }
  /** Any of the flags, or any flag at all when there are none. */
  | { readonly type: 'response-flags'; readonly flags: readonly string[] }
  | { readonly type: 'header'; readonly condition: LoggedHeader }
  /** A share of the requests, in percent. */
  | { readonly type: 'sample'; readonly percentage: number }

export interface Comparison {
  readonly operator: 'equal' | 'at-least' | 'at-most'
  readonly value: number
}

/** A condition on a header of the request. */
export interface LoggedHeader {
  /** Lower-case. */
  readonly name: string
  /** Undefined: the header must be there. RE2, the whole value. */
  readonly pattern: string | undefined
  readonly inverted: boolean
}
