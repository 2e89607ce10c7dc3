import { describe, expect, test } from 'vitest'
import type { Jwt, JwtProvider } from '../../ir/policies/jwt.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { ModelCall } from '../../llm/model-call.ts'
import { removeKeptTokens } from '../kept-tokens.ts'
import type { PolicyServices, RequestContext } from '../policy.ts'
import { policyServices, requestContext, testOrigin } from '../test-context.ts'
import { verifiedClaimsOf } from '../verified-claims.ts'
import { jwt } from './index.ts'
import { createTestKey, jwtProvider, signToken } from './testing/test-tokens.ts'

const rsa = createTestKey('rsa')
const other = createTestKey('rsa')
const keys = { type: 'public', keys: [rsa.jwk] } as const
const nowSeconds = Date.UTC(2026, 10, 20, 9, 5, 7) / 1000
const claims = { iss: 'solo.io', sub: 'alice' }
const valid = signToken(rsa.privateKey, { alg: 'RS256' }, claims)

function compile(
  parts: Partial<Jwt> & { readonly providers: readonly JwtProvider[] },
  services: Partial<PolicyServices> = {},
) {
  const config: Jwt = {
    ...{ type: 'jwt', id: 'jwt', origin: testOrigin, otherwise: 'refuse' },
    ...{ metadataNamespace: undefined, ...parts },
  }
  const policy = jwt.compile(config, policyServices(services))
  if ('code' in policy) throw new Error(policy.message)
  return (context: RequestContext) => {
    const result = policy.onRequestHead?.(context)
    if (result === undefined) return 'passed'
    return typeof result === 'object' && 'message' in result ? result.message : 'unexpected'
  }
}

const bearing = (token: string, parts: Partial<RequestContext> = {}) =>
  requestContext({
    headers: new HeaderList(['authorization', `Bearer ${token}`]),
    query: '',
    startTimeMs: nowSeconds * 1000,
    ...parts,
  })

const answerTo = (token: string, provider: Partial<JwtProvider> = {}) =>
  compile({ providers: [jwtProvider({ keys, ...provider })] })(bearing(token))

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

describe('where tokens stand:', () => {
  test('the token leaves the request, all copies of it, and nothing else', () => {
    const policy = compile({ providers: [jwtProvider({ keys })] })
    const context = bearing(valid, { query: `?a=1&access%5Ftoken=${valid}&b=2` })
    context.headers.append('authorization', 'bearer again')
    context.headers.append('authorization', 'Basic abc')
    expect(policy(context)).toBe('passed')
    expect(context.headers.flat).toEqual(['authorization', 'Basic abc'])
    expect(context.query).toBe('?a=1&b=2')
  })

  test('a query parameter carries it, too', () => {
    const policy = compile({ providers: [jwtProvider({ keys })] })
    const context = bearing('', { headers: new HeaderList(), query: `?access_token=${valid}` })
    expect(policy(context)).toBe('passed')
    expect(context.query).toBe('')
  })

  test('a provider that keeps it leaves it where it is', () => {
    const policy = compile({ providers: [jwtProvider({ keys, keepToken: true })] })
    const context = bearing(valid)
    expect(policy(context)).toBe('passed')
    expect(context.headers.get('authorization')).toBe(`Bearer ${valid}`)
  })

  test('a token that is kept can be taken out for a provider of models', () => {
    const policy = compile({ providers: [jwtProvider({ keys, keepToken: true })] })
    const query = `?a=1&access_token=${valid}`
    const context = bearing(valid, { query, modelCall: {} as ModelCall })
    expect(policy(context)).toBe('passed')
    removeKeptTokens(context, context, () => false)
    expect([context.headers.flat, context.query]).toEqual([[], '?a=1'])
  })

  test('headers of the provider take the place of the usual ones', () => {
    const tokenHeaders = [{ name: 'x-token', prefix: 'jwt:' }]
    const policy = compile({
      providers: [jwtProvider({ keys, tokenHeaders, tokenQueryParameters: [] })],
    })
    expect(policy(bearing(valid))).toBe('Jwt is missing')
    const carried = (value: string) =>
      policy(bearing('', { headers: new HeaderList(['x-token', value]) }))
    expect(carried(`jwt:${valid}`)).toBe('passed')
    expect(carried(`JWT:${valid}`)).toBe('Jwt is missing')
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

describe('claims become headers:', () => {
  const claimsToHeaders = [
    { claim: 'sub', header: 'x-sub', append: false },
    { claim: 'llms', header: 'x-llms', append: false },
    { claim: 'evil', header: 'x-evil', append: false },
    { claim: 'team', header: 'x-team', append: true },
    { claim: 'toString', header: 'x-none', append: false },
  ]
  const provider = jwtProvider({ keys, claimsToHeaders })
  const sent = ['x-sub', 'admin', 'x-evil', 'e', 'x-none', 'n', 'x-team', 'client']

  test('in place of those of the client, or beside them', () => {
    const token = signToken(
      rsa.privateKey,
      { alg: 'RS256' },
      { ...claims, llms: { openai: ['gpt'] }, evil: 'a\r\nx-admin: 1', team: 'dév' },
    )
    const context = bearing(token, {
      headers: new HeaderList(['authorization', `Bearer ${token}`, ...sent]),
    })
    expect(compile({ providers: [provider] })(context)).toBe('passed')
    expect(context.headers.flat).toEqual([
      ...['x-team', 'client', 'x-sub', 'alice', 'x-llms', '{"openai":["gpt"]}'],
      ...['x-team', Buffer.from('dév').toString('latin1')],
    ])
  })

  test('and a client without token cannot make them up', () => {
    const context = bearing('', { headers: new HeaderList([...sent]) })
    expect(compile({ providers: [provider], otherwise: 'allow-missing' })(context)).toBe('passed')
    expect(context.headers.flat).toEqual(['x-team', 'client'])
  })
})

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

test('a request whose route is looked for again is still authenticated', () => {
  const policy = compile({ providers: [jwtProvider({ keys })] })
  const context = bearing(valid)
  expect(policy(context)).toBe('passed')
  expect(policy(context)).toBe('passed')
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
