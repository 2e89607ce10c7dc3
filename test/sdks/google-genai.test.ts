import { generateKeyPairSync } from 'node:crypto'
import { ApiError, FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endlessAnswer, lastHeader, type SdkTarget, targetsOf, untilAborted } from './sdk-target.ts'

const model = 'gemini-2.5-flash'
const provider = {
  host: 'generativelanguage.googleapis.com',
  ai: { gemini: { authToken: { inline: 'AIza-held-by-sluice' }, model, apiVersion: 'v1beta' } },
}
const clientEmail = 'gateway@my-project.iam.gserviceaccount.com'
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const keyFile = JSON.stringify({
  type: 'service_account',
  client_email: clientEmail,
  private_key: keys.privateKey,
  token_uri: 'https://oauth2.googleapis.com/token',
})
const vertexAi = {
  host: 'us-central1-aiplatform.googleapis.com',
  ai: {
    vertexAi: {
      authToken: { inline: keyFile },
      ...{ model, apiVersion: 'v1', projectId: 'my-project', location: 'us-central1' },
    },
  },
}
const question = { model, contents: 'What is a reverse proxy?' }
const city = { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] }
const described = { name: 'get_weather', description: 'Weather of a city', parameters: city }
const tools = [{ functionDeclarations: [described] }]
const asked = { role: 'user', parts: [{ text: 'What is the weather in Rome?' }] }

describe.each(targetsOf(provider))('@google/genai against %s', (_name, start) => {
  let target: SdkTarget
  let models: GoogleGenAI['models']
  beforeAll(async () => {
    target = await start()
    const httpOptions = { baseUrl: target.url }
    models = new GoogleGenAI({ apiKey: 'AIza-of-the-client', httpOptions }).models
  })
  afterAll(() => target.stop())

  test('chats, and streams the same text with its usage', async () => {
    const whole = await models.generateContent(question)
    expect(whole.text).toMatch(/\w{3}/)
    let text = ''
    let usage: unknown
    for await (const chunk of await models.generateContentStream(question)) {
      text += chunk.text ?? ''
      usage = chunk.usageMetadata
    }
    expect(text).toBe(whole.text)
    expect(usage).toEqual(whole.usageMetadata)
  })

  test('calls a function and makes an answer of its result', async () => {
    const called = await models.generateContent({ model, contents: asked, config: { tools } })
    expect(called.functionCalls).toMatchObject([{ name: 'get_weather', args: { city: 'Rome' } }])
    const content = called.candidates?.[0]?.content ?? {}
    const functionResponse = { name: 'get_weather', response: { degrees: 21 } }
    const answered = await models.generateContent({
      model,
      contents: [asked, content, { role: 'user', parts: [{ functionResponse }] }],
      config: { tools },
    })
    expect(answered.text).toMatch(/\w{3}/)
    const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY }
    const config = { tools, toolConfig: { functionCallingConfig } }
    const calls = []
    for await (const chunk of await models.generateContentStream({ ...question, config })) {
      calls.push(...(chunk.functionCalls ?? []))
    }
    expect(calls).toMatchObject([{ name: 'get_weather' }])
  })

  test('answers with JSON of a schema', async () => {
    const config = { responseMimeType: 'application/json', responseSchema: city }
    const { text = '' } = await models.generateContent({ model, contents: asked, config })
    expect(JSON.parse(text)).toEqual({ city: 'Rome' })
  })

  test('counts tokens and makes embeddings', async () => {
    expect((await models.countTokens(question)).totalTokens).toBeGreaterThan(5)
    const contents = ['first text', 'second text']
    const { embeddings = [] } = await models.embedContent({
      model: 'gemini-embedding-001',
      contents,
    })
    expect(embeddings.map(({ values }) => values?.length)).toEqual([3072, 3072])
  })

  test('comes to the provider with the credential that counts', async () => {
    await models.generateContent(question)
    const expected = target.holdsCredential ? '****uice' : '****ient'
    expect(await lastHeader(target, 'x-goog-api-key')).toBe(expected)
  })

  test('throws the errors of the provider', async () => {
    const failed = async (config: object) => {
      const call = models.generateContent({ ...question, config })
      return call.catch((thrown: unknown) => thrown)
    }
    const hot = await failed({ temperature: 7 })
    expect(hot).toBeInstanceOf(ApiError)
    expect(hot).toMatchObject({ status: 400, message: expect.stringContaining('INVALID_ARGUMENT') })
    const httpOptions = { headers: { 'x-simulate-status': '429' } }
    expect(await failed({ httpOptions })).toMatchObject({ status: 429 })
  })

  test('aborts a stream, and the provider stops', async () => {
    const controller = new AbortController()
    const config = {
      abortSignal: controller.signal,
      httpOptions: { headers: endlessAnswer },
    }
    const reading = (async () => {
      for await (const chunk of await models.generateContentStream({ ...question, config })) {
        if (chunk.text) controller.abort()
      }
    })()
    await expect(reading).rejects.toThrow('abort')
    await untilAborted(target)
  })
})

describe.each(targetsOf(vertexAi).slice(1))(
  '@google/genai for Vertex AI against %s',
  (_name, start) => {
    let target: SdkTarget
    let models: GoogleGenAI['models']
    beforeAll(async () => {
      target = await start()
      const httpOptions = { baseUrl: target.url }
      models = new GoogleGenAI({ vertexai: true, apiKey: 'of-the-client', httpOptions }).models
    })
    afterAll(() => target.stop())

    test('chats, and streams the same text, with tokens of a service account', async () => {
      // From here on the token endpoint verifies signatures of the account; nothing asked it before.
      expect(await target.arrivals()).toEqual([])
      const body = JSON.stringify({ clientEmail, publicKey: keys.publicKey })
      await fetch(`${target.controlUrl}/credentials`, { method: 'POST', body })
      const whole = await models.generateContent(question)
      expect(whole.text).toMatch(/\w{3}/)
      let text = ''
      for await (const chunk of await models.generateContentStream(question))
        text += chunk.text ?? ''
      expect(text).toBe(whole.text)
      const arrivals = await target.arrivals()
      expect(
        arrivals.map(({ path, outcome }) => [path.split(':')[1] ?? path, outcome.status]),
      ).toEqual([
        ['/token', 200],
        ['generateContent', 200],
        ['streamGenerateContent', 200],
      ])
      expect(await lastHeader(target, 'x-goog-api-key')).toBeUndefined()
    })
  },
)
