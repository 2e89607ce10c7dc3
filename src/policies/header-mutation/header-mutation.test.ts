import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type {
  HeaderAddition,
  HeaderChanges,
  HeaderMutation,
} from '../../ir/policies/header-mutation.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { CompiledPolicy, RequestContext } from '../policy.ts'
import {
  attempt,
  policyServices,
  requestContext,
  responseHead,
  testOrigin,
} from '../testing/context.ts'
import { headerMutation } from './index.ts'

const none: HeaderChanges = { remove: [], add: [] }
const secrets = new Map([
  ['apps/key token', 'Bearer 100%REQ(x)%'],
  ['apps/key broken', 'value\n'],
])
const services = policyServices({
  secretValue: ({ secretId, key }) => secrets.get(`${secretId} ${key}`),
})

const template = (name: string, text: string, append = true): HeaderAddition => ({
  name,
  value: { type: 'template', template: text },
  append,
})
const secret = (key: string, append = true): HeaderAddition => ({
  name: 'authorization',
  value: { type: 'secret', secret: { secretId: 'apps/key', key, version: '1' } },
  append,
})

function compile(changes: { request?: HeaderChanges; response?: HeaderChanges }) {
  const config: HeaderMutation = {
    type: 'header-mutation',
    id: 'm',
    origin: testOrigin,
    level: 'route',
    request: none,
    response: none,
    ...changes,
  }
  return headerMutation.compile(config, services)
}

function compiled(changes: Parameters<typeof compile>[0]): CompiledPolicy {
  const result = compile(changes)
  if ('code' in result) throw new Error(result.message)
  return result
}

function error(changes: Parameters<typeof compile>[0]): GatewayError {
  const result = compile(changes)
  if ('code' in result) return result
  throw new Error('compiled')
}

/** The headers of a try after `changes`. */
function onRequest(changes: HeaderChanges, flat: string[], context = requestContext()): string[] {
  const tried = attempt(flat)
  expect(compiled({ request: changes }).onAttempt?.(context, tried)).toBeUndefined()
  return tried.headers.flat
}

/** What a template becomes on a request. */
function rendered(text: string, context: RequestContext = requestContext()): string | undefined {
  return new HeaderList(onRequest({ remove: [], add: [template('x', text)] }, [], context)).get('x')
}

describe('changes', () => {
  test('remove every value first, then add', () => {
    const changes = { remove: ['a', 'b'], add: [template('a', 'new')] }
    expect(onRequest(changes, ['a', '1', 'c', '2', 'a', '3', 'b', '4'])).toEqual([
      ...['c', '2', 'a', 'new'],
    ])
  })

  test('append next to existing values or replace them', () => {
    const add = [template('a', '2'), template('b', '2', false), template('c', '2', false)]
    expect(onRequest({ remove: [], add }, ['a', '1', 'b', '1', 'b', '1'])).toEqual([
      ...['a', '1', 'b', '2', 'a', '2', 'c', '2'],
    ])
  })

  test('of answers touch answers only', () => {
    const policy = compiled({ response: { remove: ['server'], add: [template('x', '1')] } })
    expect(policy.onAttempt).toBeUndefined()
    const head = responseHead(['server', 'upstream'])
    policy.onResponseHead?.(requestContext(), head)
    expect(head.headers.flat).toEqual(['x', '1'])
  })

  test('that are empty take no part in anything', () => {
    expect(compiled({})).toEqual({ type: 'header-mutation' })
  })

  test('with an empty value add and replace nothing', () => {
    const add = [template('a', '', false), template('b', '%REQ(missing)%', false)]
    expect(onRequest({ remove: [], add }, ['a', '1', 'b', '1'])).toEqual(['a', '1', 'b', '1'])
  })
})

describe('a secret', () => {
  test('is taken literally', () => {
    const add = [secret('token')]
    expect(onRequest({ remove: [], add }, ['authorization', 'old'])).toEqual([
      ...['authorization', 'old', 'authorization', 'Bearer 100%REQ(x)%'],
    ])
  })

  test('is known to be held, like what a manifest gives a header of credentials in clear', () => {
    const add = [
      ...[secret('token'), template('x-api-key', 'in clear'), template('cookie', 'a=%REQ(x)%')],
      template('x-team', 'shop'),
    ]
    expect(compiled({ request: { remove: [], add } }).heldHeaderValues).toEqual([
      ...['Bearer 100%REQ(x)%', 'in clear'],
    ])
    expect(compiled({ response: { remove: [], add } }).heldHeaderValues).toBeUndefined()
  })

  test('that is missing is refused by name', () => {
    expect(error({ request: { remove: [], add: [secret('absent')] } })).toMatchObject({
      code: 'configuration-error',
      message: expect.stringMatching(/spec\.virtualHost\.options.*apps\/shop.*apps\/key.*"absent"/),
    })
  })

  test('with a line break is refused without showing it', () => {
    const { message } = error({ request: { remove: [], add: [secret('broken')] } })
    expect(message).toContain('line break')
    expect(message).not.toContain('value\n')
  })
})

describe('an operator', () => {
  const headers = new HeaderList(['x-long', 'abcdef', 'x-b', 'b'])

  test.each([
    ['plain', 'plain'],
    ['100%%', '100%'],
    ['%%REQ(x-b)%%', '%REQ(x-b)%'],
    ['%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%', '192.0.2.7'],
    ['%DOWNSTREAM_REMOTE_ADDRESS%', '192.0.2.7:4711'],
    ['%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%', '192.0.2.7:4711'],
    ['%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%', '192.0.2.7'],
    ['%PROTOCOL%', 'HTTP/1.1'],
    ['%HOSTNAME%', hostname()],
    ['%START_TIME%', '2026-11-20T09:05:07.042Z'],
    ['%START_TIME(%Y/%m/%d %H:%M:%S.%3f %s %%)%', '2026/11/20 09:05:07.042 1795165507 %'],
    [
      '%START_TIME(%a %A %b %B %e %I %p %j %y %u %6f %f)%',
      'Fri Friday Nov November 20 09 AM 324 26 5 042000 042000000',
    ],
    ['%START_TIME(%F %T %D %R %z %Z)%', '2026-11-20 09:05:07 11/20/26 09:05 +0000 UTC'],
    [
      '%REQ(:path)% %REQ(:method)% %REQ(:authority)% %REQ(:scheme)%',
      '/path?q=1 GET shop.example https',
    ],
    ['<%PROTOCOL%|%UPSTREAM_METADATA(["ns", "key"])%>', '<HTTP/1.1|>'],
    ['%DYNAMIC_METADATA(ns:user:name)%', 'ada'],
    ['%DYNAMIC_METADATA(["ns", "user"])%', '{"name":"ada"}'],
    ['x%DYNAMIC_METADATA(ns:none:name)%', 'x'],
    ['x%DYNAMIC_METADATA(ns:toString)%', 'x'],
  ])('%s is replaced', (text, expected) => {
    const metadata = new Map([['ns', { user: { name: 'ada' } }]])
    expect(rendered(text, requestContext({ headers, metadata }))).toBe(expected)
  })

  test.each([
    ['%REQ(X-LONG):3%', 'abc'],
    ['%REQ(x-a?x-b)%', 'b'],
    ['%REQ(x-b?x-long)%', 'b'],
    ['[%REQ(x-a?x-c)%]', '[]'],
  ])('%s reads the headers of the try', (text, expected) => {
    const add = [template('x', text)]
    const flat = onRequest({ remove: [], add }, [...headers.flat])
    expect(new HeaderList(flat).get('x')).toBe(expected)
  })

  test('of answers reads the answer', () => {
    const add = [template('x', '%RESPONSE_CODE% %RESP(a)% %REQ(x-b)%')]
    const head = responseHead(['a', '1'], 404)
    const policy = compiled({ response: { remove: [], add } })
    policy.onResponseHead?.(requestContext({ headers }), head)
    expect(head.headers.get('x')).toBe('404 1 b')
  })

  test('writes addresses of IPv6 and of clients behind proxies as Envoy does', () => {
    const context = requestContext({ clientAddress: '2001:db8::1', peerAddress: '::1' })
    expect(rendered('%DOWNSTREAM_REMOTE_ADDRESS%', context)).toBe('[2001:db8::1]:0')
    expect(rendered('%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%', context)).toBe('[::1]:4711')
  })

  test('leaves the header out when its value cannot stand in one', () => {
    const metadata = new Map([['ns', { key: 'a\r\nx-injected: 1' }]])
    expect(rendered('%DYNAMIC_METADATA(ns:key)%', requestContext({ metadata }))).toBeUndefined()
  })

  test.each([
    ['%UNKNOWN%', '%UNKNOWN%'],
    ['%constructor%', '%'],
    ['%TO_STRING()%', '%TO_STRING()%'],
    ['100%', '%%'],
    ['%PROTOCOL', '%%'],
    ['%PROTOCOL(x)%', 'takes no argument'],
    ['%REQ()%', 'needs a header name'],
    ['%REQ(a?b?c)%', 'one alternative'],
    ['%RESPONSE_CODE%', 'answers only'],
    ['%RESP(x)%', 'answers only'],
    ['%START_TIME(%Q)%', '%Q'],
    ['%DYNAMIC_METADATA([1])%', 'namespace'],
    ['%DYNAMIC_METADATA%', 'namespace'],
  ])('%s is refused', (text, reason) => {
    const { message } = error({ request: { remove: [], add: [template('x', text)] } })
    expect(message).toContain(reason)
    expect(message).toContain('"x"')
  })
})

test.each(['a\r\nb', 'a\0', 'a\u0100'])('the value %j is refused', (text) => {
  const { message } = error({ request: { remove: [], add: [template('x', text)] } })
  expect(message).toContain('line break or a character')
})

test.each(['', 'a b', 'a:b', 'a\n'])('the name %j is refused', (name) => {
  const message = `"${name}" is not a header name`
  expect(error({ request: { remove: [], add: [template(name, '1')] } }).message).toContain(message)
  expect(error({ response: { remove: [name], add: [] } }).message).toContain(message)
})

test.each(['content-length', 'transfer-encoding', 'connection', 'upgrade'])(
  'the header %s, which ends messages or connections, is not set',
  (name) => {
    const changes = { remove: [], add: [template(name, '5')] }
    const message = `header "${name}" belongs to the connection and is set by the gateway alone`
    expect(error({ request: changes }).message).toContain(message)
    expect(error({ response: changes }).message).toContain(message)
  },
)
