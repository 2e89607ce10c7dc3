import { describe, expect, test } from 'vitest'
import { HeaderList } from '../../lib/http/header-list.ts'
import { requestContext } from '../testing/context.ts'
import { verifiedClaimsOf } from '../verified-claims.ts'
import {
  answerTo,
  bearing,
  claims,
  compile,
  keys,
  nowSeconds,
  other,
  rsa,
  valid,
} from './testing/jwt-fixture.ts'
import { createTestKey, jwtProvider, signToken } from './testing/test-tokens.ts'

test('a token that the provider signed passes, and its claims are known', () => {
  const policy = compile({
    metadataNamespace: 'vendor.jwt',
    providers: [jwtProvider({ keys })],
  })
  const context = bearing(valid)
  expect(policy(context)).toBe('passed')
  expect(verifiedClaimsOf(context)).toEqual({ principal: claims, providers: { own: claims } })
  expect(context.metadata.get('vendor.jwt')).toBe(verifiedClaimsOf(context))
})

describe('what is wrong with a token is said in the words of Envoy:', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const [head = '', body = '', signature = ''] = valid.split('.')
  const signed = (payload: object, header: object = {}) =>
    signToken(rsa.privateKey, { alg: 'RS256', ...header }, { ...claims, ...payload })

  test.each([
    ['Jwt verification fails', signToken(other.privateKey, { alg: 'RS256' }, claims)],
    ['Jwt issuer is not configured', signed({ iss: 'elsewhere' })],
    ['Jwt issuer is not configured', signed({ iss: undefined })],
    ['Jwt is expired', signed({ exp: nowSeconds - 61 })],
    ['passed', signed({ exp: nowSeconds - 59 })],
    ['Jwt not yet valid', signed({ nbf: nowSeconds + 61 })],
    ['passed', signed({ nbf: nowSeconds + 59 })],
    ['Jwt payload [exp] field is not a positive integer', signed({ exp: 'never' })],
    ['Jwt payload [nbf] field is not a positive integer', signed({ nbf: -1 })],
    ['Jwt payload [iss] field is not a string', signed({ iss: 5 })],
    ['Jwt payload [aud] field is not a string or string list', signed({ aud: [5] })],
    ['Jwt header [alg] is not supported', `${encode({ alg: 'none' })}.${body}.`],
    ['Jwt header [alg] is not supported', `${encode({ alg: 'nOnE' })}.${body}.${signature}`],
    ['Jwt header [alg] field is required and must be a string', `${encode({})}.${body}.aaaa`],
    ['Jwt header [kid] field is not a string', `${encode({ alg: 'RS256', kid: 1 })}.${body}.aaaa`],
    ['Jwt header [crit] is not supported', signed({}, { crit: ['b64'], b64: false })],
    ['Jwt verification fails', `${head}.${body}.`],
    ['Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections', 'a.b'],
    ['Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections', 'a.b.c.d'],
    ['Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections', ''],
    ['Jwt header is an invalid Base64url encoded', `$$.${body}.${signature}`],
    ['Jwt header is an invalid JSON', `${encode([])}.${body}.${signature}`],
    ['Jwt header is an invalid JSON', `YWJj.${body}.${signature}`],
    ['Jwt payload is an invalid Base64', `${head}.b+b.${signature}`],
    ['Jwt payload is an invalid JSON', `${head}.YWJj.${signature}`],
    ['Jwt signature is an invalid Base64', `${head}.${body}.a*b`],
    ['Jwt is larger than 16384 bytes', `${head}.${'a'.repeat(16_384)}.${signature}`],
  ])('%s', (message, token) => {
    expect(answerTo(token)).toBe(message)
  })

  test('a token that is missing', () => {
    const policy = compile({ providers: [jwtProvider({ keys })] })
    const plain = (headers: string[]) =>
      requestContext({ query: '', headers: new HeaderList(headers) })
    expect(policy(plain([]))).toBe('Jwt is missing')
    expect(policy(plain(['authorization', 'Basic abc']))).toBe('Jwt is missing')
  })

  test('an audience that is not allowed is 403', () => {
    const provider = { audiences: ['api', 'web'] }
    expect(answerTo(signed({ aud: ['x', 'web'] }), provider)).toBe('passed')
    expect(answerTo(signed({ aud: 'api' }), provider)).toBe('passed')
    expect(answerTo(signed({ aud: 'x' }), provider)).toBe('Audiences in Jwt are not allowed')
    expect(answerTo(signed({}), provider)).toBe('Audiences in Jwt are not allowed')
  })
})

describe('several providers:', () => {
  const second = createTestKey('P-256')
  const providers = [
    jwtProvider({ keys, name: 'one' }),
    jwtProvider({
      ...{ name: 'two', issuer: 'second' },
      keys: { type: 'public', keys: [second.jwk] },
    }),
  ]
  const signed = (iss: string, key = second) =>
    signToken(key.privateKey, { alg: key === rsa ? 'RS256' : 'ES256' }, { iss })

  test('any of them may accept the token', () => {
    const policy = compile({ providers })
    const context = bearing(signed('second'))
    expect(policy(context)).toBe('passed')
    expect(verifiedClaimsOf(context)?.providers).toEqual({ two: { iss: 'second' } })
    expect(policy(bearing(valid))).toBe('passed')
  })

  test('the one whose issuer it is says what is wrong', () => {
    const policy = compile({ providers })
    expect(policy(bearing(signed('second', rsa)))).toBe(
      "Jwks doesn't have key to match kid or alg from Jwt",
    )
    expect(policy(bearing(signed('third')))).toBe('Jwt issuer is not configured')
  })
})

describe('requests that may pass without a valid token', () => {
  const wrong = signToken(other.privateKey, { alg: 'RS256' }, claims)
  const none = () => bearing('', { headers: new HeaderList() })

  test('lack it where it may be missing', () => {
    const policy = compile({ providers: [jwtProvider({ keys })], otherwise: 'allow-missing' })
    expect(policy(none())).toBe('passed')
    expect(policy(bearing(wrong))).toBe('Jwt verification fails')
  })

  test('have a wrong one where it may fail, which goes no further', () => {
    const policy = compile({
      providers: [jwtProvider({ keys })],
      otherwise: 'allow-missing-or-failed',
    })
    const context = bearing(wrong)
    expect(policy(context)).toBe('passed')
    expect(context.headers.flat).toEqual([])
    expect(verifiedClaimsOf(context)).toBeUndefined()
    expect(policy(none())).toBe('passed')
  })
})

test('a request whose route is looked for again is still authenticated', () => {
  const policy = compile({ providers: [jwtProvider({ keys })] })
  const context = bearing(valid)
  expect(policy(context)).toBe('passed')
  expect(policy(context)).toBe('passed')
})
