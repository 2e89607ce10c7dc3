import { describe, expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { GuardModeration, GuardWebhook } from '../../ir/policies/prompt-guard.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import { guardRecordOf } from '../guard-record.ts'
import { noteKeptTokens } from '../kept-tokens.ts'
import type { CompiledPolicy } from '../policy.ts'
import { requestContext } from '../testing/context.ts'
import {
  compileGuard,
  modelCall,
  patternsOf,
  serviceAnswering,
  tryToCompile,
} from './testing/guard.ts'
import { requestOf, type Slot, slot } from './testing/texts.ts'

function ask(guard: CompiledPolicy, texts: Slot[], headers: string[] = []) {
  const context = requestContext({ headers: new HeaderList(headers) })
  const request = requestOf(...texts)
  return { result: guard.onModelRequest?.(context, modelCall, request), context }
}

const notHere = { code: 'prompt-rejected', status: 403, message: 'Not here' }

describe('a guard with patterns', () => {
  test('refuses a request in which one is found, with the operator’s words', () => {
    const patterns = patternsOf(['credit card', '^stop$'], { action: 'reject' })
    const guard = compileGuard({ request: { patterns } })
    expect(guard.readsModelCall).toBe('required')
    expect(ask(guard, [slot('hello'), slot('My Credit CARD', 'x')]).result).toMatchObject(notHere)
    expect(ask(guard, [slot('My cred'), slot('it card')]).result).toMatchObject(notHere)
    expect(ask(guard, [slot('go\nSTOP\non')]).result).toMatchObject(notHere)
    expect(ask(guard, [slot('nothing stops')]).result).toBe(undefined)
  })

  test('masks what it finds and lets the request go on', () => {
    const patterns = patternsOf(['tiger \\d+'], { detectors: ['email'] })
    const texts = [
      slot('a tiger 12', '0'),
      slot('plain', '1'),
      slot('to j@exam', '2', 'system'),
      slot('ple.com, bye', '2', 'system'),
    ]
    const { result, context } = ask(compileGuard({ request: { patterns } }), texts)
    expect(result).toBe(undefined)
    expect(texts.map(({ text }) => text)).toEqual([
      ...['a <CUSTOM>', 'plain', 'to ', '<EMAIL_ADDRESS>, bye'],
    ])
    expect(guardRecordOf(context)).toEqual({ masked: 2, overflows: 0 })
  })

  test('leaves a request alone in which it finds nothing', () => {
    const guard = compileGuard({ request: { patterns: patternsOf(['tiger']) } })
    const untouched = { ...slot('a lion'), replace: () => expect.unreachable() }
    const { context } = ask(guard, [untouched, slot('tig'), slot('re')])
    expect(guardRecordOf(context)).toBe(undefined)
  })

  test('does not compile with an expression that is none, and names it for the log alone', () => {
    const error = tryToCompile({ request: { patterns: patternsOf(['(?=x)']) } })
    expect(error).toMatchObject({
      code: 'configuration-error',
      message:
        'The prompt guard of VirtualService apps/shop has a regular expression that cannot be used.',
      cause: expect.stringContaining('"(?=x)" is not valid RE2'),
    })
  })
})

const webhook: GuardWebhook = {
  ...{ backendId: 'hook', authority: 'hook.example:8000', timeoutMs: 1000 },
  forwardHeaders: [],
}

describe('a guard with a webhook', () => {
  const texts = () => [slot('be brief', 'a', 'system'), slot('hello', 'b', 'user')]

  test('sends it every text, and the headers that are chosen', async () => {
    const service = serviceAnswering(() => ({ action: { reason: 'fine' } }))
    const forwardHeaders = [
      { key: 'X-Team', match: 'exact' },
      { key: 'x-pre-', match: 'prefix' },
      { key: '-suf', match: 'suffix' },
      { key: 'mid', match: 'contains' },
      { key: 'x-[0-9]+', match: 'regex' },
      { key: '', match: 'prefix' },
    ] as const
    const headers = [
      ...['x-team', 'dev', 'x-teams', 'no', 'x-pre-1', 'a', 'x-suf', 'b', 'x-mid-y', 'c'],
      ...['x-12', 'd', 'x-12b', 'no', 'traceparent', '00-1-2-01', 'authorization', 'Bearer t'],
      ...['host', 'shop.example', 'content-length', '300', 'accept-encoding', 'gzip'],
    ]
    const hook = { ...webhook, forwardHeaders: forwardHeaders.slice(0, 5) }
    const guard = compileGuard({ request: { webhook: hook }, services: service })
    expect(await ask(guard, texts(), headers).result).toBe(undefined)
    expect(service.calls).toMatchObject([
      {
        call: { method: 'POST', path: '/request', timeoutMs: 1000 },
        body: {
          body: {
            messages: [
              { role: 'system', content: 'be brief' },
              { role: 'user', content: 'hello' },
            ],
          },
        },
      },
    ])
    expect(service.calls[0]?.call.headers.flat).toEqual([
      ...['x-team', 'dev', 'x-pre-1', 'a', 'x-suf', 'b', 'x-mid-y', 'c', 'x-12', 'd'],
      ...['traceparent', '00-1-2-01', 'host', 'hook.example:8000'],
      ...['content-type', 'application/json', 'accept', 'application/json'],
      ...['accept-encoding', 'identity', 'content-length', expect.any(String)],
    ])
  })

  test('takes the texts that it masks, whatever roles it names', async () => {
    const messages = [{ role: 'user', content: 'be brief' }, { content: 'h****' }]
    const service = serviceAnswering(() => ({ action: { body: { messages }, reason: 'x' } }))
    const guard = compileGuard({ request: { webhook }, services: service })
    const asked = texts()
    expect(await ask(guard, asked).result).toBe(undefined)
    expect(asked.map(({ text }) => text)).toEqual(['be brief', 'h****'])
  })

  test.each([
    [
      { body: 'no!', status_code: 422 },
      { status: 422, message: 'no!' },
    ],
    [
      { body: '', status_code: 429 },
      { status: 429, message: 'Rejected by guardrails webhook' },
    ],
    [{ body: 'no!' }, { status: 403, message: 'no!' }],
  ])('refuses as it says: %j', async (action, expected) => {
    const service = serviceAnswering(() => ({ action }))
    const guard = compileGuard({ request: { webhook }, services: service })
    expect(await ask(guard, texts()).result).toMatchObject({ code: 'prompt-rejected', ...expected })
  })

  test.each<[name: string, answer: unknown]>([
    ['no JSON', 'nonsense'],
    ['null', null],
    ['a list', []],
    ['no action', {}],
    ['an action that is a text', { action: 'pass' }],
    ['a status without body', { action: { status_code: 422 } }],
    ['a status that is none', { action: { body: 'no', status_code: 99 } }],
    ['fewer messages', { action: { body: { messages: [{ role: 'user', content: 'x' }] } } }],
    ['messages that are no texts', { action: { body: { messages: [{ content: 1 }, {}] } } }],
    ['choices', { action: { body: { choices: [{}, {}] } } }],
    ['nothing in time', gatewayError('upstream-timeout', 'no answer')],
  ])('refuses in the operator’s words when it answers %s', async (_, answer) => {
    const service = serviceAnswering(() => answer)
    const guard = compileGuard({ request: { webhook }, services: service })
    const asked = texts()
    const result = await ask(guard, asked).result
    expect(result).toMatchObject({ code: 'guard-unavailable', status: 403, message: 'Not here' })
    expect(asked.map(({ text }) => text)).toEqual(['be brief', 'hello'])
  })

  test('lets patterns see what it leaves', async () => {
    const messages = [{ content: 'be brief' }, { content: 'tiger' }]
    const service = serviceAnswering(() => ({ action: { body: { messages } } }))
    const patterns = patternsOf(['tiger'], { action: 'reject' })
    const guard = compileGuard({ request: { webhook, patterns }, services: service })
    expect(await ask(guard, texts()).result).toMatchObject(notHere)
  })
})

describe('a guard with moderation', () => {
  const token = { secretId: 's', key: 'Authorization', version: '1' }
  const moderation: GuardModeration = {
    ...{ backendId: 'openai', authority: 'api.openai.com', path: '/v1/moderations' },
    ...{ model: 'omni-moderation-latest', token: undefined, timeoutMs: 1000 },
  }
  const texts = () => [slot('be brief', 'a', 'system'), slot('hello', 'b')]

  test.each([
    [false, undefined],
    [true, notHere],
  ])('asks for all texts together; flagged: %s', async (flagged, expected) => {
    const service = serviceAnswering(() => ({ results: [{ flagged: false }, { flagged }] }))
    const guard = compileGuard({ request: { moderation }, services: service })
    const result = await ask(guard, texts(), ['authorization', 'Bearer mine']).result
    if (expected === undefined) expect(result).toBe(undefined)
    else expect(result).toMatchObject(expected)
    expect(service.calls).toMatchObject([
      {
        call: { path: '/v1/moderations' },
        body: {
          model: 'omni-moderation-latest',
          input: 'role: system:\nbe brief\nrole: user:\nhello',
        },
      },
    ])
    expect(service.calls[0]?.call.headers.get('authorization')).toBe('Bearer mine')
  })

  test.each(['held', 'Bearer held'])('presents the token that is held: %s', async (value) => {
    const service = serviceAnswering(() => ({ results: [{ flagged: false }] }))
    const guard = compileGuard({
      request: { moderation: { ...moderation, token } },
      services: { ...service, secretValue: () => value },
    })
    await ask(guard, texts(), ['authorization', 'Bearer mine']).result
    expect(service.calls[0]?.call.headers.get('authorization')).toBe('Bearer held')
  })

  test.each<[name: string, answer: unknown]>([
    ['no results', { results: [] }],
    ['an error', { error: { message: 'no' } }],
    ['no flag', { results: [{}] }],
    ['null', null],
    ['nothing', gatewayError('upstream-connect-failure', 'gone')],
  ])('refuses when the endpoint answers %s', async (_, answer) => {
    const service = serviceAnswering(() => answer)
    const guard = compileGuard({ request: { moderation }, services: service })
    const result = await ask(guard, texts(), ['authorization', 'Bearer mine']).result
    expect(result).toMatchObject({ code: 'guard-unavailable', status: 403 })
  })

  test('is not shown a token that a policy keeps for others', async () => {
    const service = serviceAnswering(() => ({ results: [{ flagged: false }] }))
    const guard = compileGuard({ request: { moderation }, services: service })
    const headers = new HeaderList(['authorization', 'Bearer of-the-gateway'])
    const context = requestContext({ headers })
    noteKeptTokens(context, (bearer) => bearer.headers.remove('authorization'))
    const request = requestOf(...texts())
    expect(await guard.onModelRequest?.(context, modelCall, request)).toMatchObject({
      code: 'guard-unavailable',
    })
    expect(service.calls).toEqual([])
    expect(headers.has('authorization')).toBe(true)
  })

  test('refuses when there is no token, and asks nobody', async () => {
    const service = serviceAnswering(() => ({ results: [{ flagged: false }] }))
    const guard = compileGuard({
      request: { moderation: { ...moderation, token } },
      services: service,
    })
    const result = await ask(guard, texts(), ['authorization', 'Bearer mine']).result
    expect(result).toMatchObject({ code: 'guard-unavailable', status: 403 })
    expect(service.calls).toEqual([])
  })
})

describe('a long request', () => {
  const long = `${'a lion. '.repeat(20_000)}j@example.com`

  test('is searched with breaks for others, with the same result', async () => {
    const patterns = patternsOf(['tiger'], { detectors: ['email'] })
    const text = slot(long)
    const masked = ask(compileGuard({ request: { patterns } }), [text]).result
    expect(masked).toBeInstanceOf(Promise)
    expect(await masked).toBe(undefined)
    expect(text.text).toBe(long.replace('j@example.com', '<EMAIL_ADDRESS>'))
    const rejecting = compileGuard({ request: { patterns: { ...patterns, action: 'reject' } } })
    expect(await ask(rejecting, [slot(long)]).result).toMatchObject(notHere)
    expect(await ask(rejecting, [slot('a lion. '.repeat(20_000))]).result).toBe(undefined)
  })
})
