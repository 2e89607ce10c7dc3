import { describe, expect, test } from 'vitest'
import type { CompiledPolicy } from '../../policies/policy.ts'
import { answerJson, completion, ModelFixture } from '../testing/model-fixture.ts'

const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }

describe('usage that an answer does not tell is counted', () => {
  const unread: CompiledPolicy[] = []
  const guarded: CompiledPolicy[] = [
    { type: 'prompt-guard', readsModelCall: 'required', onModelResponse: () => undefined },
  ]
  const { usage: _, ...silent } = completion

  test.each([
    ['that nobody reads', unread],
    ['that a policy reads', guarded],
  ])('of an answer %s', async (_name, policies) => {
    const fixture = await ModelFixture.start({
      policies,
      answer: (_request, response) => answerJson(response, silent),
    })
    await (await fixture.post(ask)).text()
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({
      inputTokens: 1,
      outputTokens: 2,
      estimated: true,
    })
  })

  test('of an answer that reports nothing but zeros', async () => {
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    const fixture = await ModelFixture.start({
      answer: (_request, response) => answerJson(response, { ...silent, usage }),
    })
    await (await fixture.post(ask)).text()
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({
      ...{ inputTokens: 1, outputTokens: 2, estimated: true },
    })
  })

  test('of an answer of which only the beginning is kept', async () => {
    const content = 'word '.repeat(50_000)
    const choices = [{ index: 0, message: { role: 'assistant', content } }]
    const fixture = await ModelFixture.start({
      answer: (_request, response) => answerJson(response, { ...silent, choices }),
    })
    await (await fixture.post(ask)).text()
    const { outputTokens = 0 } = (await fixture.gateway.record()).modelCall?.usage ?? {}
    expect(outputTokens).toBeGreaterThan(45_000)
    expect(outputTokens).toBeLessThan(60_000)
  })

  const begun = '{"choices":[{"message":{"content":"one two three'

  test('of an answer whose client leaves', async () => {
    const fixture = await ModelFixture.start({
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write(begun)
      },
    })
    const body = (await fixture.post(ask)).body?.getReader()
    await body?.read()
    await body?.cancel()
    const { errorCode, modelCall } = await fixture.gateway.record()
    expect([errorCode, modelCall?.usage?.estimated]).toEqual(['client-closed', true])
    expect(modelCall?.usage?.outputTokens).toBe(3)
  })

  test('of an answer that no policy could read', async () => {
    const fixture = await ModelFixture.start({
      policies: guarded,
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(begun)
      },
    })
    expect((await fixture.post(ask)).status).toBe(502)
    const usage = (await fixture.gateway.record()).modelCall?.usage
    expect(usage).toMatchObject({ inputTokens: 1, estimated: true })
    expect(usage?.outputTokens).toBe(3)
  })

  test.each([
    ['in another encoding', { 'content-encoding': 'gzip' }],
    ['of another type', { 'content-type': 'text/plain' }],
  ])('of an answer %s', async (_name, headers) => {
    const fixture = await ModelFixture.start({
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...headers })
        response.end('one two three')
      },
    })
    await fixture.post(ask).then((answer) => answer.text().catch(() => ''))
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({
      ...{ inputTokens: 1, outputTokens: 3, estimated: true },
    })
  })

  test('but of embeddings, which have none', async () => {
    const data = [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }]
    const fixture = await ModelFixture.start({
      answer: (_request, response) => answerJson(response, { data }),
    })
    await (await fixture.post({ model: 'm', input: 'Hi' }, '/openai/v1/embeddings')).text()
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({
      inputTokens: 1,
      outputTokens: 0,
    })
  })
})
