import { describe, expect, test } from 'vitest'
import type { Cors } from '../../ir/policies/cors.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { CompiledPolicy } from '../policy.ts'
import { policyServices, requestContext, responseHead, testOrigin } from '../testing/context.ts'
import { cors } from './index.ts'

const bare: Cors = {
  type: 'cors',
  id: 'c',
  origin: testOrigin,
  allowOrigins: ['https://app.example'],
  allowOriginPatterns: ['https://[a-z]+\\.test\\.example'],
  allowMethods: [],
  allowHeaders: [],
  exposeHeaders: [],
  maxAgeSeconds: undefined,
  allowCredentials: false,
  forwardsRefusedPreflights: true,
}
const full: Cors = {
  ...bare,
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['authorization', 'content-type'],
  exposeHeaders: ['x-request-id'],
  maxAgeSeconds: 600,
  allowCredentials: true,
}

function compile(config: Cors): CompiledPolicy {
  const compiled = cors.compile(config, policyServices())
  if ('code' in compiled) throw new Error(compiled.message)
  return compiled
}

function request(method: string, origin: string | undefined, ...flat: string[]) {
  const headers = new HeaderList([...(origin === undefined ? [] : ['origin', origin]), ...flat])
  return requestContext({ method, headers })
}

const preflight = (origin: string) =>
  request('OPTIONS', origin, 'access-control-request-method', 'POST')

describe('a preflight', () => {
  test('of an allowed origin is answered with everything that is configured', () => {
    expect(compile(full).onRequestHead?.(preflight('https://app.example'))).toEqual({
      type: 'local-response',
      status: 200,
      body: '',
      headers: new HeaderList([
        ...['access-control-allow-origin', 'https://app.example'],
        ...['access-control-allow-credentials', 'true'],
        ...['access-control-expose-headers', 'x-request-id'],
        ...['access-control-allow-methods', 'GET,POST'],
        ...['access-control-allow-headers', 'authorization,content-type'],
        ...['access-control-max-age', '600'],
      ]),
    })
  })

  test('says nothing of what is not configured', () => {
    expect(compile(bare).onRequestHead?.(preflight('https://app.example'))).toMatchObject({
      headers: { flat: ['access-control-allow-origin', 'https://app.example'] },
    })
  })

  test.each([
    ['another origin', preflight('https://evil.example')],
    ['an origin of another case', preflight('https://APP.example')],
    ['no origin', request('OPTIONS', undefined, 'access-control-request-method', 'POST')],
    ['no requested method', request('OPTIONS', 'https://app.example')],
    [
      'another method',
      request('POST', 'https://app.example', 'access-control-request-method', 'X'),
    ],
  ])('with %s goes on to the upstream', (_, context) => {
    expect(compile(full).onRequestHead?.(context)).toBeUndefined()
  })
})

describe('a preflight that the upstream is not asked for', () => {
  const own = { ...full, forwardsRefusedPreflights: false }

  test('is answered without a header where its origin is not allowed', () => {
    expect(compile(own).onRequestHead?.(preflight('https://evil.example'))).toEqual({
      ...{ type: 'local-response', status: 200, body: '' },
      headers: new HeaderList([]),
    })
  })

  test.each([
    ['no origin', request('OPTIONS', undefined, 'access-control-request-method', 'POST')],
    ['no requested method', request('OPTIONS', 'https://evil.example')],
  ])('needs an origin and a method: with %s a request goes on', (_, context) => {
    expect(compile(own).onRequestHead?.(context)).toBeUndefined()
  })
})

describe('an answer', () => {
  test('to an allowed origin is decorated in place of what the upstream said', () => {
    const head = responseHead(['access-control-allow-origin', '*', 'x-a', '1'])
    compile(full).onResponseHead?.(request('GET', 'https://app.example'), head)
    expect(head.headers.flat).toEqual([
      ...['access-control-allow-origin', 'https://app.example', 'x-a', '1'],
      ...['access-control-allow-credentials', 'true'],
      ...['access-control-expose-headers', 'x-request-id'],
    ])
  })

  test.each(['https://evil.example', undefined])('to the origin %s stays as it is', (origin) => {
    const head = responseHead(['access-control-allow-origin', '*'])
    compile(full).onResponseHead?.(request('GET', origin), head)
    expect(head.headers.flat).toEqual(['access-control-allow-origin', '*'])
  })
})

describe('an origin', () => {
  test.each([
    ['https://a.test.example', true],
    ['https://a.test.example.evil.example', false],
    ['https://atest.example', false],
    ['http://a.test.example', false],
  ])('is compared as a whole with patterns: %s', (origin, isAllowed) => {
    const answer = compile(bare).onRequestHead?.(preflight(origin))
    expect(answer !== undefined).toBe(isAllowed)
  })

  test('of any kind is allowed by a star and named in the answer', () => {
    const answer = compile({ ...bare, allowOrigins: ['*'] }).onRequestHead?.(preflight('null'))
    expect(answer).toMatchObject({ headers: { flat: ['access-control-allow-origin', 'null'] } })
  })
})

test('a star with credentials repeats what the browser asks for', () => {
  const stars = { ...bare, allowMethods: ['*'], allowHeaders: ['*'] }
  const asking = request('OPTIONS', 'https://app.example', ...askingFor)
  const answerOf = (allowCredentials: boolean) =>
    compile({ ...stars, allowCredentials }).onRequestHead?.(asking)
  expect(answerOf(false)).toMatchObject({
    headers: { flat: expect.arrayContaining(['access-control-allow-methods', '*']) },
  })
  expect(answerOf(true)).toMatchObject({
    headers: {
      flat: expect.arrayContaining([
        ...['access-control-allow-methods', 'PUT'],
        ...['access-control-allow-headers', 'x-a'],
      ]),
    },
  })
})

const askingFor = [
  ...['access-control-request-method', 'PUT'],
  ...['access-control-request-headers', 'x-a'],
]

test('a pattern that is not RE2 is refused by name', () => {
  expect(cors.compile({ ...bare, allowOriginPatterns: ['(?=x)'] }, policyServices())).toMatchObject(
    {
      type: 'gateway-error',
      code: 'configuration-error',
      message: expect.stringContaining('(?=x)'),
    },
  )
})
