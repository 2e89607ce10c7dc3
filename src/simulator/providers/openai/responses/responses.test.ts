import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../../simulator.ts'
import { eventsOf, send, startTestSimulator } from '../../../testing/client.ts'

const host = 'api.openai.com'
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

const post = async (path: string, body: unknown) => {
  const reply = await send(simulator, { host, path, body })
  return { ...reply, value: () => JSON.parse(reply.text) }
}

describe('a response', () => {
  const question = { model: 'gpt-4o', instructions: 'Be brief.', input: 'What is a reverse proxy?' }
  const weather = {
    type: 'function',
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  }
  const asking = { model: 'gpt-4o', input: 'What is the weather in Rome?', tools: [weather] }
  const create = async (body: object) => (await post('/v1/responses', body)).value()
  const events = async (body: object) => {
    const { text } = await post('/v1/responses', { ...body, stream: true })
    return text
      .trimEnd()
      .split('\n\n')
      .map((event, index) => {
        const [, name, data = ''] = /^event: ([\w.]+)\ndata: (.*)$/.exec(event) ?? []
        const value = JSON.parse(data)
        expect(value).toMatchObject({ type: name, sequence_number: index })
        return value
      })
  }

  test('has the fields of the API', async () => {
    expect(await create(question)).toMatchObject({
      id: expect.stringMatching(/^resp_[0-9a-f]{48}$/),
      object: 'response',
      created_at: 1_795_176_000,
      status: 'completed',
      error: null,
      model: 'gpt-4o',
      instructions: 'Be brief.',
      output: [
        {
          id: expect.stringMatching(/^msg_[0-9a-f]{48}$/),
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: expect.any(String), annotations: [] }],
        },
      ],
      usage: { input_tokens: 3 + 6 + 2 * 4 + 3, output_tokens_details: { reasoning_tokens: 0 } },
    })
  })

  test('streams the same text event by event, and repeats it at the end', async () => {
    const whole = await create(question)
    const streamed = await events(question)
    expect(streamed.map(({ type }) => type).filter((type) => !type.endsWith('delta'))).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(streamed[0].response).toMatchObject({ status: 'in_progress', output: [], usage: null })
    const text = streamed
      .map(({ type, delta }) => (type.endsWith('text.delta') ? delta : ''))
      .join('')
    expect(text).toBe(whole.output[0].content[0].text)
    expect(streamed.at(-1).response).toEqual(whole)
  })

  test('calls a function, whole and in parts', async () => {
    const call = { type: 'function_call', name: 'get_weather', arguments: '{"city":"Rome"}' }
    const whole = await create(asking)
    expect(whole.output).toEqual([
      expect.objectContaining({ ...call, call_id: expect.stringMatching(/^call_\w{24}$/) }),
    ])
    const streamed = await events(asking)
    const json = streamed
      .map(({ type, delta }) => (type === 'response.function_call_arguments.delta' ? delta : ''))
      .join('')
    expect(json).toBe('{"city":"Rome"}')
    expect(streamed.at(-1).response).toEqual(whole)
    const input = [
      { role: 'user', content: [{ type: 'input_text', text: asking.input }] },
      whole.output[0],
      { type: 'function_call_output', call_id: whole.output[0].call_id, output: '21 °C' },
    ]
    expect((await create({ ...asking, input })).output[0].type).toBe('message')
  })

  test('ends incomplete at its limit', async () => {
    const body = { ...question, max_output_tokens: 16 }
    const expected = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(await create(body)).toMatchObject(expected)
    expect((await events(body)).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: expected,
    })
  })

  test('is JSON of the schema that is asked for', async () => {
    const format = { type: 'json_schema', name: 'city', schema: weather.parameters }
    const { output } = await create({ ...asking, tools: [], text: { format } })
    expect(JSON.parse(output[0].content[0].text)).toEqual({ city: 'Rome' })
  })

  test.each([
    [{}, 'model'],
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: 7 }, 'input'],
    [{ model: 'm', input: [7] }, 'input[0]'],
    [{ model: 'm', input: [{ role: 'x', content: '' }] }, 'input[0].role'],
    [{ model: 'm', input: [{ role: 'user' }] }, 'input[0].content'],
    [{ ...question, tools: [{}] }, 'tools[0].type'],
    [{ ...question, tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ ...question, max_output_tokens: 1 }, 'max_output_tokens'],
    [{ ...question, stream: 'yes' }, 'stream'],
    [{ ...question, previous_response_id: 'resp_1' }, 'previous_response_id'],
  ])('is refused for %j', async (body, param) => {
    const reply = await post('/v1/responses', body)
    expect([reply.status, reply.value().error.param]).toEqual([400, param])
  })

  test('is not kept', async () => {
    const reply = await send(simulator, { host, path: '/v1/responses/resp_1', method: 'GET' })
    expect([reply.status, JSON.parse(reply.text).error.message]).toEqual([
      404,
      "Response with id 'resp_1' not found.",
    ])
  })
})

describe('a completion', () => {
  const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'Say this is a test', max_tokens: 7 }

  test('has the fields of the API', async () => {
    expect((await post('/v1/completions', body)).value()).toEqual({
      id: expect.stringMatching(/^cmpl-\w{29}$/),
      object: 'text_completion',
      created: 1_795_176_000,
      model: body.model,
      choices: [{ text: expect.any(String), index: 0, logprobs: null, finish_reason: 'length' }],
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    })
  })

  test('streams the same text', async () => {
    const whole = (await post('/v1/completions', body)).value()
    const options = { stream: true, stream_options: { include_usage: true } }
    const { text } = await post('/v1/completions', { ...body, ...options })
    const events = eventsOf(text) as { choices: { text: string }[]; usage: unknown }[]
    const streamed = events.map(({ choices }) => choices[0]?.text ?? '').join('')
    expect(streamed).toBe(whole.choices[0].text)
    expect(events.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  test.each([[{ prompt: 'x' }], [{ model: 'm', prompt: 7 }], [{ ...body, max_tokens: 'x' }]])(
    'is refused for %j',
    async (wrong) => {
      expect((await post('/v1/completions', wrong)).status).toBe(400)
    },
  )
})

describe('a moderation', () => {
  const moderate = async (input: unknown) => (await post('/v1/moderations', { input })).value()

  test('flags what it takes for harm, and nothing else', async () => {
    const { id, model, results } = await moderate(['I will kill you', 'Good morning'])
    expect({ id, model }).toEqual({
      id: expect.stringMatching(/^modr-\w{24}$/),
      model: 'omni-moderation-latest',
    })
    expect(results).toMatchObject([
      { flagged: true, categories: { violence: true, 'harassment/threatening': true } },
      { flagged: false, categories: { violence: false } },
    ])
    expect(results[0].category_scores.violence).toBeGreaterThan(0.5)
    expect(results[1].category_scores.violence).toBeLessThan(0.01)
  })

  test('takes the parts of a message together', async () => {
    const { results } = await moderate([{ type: 'text', text: 'You idiot' }])
    expect(results).toMatchObject([{ flagged: true, categories: { harassment: true } }])
  })

  test.each([[undefined], [[]], [7]])('is refused for %j', async (input) => {
    expect((await post('/v1/moderations', { input })).status).toBe(400)
  })
})
