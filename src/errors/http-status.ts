import type { GatewayError, GatewayErrorCode } from './gateway-error.ts'

/** The only place where an error code becomes an HTTP status. */
const httpStatusByCode: Readonly<Record<GatewayErrorCode, number>> = {
  'invalid-request': 400,
  'headers-too-large': 431,
  'body-too-large': 413,
  'unreadable-body': 400,
  'unreadable-answer': 502,
  'route-not-found': 404,
  'endpoint-not-found': 404,
  unauthenticated: 401,
  forbidden: 403,
  'upgrade-refused': 403,
  'configuration-error': 500,
  'backend-not-found': 503,
  'no-healthy-upstream': 503,
  'upstream-without-endpoints': 503,
  'upstream-overloaded': 503,
  'upstream-forbidden': 502,
  'upstream-connect-failure': 503,
  'upstream-reset': 503,
  'upstream-protocol-error': 502,
  'upstream-timeout': 504,
  'request-timeout': 408,
  'fault-injected': 503,
  'rate-limited': 429,
  'rate-limit-unavailable': 500,
  'prompt-rejected': 403,
  'guard-unavailable': 500,
  overloaded: 503,
  'client-closed': 499,
  draining: 503,
  internal: 500,
}

/** The HTTP status that answers `error`. */
export function httpStatusOf(error: GatewayError): number {
  return error.status ?? httpStatusByCode[error.code]
}
