import { describe, expect, test } from 'vitest'
import { policyServices, testOrigin } from '../testing/context.ts'
import { jwt } from './index.ts'
import { answerTo, bearing, claims, compile, other, rsa } from './testing/jwt-fixture.ts'
import { createTestKey, jwtProvider, signToken } from './testing/test-tokens.ts'

describe('every algorithm is verified with a key of its type:', () => {
  test.each([
    ['RS256', 'rsa'],
    ['RS384', 'rsa'],
    ['RS512', 'rsa'],
    ['PS256', 'rsa'],
    ['PS384', 'rsa'],
    ['PS512', 'rsa'],
    ['ES256', 'P-256'],
    ['ES384', 'P-384'],
    ['ES512', 'P-521'],
    ['EdDSA', 'ed25519'],
  ] as const)('%s', (alg, type) => {
    const key = type === 'rsa' ? rsa : createTestKey(type)
    const provider = { keys: { type: 'public', keys: [key.jwk] } } as const
    const token = signToken(key.privateKey, { alg }, claims)
    expect(answerTo(token, provider)).toBe('passed')
    const changed = signToken(key.privateKey, { alg }, { ...claims, sub: 'bob' }).split('.')
    const mixed = [token.split('.')[0], changed[1], token.split('.')[2]].join('.')
    expect(answerTo(mixed, provider)).toBe('Jwt verification fails')
  })

  test('HS256 with a key of a Secret', () => {
    const secret = { secretId: 'apps/hmac', key: 'jwk', version: '1' }
    const k = '0123456789abcdef0123456789abcdef'
    const text = JSON.stringify({ kty: 'oct', k: Buffer.from(k).toString('base64url') })
    const policy = compile(
      { providers: [jwtProvider({ keys: { type: 'secret', secret } })] },
      { secretValue: () => text },
    )
    expect(policy(bearing(signToken(k, { alg: 'HS256' }, claims)))).toBe('passed')
    expect(policy(bearing(signToken(`${k}x`, { alg: 'HS256' }, claims)))).toBe(
      'Jwt verification fails',
    )
  })
})

describe('a key is used for what it is for:', () => {
  const noKey = "Jwks doesn't have key to match kid or alg from Jwt"
  const signed = (header: object) => signToken(rsa.privateKey, { alg: 'RS256', ...header }, claims)
  const answerWith = (token: string, ...list: Readonly<Record<string, string>>[]) =>
    answerTo(token, { keys: { type: 'public', keys: list } })

  test('a public key is no symmetric key', () => {
    const pem = rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }) as string
    expect(answerTo(signToken(pem, { alg: 'HS256' }, claims))).toBe(noKey)
  })

  test('the algorithm that a key names is the only one', () => {
    expect(answerWith(signed({}), { ...rsa.jwk, alg: 'PS256' })).toBe(noKey)
    expect(answerWith(signed({}), { ...rsa.jwk, alg: 'RS256' })).toBe('passed')
  })

  test('a curve belongs to one algorithm', () => {
    const key = createTestKey('P-384')
    const token = signToken(key.privateKey, { alg: 'ES256' }, claims)
    expect(answerWith(token, key.jwk)).toBe(noKey)
  })

  test('the key id chooses the key; without one every key is tried', () => {
    const first = { ...other.jwk, kid: 'a' }
    const second = { ...rsa.jwk, kid: 'b' }
    expect(answerWith(signed({ kid: 'b' }), first, second)).toBe('passed')
    expect(answerWith(signed({ kid: 'a' }), first, second)).toBe('Jwt verification fails')
    expect(answerWith(signed({ kid: 'c' }), first, second)).toBe(noKey)
    expect(answerWith(signed({}), first, second)).toBe('passed')
  })
})

test('keys that cannot be used are refused when the policy is compiled', () => {
  const compileWith = (text: string | undefined) => {
    const secret = { secretId: 'apps/keys', key: 'jwks', version: '1' }
    const result = jwt.compile(
      {
        ...{ type: 'jwt', id: 'jwt', origin: testOrigin, otherwise: 'refuse' },
        ...{ metadataNamespace: undefined },
        providers: [jwtProvider({ keys: { type: 'secret', secret } })],
      },
      policyServices({ secretValue: () => text }),
    )
    return 'message' in result ? result.message : undefined
  }
  const place = 'JWT provider "own": key "jwks" of Secret apps/keys'
  expect(compileWith(undefined)).toBe(`${place}, which verifies tokens, does not exist`)
  expect(compileWith('{"keys":[]}')).toContain(`${place} cannot verify tokens`)
})
