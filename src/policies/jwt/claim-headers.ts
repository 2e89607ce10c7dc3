import type { ClaimHeader } from '../../ir/policies/jwt.ts'
import type { Claims } from '../verified-claims.ts'

/** A header made of a claim, ready to be sent. */
export interface HeaderOfClaim {
  readonly name: string
  readonly value: string
}

/** The headers that the claims of a token become; claims that are missing or cannot stand in a header become none. */
export function headersOfClaims(
  claims: Claims,
  headers: readonly ClaimHeader[],
): readonly HeaderOfClaim[] {
  return headers.flatMap(({ claim, header }) => {
    const value = Object.hasOwn(claims, claim) ? textOf(claims[claim]) : undefined
    return value === undefined ? [] : [{ name: header, value }]
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not stand in a header
const forbidden = /[\x00-\x08\x0a-\x1f\x7f]/

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (forbidden.test(text)) return undefined
  // Headers are bytes: UTF-8 on the wire.
  return Buffer.from(text, 'utf8').toString('latin1')
}
