import type { HashPolicy } from '../../../../ir/route.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { RouteOptions } from '../../kinds/options/route-options.ts'
import type { Parsed } from './rewrite.ts'

type HashConfig = NonNullable<NonNullable<RouteOptions['lbHash']>['hashPolicies']>[number]

function parseHashPolicy({
  header,
  cookie,
  sourceIp,
  terminal = false,
}: HashConfig): HashPolicy | string | undefined {
  if (cookie !== undefined) {
    const { name = '', path = '', ttl } = cookie
    const ttlMs = ttl === undefined ? undefined : parseDuration(ttl)
    if (name === '') return 'cookie has no name'
    if (ttl !== undefined && ttlMs === undefined) {
      return `ttl '${ttl}' is not a duration such as 15s or 0.5s`
    }
    return { type: 'cookie', name, path, ttlMs, terminal }
  }
  if (header !== undefined && header !== '') {
    return { type: 'header', name: header.toLowerCase(), terminal }
  }
  if (sourceIp === undefined) return 'a hash policy needs header, cookie or sourceIp'
  // As in Envoy, false hashes nothing.
  return sourceIp ? { type: 'source-ip', terminal } : undefined
}

/** Reads `lbHash`. */
export function parseHashPolicies(options: RouteOptions): Parsed<readonly HashPolicy[]> {
  const policies = (options.lbHash?.hashPolicies ?? []).map(parseHashPolicy)
  const reason = policies.find((policy) => typeof policy === 'string')
  return reason === undefined
    ? { type: 'value', value: policies.filter((policy) => typeof policy === 'object') }
    : { type: 'error', field: 'lbHash', reason }
}
