import { describe, expect, test } from 'vitest'
import type { JwtProvider } from '../../ir/policies/jwt.ts'
import { verifiedClaimsOf } from '../verified-claims.ts'
import {
  bearing,
  claims,
  compile,
  keys,
  nowSeconds,
  other,
  rsa,
  valid,
} from './testing/jwt-fixture.ts'
import { jwtProvider, signToken } from './testing/test-tokens.ts'

describe('verified tokens are remembered', () => {
  test('for a minute at most and never past their expiry', () => {
    const policy = compile({ providers: [jwtProvider({ keys })] })
    const token = signToken(rsa.privateKey, { alg: 'RS256' }, { ...claims, exp: nowSeconds + 10 })
    const claimsAt = (seconds: number) => {
      const context = bearing(token, { startTimeMs: (nowSeconds + seconds) * 1000 })
      expect(policy(context)).toBe('passed')
      return verifiedClaimsOf(context)
    }
    const first = claimsAt(0)
    expect(claimsAt(9)).toBe(first)
    expect(claimsAt(11)).not.toBe(first)
    const late = bearing(token, { startTimeMs: (nowSeconds + 71) * 1000 })
    expect(policy(late)).toBe('Jwt is expired')
    const lasting = (seconds: number) => {
      const context = bearing(valid, { startTimeMs: (nowSeconds + seconds) * 1000 })
      policy(context)
      return verifiedClaimsOf(context)
    }
    const begin = lasting(0)
    expect(lasting(59)).toBe(begin)
    expect(lasting(60)).not.toBe(begin)
  })

  test('no longer than the keys that verified them', () => {
    let current: readonly Readonly<Record<string, string>>[] | undefined = [rsa.jwk]
    const remote: JwtProvider['keys'] = {
      type: 'remote',
      keySetId: 'k',
      url: 'http://idp/keys',
      backendId: 'idp',
      refreshMs: 1000,
    }
    const policy = compile(
      { providers: [jwtProvider({ keys: remote })] },
      { keySet: (id) => (id === 'k' ? current : undefined) },
    )
    expect(policy(bearing(valid))).toBe('passed')
    current = [other.jwk]
    expect(policy(bearing(valid))).toBe('Jwt verification fails')
    current = [other.jwk, rsa.jwk]
    expect(policy(bearing(valid))).toBe('passed')
    current = undefined
    expect(policy(bearing(valid))).toBe('Jwks remote fetch is failed')
  })

  test('and cannot be changed by who reads them', () => {
    const context = bearing(signToken(rsa.privateKey, { alg: 'RS256' }, { ...claims, a: { b: 1 } }))
    compile({ providers: [jwtProvider({ keys })] })(context)
    expect(Object.isFrozen(verifiedClaimsOf(context)?.principal['a'])).toBe(true)
  })
})
