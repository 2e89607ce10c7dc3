import type { HashPolicy } from '../../ir/route.ts'
import { hashText } from '../backends/balancing/hash-text.ts'
import type { Exchange } from '../request/exchange.ts'

/**
 * What hashing balancers go by: the policies' values combined in order, ending at a terminal one that found
 * something (Envoy's HashPolicy). Undefined: nothing to hash.
 */
export function hashRequest(
  policies: readonly HashPolicy[],
  exchange: Exchange,
): number | undefined {
  let hash: number | undefined
  for (const policy of policies) {
    const value = hashedValueOf(policy, exchange)
    if (value !== undefined) {
      const rotated = hash === undefined ? 0 : (hash << 1) | (hash >>> 31)
      hash = (rotated ^ hashText(value)) >>> 0
    }
    if (policy.terminal && hash !== undefined) break
  }
  return hash
}

function hashedValueOf(policy: HashPolicy, exchange: Exchange): string | undefined {
  switch (policy.type) {
    case 'header':
      return exchange.headers.get(policy.name)
    case 'source-ip':
      return exchange.clientAddress
    case 'cookie':
      return findCookie(exchange, policy.name) ?? issueCookie(exchange, policy)
  }
}

function findCookie(exchange: Exchange, name: string): string | undefined {
  for (const header of exchange.headers.getAll('cookie')) {
    for (const pair of header.split(';')) {
      const equals = pair.indexOf('=')
      if (equals > 0 && pair.slice(0, equals).trim() === name) {
        return pair
          .slice(equals + 1)
          .trim()
          .replace(/^"|"$/g, '')
      }
    }
  }
  return undefined
}

/** A client without the cookie gets one that leads it to the same endpoint again. */
function issueCookie(
  exchange: Exchange,
  policy: Extract<HashPolicy, { type: 'cookie' }>,
): string | undefined {
  if (policy.ttlMs === undefined) return undefined
  if (exchange.issuedCookie !== undefined) return exchange.issuedCookie.value
  const seed = `${exchange.peerAddress}:${exchange.peerPort}:${exchange.services.random()}`
  const value = hashText(seed).toString(16).padStart(8, '0')
  const maxAge = policy.ttlMs > 0 ? `; Max-Age=${Math.floor(policy.ttlMs / 1000)}` : ''
  const path = policy.path === '' ? '' : `; Path=${policy.path}`
  exchange.issuedCookie = { value, header: `${policy.name}="${value}"${maxAge}${path}; HttpOnly` }
  return value
}
