/**
 * Every reason for which the gateway itself ends a request. A code stands for one thing an operator would
 * do about it; it is a metric label and a log value, so it never changes meaning.
 */
export type GatewayErrorCode =
  | 'invalid-request'
  | 'headers-too-large'
  | 'body-too-large'
  | 'unreadable-body'
  | 'unreadable-answer'
  | 'route-not-found'
  | 'endpoint-not-found'
  | 'unauthenticated'
  | 'forbidden'
  | 'upgrade-refused'
  | 'configuration-error'
  | 'backend-not-found'
  | 'no-healthy-upstream'
  | 'upstream-without-endpoints'
  | 'upstream-overloaded'
  | 'upstream-forbidden'
  | 'upstream-connect-failure'
  | 'upstream-reset'
  | 'upstream-protocol-error'
  | 'upstream-timeout'
  | 'request-timeout'
  | 'fault-injected'
  | 'rate-limited'
  | 'rate-limit-unavailable'
  | 'prompt-rejected'
  | 'guard-unavailable'
  | 'overloaded'
  | 'client-closed'
  | 'draining'
  | 'internal'

/** A refusal or failure of the gateway's own, as a value. */
export interface GatewayError {
  readonly type: 'gateway-error'
  readonly code: GatewayErrorCode
  /** Shown to the client: never contains upstream bodies, header values or stack traces. */
  readonly message: string
  /** Overrides the code's usual status where a vendor's dialect fixes another one. */
  readonly status?: number
  readonly retryAfterMs?: number
  /** For the log only. */
  readonly cause?: unknown
}

/** Makes a {@link GatewayError}. */
export function gatewayError(
  code: GatewayErrorCode,
  message: string,
  details: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
): GatewayError {
  return { type: 'gateway-error', code, message, ...details }
}
