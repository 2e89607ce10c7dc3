import { describe, expect, test } from 'vitest'
import type { AccessLog, AccessLogFilter, AccessLogFormat } from '../../../ir/access-log.ts'
import { HeaderList } from '../../../lib/http/header-list.ts'
import type { RequestContext } from '../../../policies/policy.ts'
import { compileAccessLog } from './compile-access-log.ts'
import type { LogEntry } from './log-entry.ts'

const origin = { kind: 'ListenerOption', namespace: 'default', name: 'logs', fieldPath: 'spec' }

const context = {
  method: 'POST',
  path: '/v1/chat',
  query: '?key=hidden&q=1',
  host: 'models.example.com',
  scheme: 'http',
  protocol: 'HTTP/1.1',
  requestId: 'r-1',
  clientAddress: '127.0.0.9',
  peerAddress: '127.0.0.9',
  peerPort: 4321,
  startTimeMs: Date.UTC(2026, 10, 20, 12, 0, 0, 7),
  headers: new HeaderList([
    ...['user-agent', 'curl "8"', 'authorization', 'Bearer hidden', 'x-api-key', 'hidden'],
    ...['referer', 'https://app.example.com/?token=hidden&page=1'],
    ...['sec-websocket-protocol', 'realtime, openai-insecure-api-key.hidden, v1'],
    ...['x-odd', 'a\nb\u001b[0m', 'x-many', '1', 'x-many', '2'],
  ]),
  metadata: new Map<string, unknown>([
    ['envoy.filters.http.jwt_authn', { principal: { sub: 'alice', llms: { openai: ['gpt'] } } }],
    ['ai.gloo.solo.io', { total_tokens: 14, streaming: false }],
  ]),
} as unknown as RequestContext

const entry: LogEntry = {
  context,
  responseHeaders: new HeaderList(['x-envoy-upstream-service-time', '12', 'set-cookie', 'hidden']),
  outcome: {
    ...{ durationMs: 12.4, upstreamHeadMs: 10, path: '/v1/chat?key=hidden&q=1' },
    ...{ routeName: 'route', virtualHost: 'host', backendName: 'default.openai' },
    ...{ upstreamHost: '10.0.0.1:443', attempts: 2, status: 429, requestBytes: 30 },
    ...{ responseBytes: 40, errorCode: undefined, responseFlags: 'RL' },
  },
}

function lineOf(
  format: AccessLogFormat,
  filter?: AccessLogFilter,
  { random = () => 0.5, of = entry }: { random?: () => number; of?: LogEntry } = {},
): string | undefined {
  const config: AccessLog = { origin, destination: 'stdout', format, filter }
  const log = compileAccessLog(config, random)
  return 'lineOf' in log ? log.lineOf(of) : `refused: ${log.message}`
}

const text = (template: string, of = entry) => lineOf({ type: 'text', template }, undefined, { of })
const json = (fields: Record<string, unknown>) => {
  const line = lineOf({ type: 'json', fields }) ?? ''
  return line.startsWith('refused') ? line : JSON.parse(line)
}

describe('a text format', () => {
  test('fills in operators and leaves a dash for what is missing', () => {
    expect(
      text(
        '%START_TIME(%Y-%m-%d)% "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %DURATION% %BYTES_RECEIVED%/%BYTES_SENT% %REQ(USER-AGENT):4% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% %UPSTREAM_HOST% %REQ(x-none)% 100%%',
      ),
    ).toBe(
      '2026-11-20 "POST /v1/chat?key=***&q=1 HTTP/1.1" 429 RL 12 30/40 curl 12 10.0.0.1:443 - 100%\n',
    )
  })

  test('reads claims and facts of model calls from the metadata', () => {
    expect(
      text(
        '%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:principal:sub)% %DYNAMIC_METADATA(["ai.gloo.solo.io", "total_tokens"])% %DYNAMIC_METADATA(envoy.filters.http.jwt_authn:principal:llms)% %DYNAMIC_METADATA(none:x)%\n',
      ),
    ).toBe('alice 14 {"openai":["gpt"]} -\n')
  })

  test('shows no credential', () => {
    const all =
      '%REQ(authorization)% %REQ(X-API-KEY)% %RESP(set-cookie)% %REQ(:path)% %REQ_WITHOUT_QUERY(:path)% %REQ(referer)% %REQ(sec-websocket-protocol)%'
    expect(text(all)).toBe(
      '*** *** *** /v1/chat?key=***&q=1 /v1/chat https://app.example.com/?token=***&page=1 realtime, openai-insecure-api-key.***, v1\n',
    )
    expect(text(all)).not.toContain('hidden')
  })

  test('keeps what a client sent on one line', () => {
    expect(text('%REQ(x-odd)%')).toBe('a\\nb\\x1b[0m\n')
    expect(text('%REQ(x-many)%')).toBe('1,2\n')
  })

  test('of a request without an answer is written too', () => {
    expect(text('%RESP(x)% %PROTOCOL%', { ...entry, responseHeaders: undefined })).toBe(
      '- HTTP/1.1\n',
    )
  })
})

describe('a JSON format', () => {
  test('keeps the type of an operator that stands alone', () => {
    expect(
      json({
        status: '%RESPONSE_CODE%',
        tokens: '%DYNAMIC_METADATA(ai.gloo.solo.io:total_tokens)%',
        streaming: '%DYNAMIC_METADATA(ai.gloo.solo.io:streaming)%',
        llms: '%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:principal:llms)%',
        missing: '%REQ(x-none)%',
        mixed: 'status %RESPONSE_CODE%, %REQ(x-none)%',
        nested: { agent: '%REQ(user-agent)%', list: ['%DURATION%', 'plain', 3] },
        fixed: 7,
        empty: '',
      }),
    ).toEqual({
      ...{ status: 429, tokens: 14, streaming: false, llms: { openai: ['gpt'] }, missing: null },
      ...{ mixed: 'status 429, -', nested: { agent: 'curl "8"', list: [12, 'plain', 3] } },
      ...{ fixed: 7, empty: '' },
    })
  })
})

test.each([
  ['%REQ%', 'the operator %REQ% needs a header name'],
  ['%UNHEARD_OF%', 'the operator %UNHEARD_OF% is not known; known are BYTES_RECEIVED'],
  ['%ENVIRONMENT(HOME)%', 'the operator %ENVIRONMENT(HOME)% is not known'],
  ['100 %', 'holds a "%" that begins no operator'],
  ['%DYNAMIC_METADATA()%', 'needs a namespace and keys'],
  ['%PROTOCOL(x)%', 'takes no argument'],
])('the format %s is refused', (template, reason) => {
  expect(text(template)).toContain(reason)
  expect(String(json({ a: template }))).toContain(reason)
})

describe('a filter', () => {
  const accepts = (filter: AccessLogFilter, random: () => number = () => 0.5) =>
    lineOf({ type: 'text', template: 'x' }, filter, { random }) === 'x\n'
  const header = (name: string, pattern: string | undefined, inverted = false) =>
    ({ type: 'header', condition: { name, pattern, inverted } }) as const
  const status = (operator: 'equal' | 'at-least' | 'at-most', value: number) =>
    ({ type: 'status', comparison: { operator, value } }) as const

  test('compares the status and the duration', () => {
    expect(accepts(status('equal', 429))).toBe(true)
    expect(accepts(status('at-least', 430))).toBe(false)
    expect(accepts(status('at-most', 429))).toBe(true)
    expect(accepts({ type: 'duration-ms', comparison: { operator: 'at-least', value: 13 } })).toBe(
      false,
    )
  })

  test('looks for flags and headers', () => {
    expect(accepts({ type: 'response-flags', flags: ['UF', 'RL'] })).toBe(true)
    expect(accepts({ type: 'response-flags', flags: ['UF'] })).toBe(false)
    expect(accepts({ type: 'response-flags', flags: [] })).toBe(true)
    expect(accepts(header('user-agent', 'curl.*'))).toBe(true)
    expect(accepts(header('user-agent', 'curl'))).toBe(false)
    expect(accepts(header('x-none', undefined))).toBe(false)
    expect(accepts(header('x-none', undefined, true))).toBe(true)
  })

  test('joins others, and draws a share', () => {
    const yes = status('equal', 429)
    const no = status('equal', 1)
    expect(accepts({ type: 'all', filters: [yes, no] })).toBe(false)
    expect(accepts({ type: 'any', filters: [yes, no] })).toBe(true)
    expect(accepts({ type: 'all', filters: [] })).toBe(true)
    expect(accepts({ type: 'sample', percentage: 50 }, () => 0.49)).toBe(true)
    expect(accepts({ type: 'sample', percentage: 50 }, () => 0.5)).toBe(false)
  })
})
