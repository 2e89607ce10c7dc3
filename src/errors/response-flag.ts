import type { GatewayErrorCode } from './gateway-error.ts'

/**
 * The access log's response flag for each code, with Envoy's letters where Envoy has one
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage, RESPONSE_FLAGS).
 */
export const responseFlagByCode: Readonly<Record<GatewayErrorCode, string>> = {
  'invalid-request': 'DPE',
  'headers-too-large': 'DPE',
  'body-too-large': 'DPE',
  'unreadable-body': 'DPE',
  'unreadable-answer': 'UPE',
  'route-not-found': 'NR',
  'endpoint-not-found': 'NR',
  unauthenticated: 'UAEX',
  forbidden: 'UAEX',
  'upgrade-refused': 'DPE',
  'configuration-error': 'NC',
  'backend-not-found': 'NC',
  'no-healthy-upstream': 'UH',
  'upstream-without-endpoints': 'UH',
  'upstream-overloaded': 'UO',
  'upstream-forbidden': 'NC',
  'upstream-connect-failure': 'UF',
  'upstream-reset': 'UC',
  'upstream-protocol-error': 'UPE',
  'upstream-timeout': 'UT',
  'request-timeout': 'DT',
  'fault-injected': 'FI',
  'rate-limited': 'RL',
  'rate-limit-unavailable': 'RLSE',
  'prompt-rejected': 'UAEX',
  'guard-unavailable': 'UAEX',
  overloaded: 'OM',
  'client-closed': 'DC',
  draining: 'DRAIN',
  internal: 'INT',
}
