import { describe, expect, test } from 'vitest'
import { policyServices } from '../../testing/context.ts'
import { limited, modelCall, prompt, send, usage } from '../testing/model-fixture.ts'

const refused = {
  code: 'rate-limited',
  message: expect.stringContaining('VirtualService apps/shop'),
}

describe('cost', () => {
  const prices = [
    { model: 'mini', perMillionInputTokens: 0.15, perMillionOutputTokens: 0.6 },
    { model: 'large*', perMillionInputTokens: 10_000, perMillionOutputTokens: 40_000 },
  ]
  const cost = { unit: 'cost', prices } as const
  const dear = { model: 'min*', perMillionInputTokens: 10_000, perMillionOutputTokens: 40_000 }

  test('is counted in hundredths, by the price of the model', () => {
    const large = { call: modelCall({ model: 'large-2026' }) }
    // 10 tokens in cost 10 hundredths, 10 tokens out 40.
    const json = { prompt: prompt(10), max_tokens: 10 }
    expect(send(limited(50, cost), json, large).result).toBeUndefined()
    expect(send(limited(49, cost), json, large).result).toMatchObject(refused)
  })

  test('begins anew where a limit has counted tokens before', () => {
    const { counters } = policyServices()
    const tokens = limited(100, { unit: 'total-tokens' }, { services: { counters } })
    const first = send(tokens, { max_tokens: 100 })
    const money = limited(100, cost, { services: { counters } })
    const large = () => ({ call: modelCall({ model: 'large' }) })
    send(money, { max_tokens: 20 }, large()).end(usage(0, 20))
    expect(send(money, { max_tokens: 6 }, large()).result).toMatchObject(refused)
    first.end(usage(0, 40))
    expect(send(tokens, { max_tokens: 60 }).result).toBeUndefined()
  })

  test('of tokens that are worth less than a hundredth adds up', () => {
    const policy = limited(1, cost)
    const run = () => {
      const call = send(policy, { max_tokens: 1 }, { call: modelCall({ model: 'mini' }) })
      call.end(usage(0, 8000))
      return call.result
    }
    expect([run(), run(), run(), run()]).toMatchObject([undefined, undefined, undefined, refused])
  })

  test('is settled by the price of another model that the provider names, if it is dearer', () => {
    const policy = limited(100, cost)
    const first = send(policy, { max_tokens: 1 }, { call: modelCall({ model: 'mini' }) })
    first.call.providerModel = 'large-1'
    first.end(usage(0, 20))
    const second = send(policy, { max_tokens: 1 }, { call: modelCall({ model: 'mini' }) })
    second.call.providerModel = 'mini-2026-01-01'
    second.end(usage(0, 20))
    const large = modelCall({ model: 'large' })
    expect(send(policy, { max_tokens: 5 }, { call: large }).result).toMatchObject(refused)
    expect(send(policy, { max_tokens: 4 }, { call: large }).result).toBeUndefined()
  })

  test('counts what a provider reports beside input and output as output', () => {
    const policy = limited(100, cost)
    const first = send(policy, { max_tokens: 20 }, { call: modelCall({ model: 'large' }) })
    first.end({ ...usage(0, 5), totalTokens: 20 })
    const large = modelCall({ model: 'large' })
    expect(send(policy, { max_tokens: 6 }, { call: large }).result).toMatchObject(refused)
    expect(send(policy, { max_tokens: 5 }, { call: large }).result).toBeUndefined()
  })

  test('is not less for a cheaper name in the answer, which a client may have put there', () => {
    const policy = limited(100, cost)
    const first = send(policy, { max_tokens: 20 }, { call: modelCall({ model: 'large' }) })
    first.call.providerModel = 'mini'
    first.end(usage(0, 20))
    const large = modelCall({ model: 'large' })
    expect(send(policy, { max_tokens: 6 }, { call: large }).result).toMatchObject(refused)
    expect(send(policy, { max_tokens: 5 }, { call: large }).result).toBeUndefined()
  })

  test('of a version of the model that was asked for is that of the model', () => {
    const policy = limited(100, { ...cost, prices: [...prices, dear] })
    const first = send(policy, { max_tokens: 1 }, { call: modelCall({ model: 'mini' }) })
    first.call.providerModel = 'mini-2026-01-01'
    first.end(usage(0, 20))
    const large = modelCall({ model: 'large' })
    expect(send(policy, { max_tokens: 24 }, { call: large }).result).toBeUndefined()
  })

  const candidates = (...models: (string | undefined)[]) =>
    modelCall({ model: 'mini', candidateModels: () => models })

  test('is set aside at the price of the dearest model that may stand in', () => {
    const json = { prompt: prompt(10), max_tokens: 10 }
    const call = () => ({ call: candidates('mini', 'large', 'mini') })
    expect(send(limited(49, cost), json, call()).result).toMatchObject(refused)
    const policy = limited(50, cost)
    const first = send(policy, json, call())
    expect(first.result).toBeUndefined()
    expect(send(policy, json, { call: candidates('mini') }).result).toMatchObject(refused)
    first.call.model = 'large'
    first.end(usage(10, 5))
    expect(send(policy, { max_tokens: 5 }, call()).result).toBeUndefined()
  })

  test.each([false, true])(
    'of a model without a price that may stand in refuses the call (%s)',
    (reserve) => {
      const call = candidates('mini', 'backup')
      expect(send(limited(50, { ...cost, reserve }), {}, { call }).result).toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining(
          'no price for the model backup, which this call may fall over to',
        ),
      })
    },
  )

  test.each(['other', undefined])(
    'of the model %s has no price, and the call is refused',
    (model) => {
      expect(send(limited(50, cost), {}, { call: modelCall({ model }) }).result).toMatchObject({
        ...{ code: 'forbidden', message: expect.stringContaining('has no price') },
      })
    },
  )
})
