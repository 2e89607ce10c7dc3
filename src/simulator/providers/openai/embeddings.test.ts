import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { send, startTestSimulator } from '../../testing/client.ts'

const host = 'api.openai.com'
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

describe('embeddings', () => {
  const embeddings = async (body: object) => {
    const reply = await send(simulator, { host, path: '/v1/embeddings', body })
    return { status: reply.status, answer: JSON.parse(reply.text) }
  }
  const model = 'text-embedding-3-small'

  test('have the fields of the API', async () => {
    const { answer } = await embeddings({ model, input: ['first text', 'second text'] })
    expect(answer).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: expect.any(Array) },
        { object: 'embedding', index: 1, embedding: expect.any(Array) },
      ],
      model,
      usage: { prompt_tokens: 4, total_tokens: 4 },
    })
    expect(answer.data[0].embedding).toHaveLength(1536)
  })

  test('come in base64, with other dimensions, for tokens', async () => {
    const { answer } = await embeddings({
      model,
      input: 'first text',
      dimensions: 8,
      encoding_format: 'base64',
    })
    const plain = await embeddings({ model, input: 'first text', dimensions: 8 })
    const bytes = Buffer.from(answer.data[0].embedding, 'base64')
    expect([...new Float32Array(bytes.buffer, bytes.byteOffset, 8)]).toEqual(
      plain.answer.data[0].embedding,
    )
    expect((await embeddings({ model, input: [1, 2, 3] })).answer.usage.prompt_tokens).toBe(3)
    expect(
      (await embeddings({ model: 'text-embedding-3-large', input: 'x' })).answer.data[0].embedding,
    ).toHaveLength(3072)
  })

  test.each([
    [{ input: 'x' }],
    [{ model }],
    [{ model, input: [] }],
    [{ model, input: '' }],
    [{ model, input: [{}] }],
    [{ model, input: 'x', dimensions: 0 }],
  ])('are refused for %j', async (body) => {
    expect((await embeddings(body)).status).toBe(400)
  })
})
