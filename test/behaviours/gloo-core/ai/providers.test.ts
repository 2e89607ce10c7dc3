import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AiBench, question } from './ai-bench.ts'

let bench: AiBench
beforeAll(async () => {
  bench = await AiBench.start('dev')
})
afterAll(() => bench.stop())

const authToken = { inline: 'sk-simulated' }

const message = { role: 'user', content: 'Hello' }
const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]
const google = { authToken, model: 'gemini-2.0-flash', apiVersion: 'v1beta' }
const cloud = {
  ...{ ...google, authToken: { inline: 'ya29.simulated' }, apiVersion: 'v1' },
  ...{ projectId: 'own', location: 'us-central1' },
}
const serviceAccount = JSON.stringify({
  type: 'service_account',
  client_email: 'gateway@own.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
  private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    format: 'pem',
    type: 'pkcs8',
  }),
})
const azure = {
  ...{ authToken, endpoint: 'https://own.openai.azure.com/' },
  ...{ deploymentName: 'gpt-4o', apiVersion: '2024-10-21' },
}
const titan = { model: 'amazon.nova-micro-v1:0', region: 'us-east-1' }
const awsKeys = {
  accessKeyId: 'AKIASIMULATED0000000',
  secretAccessKey: 'simulated/secret/access/key',
}
const claude = { model: 'claude-3-5-haiku-latest', max_tokens: 16, messages: [message] }

test.each([
  ['openai', { openai: { authToken } }, question, 'chat.completion'],
  ['mistral', { mistral: { authToken, model: 'open-mistral-nemo' } }, question, 'chat.completion'],
  ['anthropic', { anthropic: { authToken, version: '2023-06-01' } }, claude, 'stop_reason'],
  ['azure', { azureOpenai: azure }, question, 'chat.completion'],
  ['gemini', { gemini: google }, { contents }, 'candidates'],
  ['vertex', { vertexAi: cloud }, { contents }, 'candidates'],
  [
    'vertex-by-key-file',
    { vertexAi: { ...cloud, authToken: { inline: serviceAccount } } },
    { contents },
    'candidates',
  ],
  [
    'bedrock',
    { bedrock: { ...titan, credentialProvider: { inline: awsKeys } } },
    { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] },
    'stopReason',
  ],
])('%s answers at the host that it has by default', async (name, ai, body, expected) => {
  expect((await bench.serve(name, ai)).state).toBe('Accepted')
  const answer = await bench.ask(name, body)
  expect(answer.body).toContain(expected)
  expect(answer.status).toBe(200)
})

test('what the moderation of OpenAI flags is refused', async () => {
  const moderation = { openai: { authToken } }
  const promptGuard = { request: { moderation, customResponse: { message: 'Be nice.' } } }
  await bench.serve('moderated', { openai: { authToken } }, { ai: { promptGuard } })
  const ask = (content: string) =>
    bench.ask('moderated', { ...question, messages: [{ role: 'user', content }] })
  expect((await ask('Hello')).status).toBe(200)
  const refused = await ask('You idiot')
  expect([refused.status, refused.body]).toEqual([403, 'Be nice.'])
  const arrivals = await bench.arrivals('api.openai.com')
  const told = arrivals.filter(({ body }) => body.includes('You idiot'))
  expect(told.map(({ path }) => path)).toEqual(['/v1/moderations'])
})

test('instructions added for Gemini have the form that it takes, whatever the request has', async () => {
  const promptEnrichment = {
    prepend: [{ role: 'SYSTEM', content: 'Be brief.' }],
    append: [{ role: 'SYSTEM', content: 'Be kind.' }],
  }
  await bench.serve('enriched', { gemini: google }, { ai: { promptEnrichment } })
  const own = { role: 'system', parts: [{ text: 'Be polite.' }] }
  const sent = async (instruction: object) => {
    const { status } = await bench.ask('enriched', { contents, ...instruction })
    expect(status).toBe(200)
    const arrivals = await bench.arrivals('generativelanguage.googleapis.com')
    const { contents: kept, ...rest } = JSON.parse(arrivals.at(-1)?.body ?? '{}')
    expect(kept).toEqual(contents)
    return rest
  }
  const parts = (...texts: string[]) => texts.map((text) => ({ text }))
  expect(await sent({})).toEqual({
    system_instruction: { parts: parts('Be brief.', 'Be kind.') },
  })
  expect(await sent({ systemInstruction: own })).toEqual({
    systemInstruction: { role: 'system', parts: parts('Be brief.', 'Be polite.', 'Be kind.') },
  })
  expect(await sent({ system_instruction: own })).toEqual({
    system_instruction: { role: 'system', parts: parts('Be brief.', 'Be polite.', 'Be kind.') },
  })
})
