import { describe, expect, test } from 'vitest'
import type { LimitCounting } from '../../../ir/policies/rate-limit.ts'
import { limited, modelCall, prompt, send } from '../testing/model-fixture.ts'

const limitedTo = (parts: Partial<LimitCounting>, requests = 1_000_000) =>
  limited(requests, {
    prices: [{ model: '*', perMillionInputTokens: 1, perMillionOutputTokens: 1 }],
    ...parts,
  })

const unreadable = { code: 'unreadable-body', status: 403 }
const stored = { input: 'go on', previous_response_id: 'resp_1' }
const picture = {
  messages: [{ content: [{ type: 'image_url', image_url: { url: 'https://a' } }] }],
}

describe('what cannot be counted before the call', () => {
  test.each([
    ['input-tokens', false],
    ['input-tokens', true],
    ['total-tokens', true],
    ['cost', true],
  ] as const)('is refused by a limit of %s (set aside: %s)', (unit, reserve) => {
    const policy = limitedTo({ unit, reserve })
    expect(send(policy, { ...stored }).result).toMatchObject(unreadable)
    expect(send(policy, { ...picture }).result).toMatchObject(unreadable)
  })

  test.each([
    ['requests-or-input-tokens', false],
    ['output-tokens', true],
    ['total-tokens', false],
    ['cost', false],
  ] as const)('does not concern a limit of %s (set aside: %s)', (unit, reserve) => {
    const policy = limitedTo({ unit, reserve })
    expect(send(policy, { ...stored }).result).toBeUndefined()
    expect(send(policy, { ...picture }).result).toBeUndefined()
  })

  test('is a picture only where nobody has said what it counts', () => {
    const policy = (budget: number) =>
      limitedTo({ unit: 'input-tokens', attachmentTokens: 1000 }, budget)
    const tokens = 'content type image_url image_url'.split(' ').length + 3 + 3
    expect(send(policy(1000 + tokens - 1), { ...picture }).result).toMatchObject({
      code: 'rate-limited',
    })
    expect(send(policy(1000 + tokens), { ...picture }).result).toBeUndefined()
  })
})

describe('an answer that no number of tokens limits', () => {
  const unlimited = { unlimited: 'no limit of tokens holds for pictures' }

  test.each(['output-tokens', 'total-tokens', 'cost'] as const)(
    'is refused by a limit of %s',
    (unit) => {
      for (const reserve of [true, false]) {
        expect(send(limitedTo({ unit, reserve }), { ...unlimited }).result).toMatchObject({
          ...unreadable,
          message: expect.stringContaining('VirtualService apps/shop: no limit of tokens holds'),
        })
      }
    },
  )

  test('does not concern limits on what goes in', () => {
    expect(send(limitedTo({ unit: 'input-tokens' }), { ...unlimited }).result).toBeUndefined()
  })
})

describe('what is set aside for the answer', () => {
  const unit = 'output-tokens'

  test('is one token where the client asks for none, which some servers take for no limit', () => {
    const json: Record<string, unknown> = { max_tokens: 0 }
    expect(send(limitedTo({ unit }, 1), json).result).toBeUndefined()
    expect(json['max_tokens']).toBe(1)
  })

  test.each([
    [{ max_tokens: 900 }, 20],
    [{ max_tokens: 7 }, 7],
    [{}, 20],
  ])('is no more than an answer may have at most: %j', (asked, told) => {
    const json: Record<string, unknown> = { ...asked, n: 2 }
    const most = { unit, mostOutputTokens: 20 } as const
    expect(send(limitedTo(most, 2 * told - 1), { ...json }).result).toMatchObject({
      code: 'rate-limited',
    })
    expect(send(limitedTo(most, 2 * told), json).result).toBeUndefined()
    expect(json['max_tokens']).toBe(told)
  })

  test('has the tokens of a prediction in it', () => {
    const json = { prediction: { content: prompt(7) }, max_tokens: 10 }
    expect(send(limitedTo({ unit }, 10 + 8), { ...json }).result).toBeUndefined()
    expect(send(limitedTo({ unit }, 10 + 8 - 1), { ...json }).result).toMatchObject({
      code: 'rate-limited',
    })
  })

  test('leaves room for providers that cut what goes in finer, where that is said', () => {
    const json = () => ({ prompt: prompt(10), max_tokens: 10 })
    const most = { unit: 'total-tokens', inputFactor: 1.25 } as const
    expect(send(limitedTo(most, 23), json()).result).toBeUndefined()
    expect(send(limitedTo(most, 22), json()).result).toMatchObject({ code: 'rate-limited' })
    const input = { unit: 'input-tokens', inputFactor: 1.25 } as const
    expect(send(limitedTo(input, 10), json()).result).toBeUndefined()
  })

  test('is told to each provider under the name that it knows', () => {
    const call = modelCall()
    send(limitedTo({ unit }), { max_tokens: 5 }, { call })
    expect(call.outputIsLimited).toBe(true)
    const free = modelCall()
    send(limitedTo({ unit, reserve: false }), { max_tokens: 5 }, { call: free })
    expect(free.outputIsLimited).toBe(false)
  })
})

describe('a try that may be billed although it brought no answer', () => {
  const policy = () => limitedTo({ unit: 'output-tokens' }, 100)

  test('keeps what was set aside, and the next try sets it aside once more', async () => {
    const limits = policy()
    const first = send(limits, { max_tokens: 40 })
    expect(await limits.onModelRetry?.(first.context, first.call)).toBeUndefined()
    expect(send(limits, { max_tokens: 21 }).result).toMatchObject({ code: 'rate-limited' })
    first.end({ ...used, outputTokens: 5 })
    expect(send(limits, { max_tokens: 56 }).result).toMatchObject({ code: 'rate-limited' })
    expect(send(limits, { max_tokens: 55 }).result).toBeUndefined()
  })

  test('is the last where too little is left', async () => {
    const limits = policy()
    const first = send(limits, { max_tokens: 60 })
    expect(await limits.onModelRetry?.(first.context, first.call)).toMatchObject({
      code: 'rate-limited',
    })
    first.end(undefined, 'asked')
    expect(send(limits, { max_tokens: 41 }).result).toMatchObject({ code: 'rate-limited' })
    expect(send(limits, { max_tokens: 40 }).result).toBeUndefined()
  })

  test('leaves nothing more set aside for a client that has gone meanwhile', async () => {
    const limits = policy()
    const first = send(limits, { max_tokens: 40 })
    first.end(undefined, 'asked')
    expect(await limits.onModelRetry?.(first.context, first.call)).toBeUndefined()
    expect(send(limits, { max_tokens: 60 }).result).toBeUndefined()
  })
})

const used = {
  ...{ inputTokens: 0, outputTokens: 0, totalTokens: 0, cachedInputTokens: 0 },
  ...{ reasoningTokens: 0, estimated: false },
}
