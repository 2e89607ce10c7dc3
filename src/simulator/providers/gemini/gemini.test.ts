import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Simulator } from '../../simulator.ts'
import { type Call, send, startTestSimulator } from '../../testing/client.ts'

const host = 'generativelanguage.googleapis.com'
const model = '/v1beta/models/gemini-2.5-flash'
const question = {
  systemInstruction: { parts: [{ text: 'Be brief.' }] },
  contents: [{ role: 'user', parts: [{ text: 'What is a reverse proxy?' }] }],
}
const weather = {
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] },
}
const asking = {
  contents: [{ role: 'user', parts: [{ text: 'What is the weather in Rome?' }] }],
  tools: [{ functionDeclarations: [weather] }],
}
let simulator: Simulator
beforeAll(async () => {
  simulator = await startTestSimulator()
})
afterAll(() => simulator.close())

const key = { 'x-goog-api-key': 'AIzaSyTest-0123456789' }
const call = async (rest: Omit<Call, 'host'>) => {
  const reply = await send(simulator, { host, ...rest, headers: { ...key, ...rest.headers } })
  return { ...reply, value: () => JSON.parse(reply.text) }
}
const post = async (method: string, body: unknown) => {
  const reply = await call({ path: `${model}:${method}`, body })
  return reply.value()
}

describe('generated content', () => {
  test('has the fields of the API', async () => {
    const reply = await call({ path: `${model}:generateContent`, body: question })
    expect(reply.headers['content-type']).toBe('application/json; charset=UTF-8')
    const { usageMetadata, ...rest } = reply.value()
    expect(rest).toEqual({
      candidates: [
        {
          content: { parts: [{ text: expect.stringMatching(/\w{3}/) }], role: 'model' },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      modelVersion: 'gemini-2.5-flash',
      responseId: expect.stringMatching(/^\w{22}$/),
    })
    expect(usageMetadata.promptTokenCount).toBe(3 + 6 + 2)
    expect(usageMetadata.totalTokenCount).toBe(
      usageMetadata.promptTokenCount + usageMetadata.candidatesTokenCount,
    )
  })

  test('streams as events with alt=sse, and as an array without', async () => {
    const whole = await post('generateContent', question)
    const asEvents = await call({
      path: `${model}:streamGenerateContent?alt=sse`,
      body: question,
    })
    expect(asEvents.headers['content-type']).toBe('text/event-stream')
    expect(asEvents.text).toMatch(/^(?:data: \{.*\}\r\n\r\n)+$/)
    const events = asEvents.text
      .split('\r\n\r\n')
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice('data: '.length)))
    const asArray = await call({ path: `${model}:streamGenerateContent`, body: question })
    expect(asArray.headers['content-type']).toBe('application/json; charset=UTF-8')
    expect(asArray.value()).toEqual(events)
    const text = events.map(({ candidates }) => candidates[0].content.parts[0].text).join('')
    expect(text).toBe(whole.candidates[0].content.parts[0].text)
    expect(events.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: whole.usageMetadata,
    })
  })

  test('asks for a function, whole and streamed', async () => {
    const candidate = {
      content: {
        role: 'model',
        parts: [{ functionCall: { name: 'get_weather', args: { city: 'Rome' } } }],
      },
      finishReason: 'STOP',
      index: 0,
    }
    expect((await post('generateContent', asking)).candidates).toEqual([candidate])
    const streamed = await post('streamGenerateContent', asking)
    expect(streamed).toHaveLength(1)
    expect(streamed[0].candidates).toEqual([candidate])
  })

  test('is made of the result of a function', async () => {
    const functionResponse = { name: 'get_weather', response: { degrees: 21 } }
    const contents = [...asking.contents, { role: 'user', parts: [{ functionResponse }] }]
    const { candidates } = await post('generateContent', { ...asking, contents })
    expect(candidates[0].content.parts).toEqual([{ text: expect.any(String) }])
  })

  test('takes the names of the schema too, and obeys its limits', async () => {
    const body = { contents: question.contents, generation_config: { max_output_tokens: 3 } }
    const { candidates, usageMetadata } = await post('generateContent', body)
    expect(candidates[0].finishReason).toBe('MAX_TOKENS')
    expect(usageMetadata.candidatesTokenCount).toBe(3)
  })

  test('is JSON of the schema that is asked for', async () => {
    const generationConfig = {
      ...{ responseMimeType: 'application/json', responseSchema: weather.parameters },
    }
    const { candidates } = await post('generateContent', { ...asking, tools: [], generationConfig })
    expect(JSON.parse(candidates[0].content.parts[0].text)).toEqual({ city: 'Rome' })
  })
})

test('tokens are counted as a generation counts them', async () => {
  const { usageMetadata } = await post('generateContent', question)
  const expected = { totalTokens: usageMetadata.promptTokenCount }
  expect(await post('countTokens', question)).toMatchObject(expected)
  expect(await post('countTokens', { generateContentRequest: question })).toMatchObject(expected)
})

test('embeddings come alone and in batches', async () => {
  const path = '/v1beta/models/gemini-embedding-001'
  const content = { parts: [{ text: 'first text' }] }
  const one = await call({ path: `${path}:embedContent`, body: { content } })
  expect(one.value()).toMatchObject({ usageMetadata: { promptTokenCount: 2 } })
  expect(one.value().embedding.values).toHaveLength(3072)
  const requests = [
    { model: 'models/gemini-embedding-001', content, outputDimensionality: 8 },
    { model: 'models/gemini-embedding-001', content },
  ]
  const many = await call({ path: `${path}:batchEmbedContents`, body: { requests } })
  expect(many.value().embeddings[0].values).toHaveLength(8)
  expect(many.value().embeddings[1]).toEqual(one.value().embedding)
  for (const body of [{ requests: [] }, { requests: [{}] }]) {
    expect((await call({ path: `${path}:batchEmbedContents`, body })).status).toBe(400)
  }
})

test('models are listed and found by name', async () => {
  const get = (path: string) => call({ path, method: 'GET' })
  const { models } = (await get('/v1beta/models')).value()
  expect((await get(`/v1beta/${models[0].name}`)).value()).toEqual(models[0])
  const missing = await get('/v1beta/models/gemini-0')
  expect([missing.status, missing.value().error.status]).toEqual([404, 'NOT_FOUND'])
})

describe('a refused call', () => {
  const withHeaders = async (headers: Record<string, string>, query = '') => {
    const path = `${model}:generateContent${query}`
    const reply = await send(simulator, { host, path, body: question, headers })
    return [reply.status, JSON.parse(reply.text).error?.status]
  }

  test('has no key, an access token, or a key without form', async () => {
    expect(await withHeaders({})).toEqual([401, 'UNAUTHENTICATED'])
    const nothing = await call({
      path: `${model}:generateContent`,
      body: question,
      headers: { 'x-goog-api-key': 'Bearer AIza' },
    })
    expect([nothing.status, nothing.value().error]).toMatchObject([
      400,
      {
        code: 400,
        message: 'API key not valid. Please pass a valid API key.',
        status: 'INVALID_ARGUMENT',
        details: [{ reason: 'API_KEY_INVALID' }, {}],
      },
    ])
  })

  test('is none when the key is a parameter', async () => {
    expect(await withHeaders({}, '?key=AIzaSyTest')).toEqual([200, undefined])
    const masked = simulator.log.list().at(-1)
    expect(masked?.query).toBe('key=****Test')
  })

  test.each([
    [{}, 'contents is not specified'],
    [{ contents: 'x' }, "Invalid value at 'contents[0]'"],
    [{ contents: [{ role: 'system', parts: [{ text: 'x' }] }] }, 'Please use a valid role'],
    [{ contents: [{ parts: [] }] }, 'parts must not be empty'],
    [{ contents: [{ parts: [{}] }] }, "required oneof field 'data'"],
    [{ ...question, messages: [] }, 'Unknown name "messages": Cannot find field.'],
    [{ ...question, systemInstruction: [] }, 'Proto field is not repeating, cannot start list.'],
    [{ ...question, generationConfig: { x: 1 } }, `Unknown name "x" at 'generation_config'`],
    [{ ...question, generationConfig: { temperature: 3 } }, 'must be in the range [0, 2]'],
    [{ ...question, generationConfig: { maxOutputTokens: 'x' } }, '(TYPE_INT32), "x"'],
    [{ ...question, tools: [{ functionDeclarations: [{ name: '1' }] }] }, 'Invalid function name'],
    ['{"contents":', 'Invalid JSON payload received.'],
    ['[]', 'Invalid JSON payload received.'],
  ])('%j says what is wrong', async (body, message) => {
    const { error } = await post('generateContent', body)
    expect(error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' })
    expect(error.message).toContain(message)
  })

  test.each([
    ['GET', `${model}:generateContent`],
    ['POST', `${model}:paint`],
    ['POST', '/v1beta/tunes'],
    ['POST', '/v1beta/models'],
  ])('%s %s goes nowhere', async (method, path) => {
    const reply = await call({ method, path, ...(method === 'POST' ? { body: question } : {}) })
    expect([reply.status, reply.value().error.status]).toEqual([404, 'NOT_FOUND'])
  })

  test.each([
    [429, 'RESOURCE_EXHAUSTED'],
    [503, 'UNAVAILABLE'],
  ])('fails on demand with %i %s', async (code, status) => {
    const headers = { 'x-simulate-status': String(code) }
    const reply = await call({ path: `${model}:generateContent`, body: question, headers })
    expect([reply.status, reply.value().error]).toMatchObject([code, { code, status }])
  })
})
