import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { send, startTestSimulator } from '../../testing/client.ts'

const host = 'api-inference.huggingface.co'
const path = '/models/openai-community/gpt2'
const inputs = 'What are the advantages of a gateway?'
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

const generate = (body: object | string, headers = {}) =>
  send(simulator, { host, path, body, headers })

describe('text generation', () => {
  test('continues the inputs', async () => {
    const reply = await generate({ inputs })
    expect(reply.status).toBe(200)
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'x-compute-type': 'cpu',
      'x-prompt-tokens': '8',
    })
    const [answer, ...others] = JSON.parse(reply.text)
    expect(others).toEqual([])
    expect(Object.keys(answer)).toEqual(['generated_text'])
    expect(answer.generated_text.startsWith(`${inputs} `)).toBe(true)
  })

  test('answers the new text alone, with details, when asked for', async () => {
    const parameters = { return_full_text: false, details: true, max_new_tokens: 5, seed: 42 }
    const [answer] = JSON.parse((await generate({ inputs, parameters })).text)
    expect(answer.generated_text).not.toContain(inputs)
    expect(answer.details).toEqual({
      finish_reason: 'length',
      generated_tokens: 5,
      seed: 42,
      prefill: [],
      tokens: expect.any(Array),
    })
    expect(answer.details.tokens[0]).toEqual({
      id: expect.any(Number),
      text: expect.any(String),
      logprob: expect.any(Number),
      special: false,
    })
    const text = answer.details.tokens.map((token: { text: string }) => token.text).join('')
    expect(text).toBe(answer.generated_text)
  })

  test('streams token by token as text-generation-inference does', async () => {
    const parameters = { max_new_tokens: 4, return_full_text: false }
    const [whole] = JSON.parse((await generate({ inputs, parameters })).text)
    const reply = await generate({ inputs, parameters, stream: true })
    expect(reply.headers['content-type']).toBe('text/event-stream')
    expect(reply.text).toMatch(/^(?:data:\{[^\n]*\}\n\n){4}$/)
    const events = reply.text
      .split('\n\n')
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice('data:'.length)))
    expect(events[0]).toEqual({
      index: 1,
      token: {
        id: expect.any(Number),
        text: expect.any(String),
        logprob: expect.any(Number),
        special: false,
      },
      generated_text: null,
      details: null,
    })
    expect(events[3]).toMatchObject({
      index: 4,
      generated_text: whole.generated_text,
      details: { finish_reason: 'length', generated_tokens: 4, seed: null, input_length: 8 },
    })
    expect(events.map(({ token }) => token.text).join('')).toBe(whole.generated_text)
  })

  test('ends at a stop sequence', async () => {
    const parameters = { details: true, return_full_text: false, stop: [' '] }
    const [answer] = JSON.parse((await generate({ inputs, parameters })).text)
    expect(answer.details.finish_reason).toBe('stop_sequence')
    expect(answer.generated_text).not.toContain(' ')
  })
})

describe('a refused call', () => {
  test('has no token, or none that is well-formed', async () => {
    const malformed = await generate({ inputs }, { authorization: 'hf_token' })
    expect([malformed.status, malformed.text]).toEqual([
      401,
      '{"error":"Invalid credentials in Authorization header"}',
    ])
  })

  test.each([
    [{}, 422, 'missing field `inputs`'],
    [{ inputs: 5 }, 422, 'expected a string'],
    [
      { inputs: '' },
      422,
      '"error":"Input validation error: `inputs` cannot be empty","error_type":"validation"',
    ],
    [{ inputs, parameters: [] }, 422, 'expected an object'],
    [
      { inputs, parameters: { max_new_tokens: 0 } },
      422,
      '`max_new_tokens` must be strictly positive',
    ],
    [{ inputs, parameters: { top_p: 1 } }, 422, '`top_p` must be > 0.0 and < 1.0'],
    [{ inputs, parameters: { temperature: '1' } }, 422, '`temperature` must be a number'],
    [{ inputs, parameters: { stop: ['a', 'b', 'c', 'd', 'e'] } }, 422, 'up to 4 stop sequences'],
    ['{"inputs"', 400, 'Failed to parse'],
  ])('%j says what is wrong', async (body, status, message) => {
    const reply = await generate(body)
    expect(reply.status).toBe(status)
    expect(reply.text).toContain(message)
  })

  test('is no JSON', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await generate({ inputs }, form)).status).toBe(415)
  })

  test('names no model', async () => {
    const reply = await send(simulator, { host, path: '/models/a/b/c', body: { inputs } })
    expect([reply.status, reply.text]).toEqual([404, '{"error":"Not Found"}'])
  })

  test('meets a model that loads, on demand', async () => {
    const reply = await generate({ inputs }, { 'x-simulate-status': '503' })
    expect(JSON.parse(reply.text)).toEqual({
      error: 'Model is currently loading',
      estimated_time: 20,
    })
  })
})

test('the status of a model is readable', async () => {
  const reply = await send(simulator, {
    host,
    path: '/status/openai-community/gpt2',
    method: 'GET',
  })
  expect(JSON.parse(reply.text)).toMatchObject({ loaded: true, state: 'Loaded' })
})
