import { describe, expect, test } from 'vitest'
import type { LimitCounting } from '../../../ir/policies/rate-limit.ts'
import type { CounterStore } from '../../../limits/counter-store.ts'
import { policyServices, requestContext, responseHead } from '../../testing/context.ts'
import {
  compile,
  header,
  literal,
  lookup,
  node,
  perHour,
  withHeaders,
} from '../testing/limit-fixture.ts'
import { counting, limited, modelCall, prompt, send, usage } from '../testing/model-fixture.ts'

const refused = {
  code: 'rate-limited',
  message: expect.stringContaining('VirtualService apps/shop'),
}

describe('input tokens', () => {
  const unit = 'requests-or-input-tokens'

  test('are counted before the call, of refused ones too', () => {
    const policy = limited(70, { unit, reserve: false })
    const first = send(policy, { prompt: prompt(44) })
    expect([first.result, first.call.rateLimitedTokens]).toEqual([undefined, 44])
    first.end(usage(1000, 1000))
    expect(send(policy, { prompt: prompt(27) }).result).toMatchObject(refused)
    expect(send(policy, { prompt: '' }).result).toMatchObject(refused)
  })

  test('are those of whom the limit counts by', () => {
    const policy = compile({
      tree: [node('user', undefined, { limit: perHour(10) })],
      lookups: [lookup(header('user'))],
      counting: counting({ unit, reserve: false }),
    })
    const of = (user: string) => withHeaders({ user })
    expect(send(policy, { input: prompt(9) }, { context: of('ann') }).result).toBeUndefined()
    expect(send(policy, { input: prompt(9) }, { context: of('ann') }).result).toMatchObject(refused)
    expect(send(policy, { input: prompt(9) }, { context: of('bob') }).result).toBeUndefined()
  })

  test('count where a model is called, and requests elsewhere', () => {
    const policy = limited(2, { unit, reserve: false })
    const elsewhere = requestContext()
    const results = [1, 2, 3].map(() => policy.onRequestHead?.(elsewhere))
    expect(results).toMatchObject([undefined, undefined, refused])
    const toModel = requestContext({ modelCall: modelCall() })
    expect(policy.onRequestHead?.(toModel)).toBeUndefined()
  })

  test('that are set aside are given back when they do not fit or nobody answers', () => {
    const policy = limited(10, { unit: 'input-tokens' })
    expect(send(policy, { prompt: prompt(11) }).result).toMatchObject(refused)
    const failed = send(policy, { prompt: prompt(10) })
    expect(failed.result).toBeUndefined()
    failed.end(undefined, 'none')
    const served = send(policy, { prompt: prompt(6) })
    served.end(usage(900, 900))
    expect(send(policy, { prompt: prompt(5) }).result).toMatchObject(refused)
    expect(send(policy, { prompt: prompt(4) }).result).toBeUndefined()
  })

  test('say nothing to a policy that only counts requests', () => {
    const policy = limited(1, { unit: 'requests', reserve: false })
    expect([policy.readsModelCall, policy.onModelRequest]).toEqual([undefined, undefined])
    const toModel = requestContext({ modelCall: modelCall() })
    expect([1, 2].map(() => policy.onRequestHead?.(toModel))).toMatchObject([undefined, refused])
  })
})

describe('what a call can use at most is set aside', () => {
  test('and settled to what it has used', () => {
    const policy = limited(100, {})
    const first = send(policy, { prompt: prompt(10), max_tokens: 50 })
    expect(first.result).toBeUndefined()
    expect(send(policy, { prompt: prompt(10), max_tokens: 31 }).result).toMatchObject(refused)
    first.end(usage(12, 18))
    expect(send(policy, { prompt: prompt(10), max_tokens: 61 }).result).toMatchObject(refused)
    expect(send(policy, { prompt: prompt(10), max_tokens: 60 }).result).toBeUndefined()
  })

  test.each([
    ['several answers', { max_tokens: 20, n: 3 }, 60],
    ['several prompts', { prompt: ['', ''], max_tokens: 20 }, 40],
    ['a prompt of tokens', { prompt: [1, 2], max_tokens: 20 }, 20],
    ['no limit of its own', {}, 50],
    ['no limit of its own and several answers', { n: 2 }, 100],
  ])('for %s', (_, json, tokens) => {
    expect(send(limited(tokens, { unit: 'output-tokens' }), json).result).toBeUndefined()
    expect(send(limited(tokens - 1, { unit: 'output-tokens' }), json).result).toMatchObject(refused)
  })

  test('and a call without a limit of its own gets one', () => {
    const json: Record<string, unknown> = { prompt: '' }
    send(limited(1000, { defaultOutputTokens: 77 }), json)
    expect(json['max_tokens']).toBe(77)
    const embedding: Record<string, unknown> = { input: prompt(3) }
    const policy = limited(3, {})
    const call = modelCall({ operation: 'embedding' })
    expect(send(policy, embedding, { call }).result).toBeUndefined()
    expect(embedding).not.toHaveProperty('max_tokens')
  })

  test.each([
    ['nothing of a call that no provider has taken', 'none', 0],
    ['all of one whose answer has not begun', 'asked', 100],
    ['all of an answer that breaks off', 'answering', 100],
    ['all of an answer that does not say what it used', 'answered', 100],
  ] as const)('and %s is kept', (_, progress, kept) => {
    const policy = limited(100, {})
    send(policy, { prompt: prompt(50), max_tokens: 50 }).end(undefined, progress)
    const results = [101 - kept, 1].map((tokens) => send(policy, { max_tokens: tokens }).result)
    expect(results).toMatchObject(kept === 0 ? [refused, undefined] : [refused, refused])
  })

  test.each(['asked', 'answering'] as const)(
    'and of a call that ends while it is %s no less is kept, and more where more was used',
    (progress) => {
      const policy = limited(100, {})
      send(policy, { max_tokens: 40 }).end(usage(5, 3), progress)
      expect(send(policy, { max_tokens: 61 }).result).toMatchObject(refused)
      send(policy, { max_tokens: 1 }).end(usage(50, 3), progress)
      expect(send(policy, { max_tokens: 8 }).result).toMatchObject(refused)
      expect(send(policy, { max_tokens: 7 }).result).toBeUndefined()
    },
  )

  test('and what has come of a stream that breaks off counts where that is asked for', () => {
    const policy = limited(100, { cutStreams: 'counted' })
    const stream = () => ({ call: modelCall({ streaming: true }) })
    send(policy, { max_tokens: 90 }, stream()).end(usage(5, 3), 'answering')
    expect(send(policy, { max_tokens: 93 }).result).toMatchObject(refused)
    send(policy, { max_tokens: 50 }).end(usage(5, 3), 'answering')
    send(policy, { max_tokens: 40 }, stream()).end(usage(5, 0), 'asked')
    expect(send(policy, { max_tokens: 3 }).result).toMatchObject(refused)
    expect(send(policy, { max_tokens: 2 }).result).toBeUndefined()
  })

  test('for what goes in never to less than was counted, where the provider says nothing', () => {
    const policy = limited(100, {})
    const estimated = { ...usage(1, 5), estimated: true }
    send(policy, { prompt: prompt(10), max_tokens: 50 }).end(estimated)
    expect(send(policy, { max_tokens: 86 }).result).toMatchObject(refused)
    expect(send(policy, { max_tokens: 85 }).result).toBeUndefined()
  })

  test('once, however often it ends', () => {
    const policy = limited(100, {})
    const call = send(policy, { max_tokens: 60 })
    call.end(usage(0, 40))
    call.end(usage(0, 1))
    expect(send(policy, { max_tokens: 61 }).result).toMatchObject(refused)
  })
})

describe('what is not set aside', () => {
  const loose = { unit: 'output-tokens', reserve: false } as const

  test('is counted when the call is over, and refuses calls once the limit is reached', () => {
    const policy = limited(100, loose)
    const json: Record<string, unknown> = { prompt: prompt(500) }
    const calls = [send(policy, json), send(policy, json)]
    expect(calls.map(({ result }) => result)).toEqual([undefined, undefined])
    expect(json).not.toHaveProperty('max_tokens')
    calls[0]?.end(usage(1, 99))
    const third = send(policy, {})
    expect(third.result).toBeUndefined()
    calls[1]?.end(usage(1, 1))
    expect(send(policy, {}).result).toMatchObject(refused)
  })

  test('is nothing where nobody has answered', () => {
    const policy = limited(1, loose)
    send(policy, {}).end(undefined, 'none')
    send(policy, {}).end(undefined, 'answered')
    expect(send(policy, {}).result).toBeUndefined()
  })
})

test.each(['total-tokens', 'cost'] as const)(
  'a report of more than any counter holds uses a limit of %s up, once and twice',
  (unit) => {
    const prices = [{ model: 'm', perMillionInputTokens: 2 ** 30, perMillionOutputTokens: 2 ** 30 }]
    const policy = limited(1_000_000, { unit, prices, reserve: false })
    const [first, second] = [send(policy, { prompt: '' }), send(policy, { prompt: '' })]
    for (const { end } of [first, second]) end(usage(2 ** 52, 2 ** 52))
    expect(send(policy, { prompt: '' }).result).toMatchObject(refused)
  },
)

describe('a store that answers later', () => {
  const withDelay = (store: CounterStore): CounterStore => ({
    add: async (...call) => store.add(...call),
    reserve: async (...call) => store.reserve(...call),
  })

  test('holds up the call until it has', async () => {
    const { counters } = policyServices()
    const policy = limited(100, {}, { services: { counters: withDelay(counters) } })
    const calls = [1, 2, 3].map(() => send(policy, { max_tokens: 50 }))
    const results = await Promise.all(calls.map(({ result }) => result))
    expect(results).toMatchObject([undefined, undefined, refused])
  })

  test('leaves nothing set aside for a client that has gone in between', async () => {
    const { counters } = policyServices()
    const policy = limited(100, {}, { services: { counters: withDelay(counters) } })
    const gone = send(policy, { max_tokens: 100 })
    gone.end(undefined, 'none')
    await gone.result
    expect(await send(policy, { max_tokens: 100 }).result).toBeUndefined()
  })
})

test('nothing is set aside for a client that has gone while its tokens were counted', async () => {
  const { tokenizer } = policyServices()
  const slow = { ...tokenizer, count: async () => await Promise.resolve(1) }
  const policy = limited(100, {}, { services: { tokenizer: slow } })
  const leaving = new AbortController()
  const call = modelCall()
  const context = requestContext({ modelCall: call, signal: leaving.signal })
  const gone = send(policy, { max_tokens: 99 }, { call, context })
  leaving.abort()
  gone.end(undefined, 'none')
  await gone.result
  expect(await send(policy, { max_tokens: 99 }).result).toBeUndefined()
})

describe('what cannot be counted', () => {
  const away: CounterStore = {
    add: (hits) => hits.map(() => undefined),
    reserve: () => ({ type: 'unavailable' }),
  }

  test.each([true, false])('goes on when the store is away, with reservations: %s', (reserve) => {
    const policy = limited(1, { reserve }, { services: { counters: away } })
    expect(send(policy, { max_tokens: 50 }).result).toBeUndefined()
  })

  test('is refused always where more calls run than there is room for', () => {
    const full: CounterStore = { ...away, reserve: () => ({ type: 'full' }) }
    expect(send(limited(1, {}, { services: { counters: full } }), {}).result).toMatchObject({
      ...{ code: 'rate-limit-unavailable', status: 503 },
    })
  })

  test.each([true, false])('is refused where the configuration says so: %s', (reserve) => {
    const options = { services: { counters: away }, denyOnFailure: true }
    expect(send(limited(1, { reserve }, options), {}).result).toMatchObject({
      ...{ code: 'rate-limit-unavailable', message: expect.stringContaining('VirtualService') },
    })
  })

  test('is refused always where its tokens are the reason', async () => {
    const tokenizer = { load: () => undefined, count: () => Promise.resolve(undefined) }
    const policy = limited(1, {}, { services: { tokenizer } })
    expect(await send(policy, {}).result).toMatchObject({
      ...{ code: 'rate-limit-unavailable', status: 503 },
    })
  })
})

test('limits of several kinds hold together: the one that does not fit refuses', () => {
  const rules = (unit: LimitCounting['unit'], requests: number, reserve: boolean) => ({
    ...{
      tree: [node('k', unit, { limit: perHour(requests) })],
      lookups: [lookup(literal('k', unit))],
    },
    counting: counting({ unit, reserve }),
  })
  const parts = {
    origin: { kind: 'VirtualService', namespace: 'apps', name: 'shop', fieldPath: '' },
  }
  const shared = { ...parts, counterScope: 'scope', sets: [] }
  const policy = compile(
    {},
    {
      rules: [
        { ...shared, ...rules('input-tokens', 100, false) },
        { ...shared, ...rules('output-tokens', 60, true) },
      ],
    },
  )
  expect(send(policy, { prompt: prompt(40), max_tokens: 50 }).result).toBeUndefined()
  expect(send(policy, { prompt: prompt(40), max_tokens: 11 }).result).toMatchObject({
    message: expect.stringContaining('60 output tokens'),
  })
  expect(send(policy, { prompt: prompt(40), max_tokens: 1 }).result).toMatchObject({
    message: expect.stringContaining('100 input tokens'),
  })
})

test('headers of the answer tell what is left beside what is set aside', () => {
  const policy = limited(100, {}, { responseHeaders: true })
  const { context } = send(policy, { prompt: prompt(10), max_tokens: 20 })
  const head = responseHead()
  policy.onResponseHead?.(context, head)
  expect([
    head.headers.get('x-ratelimit-limit'),
    head.headers.get('x-ratelimit-remaining'),
  ]).toEqual([...['100, 100;w=3600', '70']])
})
