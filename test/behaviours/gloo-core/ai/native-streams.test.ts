import { EventStreamCodec } from '@smithy/eventstream-codec'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AiBench } from './ai-bench.ts'

let bench: AiBench
beforeAll(async () => {
  bench = await AiBench.start('dev')
  for (const [name, ai] of Object.entries(providers)) {
    await bench.serve(name, ai)
    await bench.serve(`${name}-guarded`, ai, { ai: { promptGuard: { response: { regex } } } })
    await bench.serve(`${name}-closed`, ai, { ai: { promptGuard: { response: { webhook } } } })
  }
})
afterAll(() => bench.stop())

const said = 'Take 5105 1051 0510 5100 or write to jane.doe@example.com, tiger 12.'
const masked = 'Take <CREDIT_CARD> or write to <EMAIL_ADDRESS>, <CUSTOM>.'
const regex = {
  matches: [{ pattern: 'tiger \\d+' }],
  builtins: ['CREDIT_CARD', 'EMAIL'],
}
/** Nobody listens there. */
const webhook = { host: '127.0.0.1', port: 1 }

const authToken = { inline: 'sk-simulated' }
const awsKeys = {
  accessKeyId: 'AKIASIMULATED0000000',
  secretAccessKey: 'simulated/secret/access/key',
}
const providers = {
  bedrock: {
    bedrock: {
      ...{ model: 'amazon.nova-micro-v1:0', region: 'us-east-1' },
      credentialProvider: { inline: awsKeys },
    },
  },
  gemini: { gemini: { authToken, model: 'gemini-2.0-flash', apiVersion: 'v1beta' } },
  anthropic: { anthropic: { authToken, version: '2023-06-01' } },
}

const prompt = `Please repeat exactly: ${said}`
const bodies: Record<keyof typeof providers, object> = {
  bedrock: { messages: [{ role: 'user', content: [{ text: prompt }] }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: prompt }] }] },
  anthropic: {
    ...{ model: 'claude-3-5-haiku-latest', max_tokens: 100 },
    messages: [{ role: 'user', content: prompt }],
  },
}

interface Json {
  readonly [key: string]: Json
}

/** The payloads of a binary stream of events, whose checksums are verified. */
function readBinary(answer: string): Json[] {
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes as Uint8Array).toString(),
    (text) => Buffer.from(text),
  )
  const bytes = Buffer.from(answer, 'latin1')
  const payloads: Json[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = start + bytes.readUInt32BE(start)
    payloads.push(JSON.parse(Buffer.from(codec.decode(bytes.subarray(start, end)).body).toString()))
    start = end
  }
  return payloads
}

const utf8 = (answer: string) => Buffer.from(answer, 'latin1').toString()
const readArray = (answer: string): Json[] => JSON.parse(utf8(answer))
const readEvents = (answer: string): Json[] =>
  [...utf8(answer).matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data))

const geminiText = (answer: Json) => answer['candidates']?.['0']?.['content']?.['parts']?.['0']
const bedrockWhole = ({ output }: Json) => output?.['message']?.['content']?.['0']?.['text']

interface Form {
  readonly name: keyof typeof providers
  readonly path: string
  readonly more?: object
  read(answer: string): readonly Json[]
  textOf(event: Json): Json | undefined
}

const whole = (answer: string): Json[] => [JSON.parse(utf8(answer))]

const wholes: readonly Form[] = [
  { name: 'bedrock', path: '/chat', read: whole, textOf: bedrockWhole },
  { name: 'gemini', path: '/chat', read: whole, textOf: (event) => geminiText(event)?.['text'] },
  {
    ...{ name: 'anthropic', path: '/chat', read: whole },
    textOf: ({ content }) => content?.['0']?.['text'],
  },
]

const streams: readonly (Form & { readonly form: string })[] = [
  {
    ...{ form: 'binary events', name: 'bedrock', path: '/model/any/converse-stream' },
    read: readBinary,
    textOf: ({ delta }) => delta?.['text'],
  },
  {
    ...{ form: 'an array', name: 'gemini', path: '/v1beta/models/m:streamGenerateContent' },
    read: readArray,
    textOf: (event) => geminiText(event)?.['text'],
  },
  {
    ...{ form: 'events', name: 'gemini', path: '/v1beta/models/m:streamGenerateContent?alt=sse' },
    read: readEvents,
    textOf: (event) => geminiText(event)?.['text'],
  },
  {
    ...{ form: 'events', name: 'anthropic', path: '/v1/messages', more: { stream: true } },
    read: readEvents,
    textOf: ({ delta }) => delta?.['text'],
  },
]

async function ask(host: string, { name, path, more, read, textOf }: Form) {
  const answer = await bench.edge.call(host, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...bodies[name], ...more }),
    encoding: 'latin1',
  })
  expect(answer.status).toBe(200)
  const events = read(answer.body)
  return { events: events.length, text: events.map((event) => textOf(event) ?? '').join('') }
}

describe('a guard masks alike', () => {
  test.each(wholes)('the whole answer of $name', async (form) => {
    expect((await ask(form.name, form)).text).toBe(said)
    expect((await ask(`${form.name}-guarded`, form)).text).toBe(masked)
  })

  test.each(streams)('the stream of $name in the form of $form', async (form) => {
    const plain = await ask(form.name, form)
    expect(plain.text).toBe(said)
    expect(plain.events).toBeGreaterThan(5)
    expect((await ask(`${form.name}-guarded`, form)).text).toBe(masked)
  })
})

test.each(streams)(
  'the stream of $name in the form of $form ends where no guard can judge it',
  async ({ form, name, path, more }) => {
    const call = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...bodies[name], ...more }),
    }
    const answer = bench.edge.call(`${name}-closed`, path, call)
    // Only events have a form for errors that every client knows.
    if (form !== 'events') return await expect(answer).rejects.toThrow('aborted')
    const { body } = await answer
    expect(body).toContain('could not judge the answer')
    expect(body).not.toMatch(/Take|jane/)
  },
)

test.each(streams)(
  'through a guard $name tells what is wrong with a call for $form',
  async ({ name, path, more }) => {
    const call = (host: string) =>
      bench.edge.call(host, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...bodies[name], ...more, contents: 'tiger 12', messages: 1 }),
      })
    const [plain, guarded] = [await call(name), await call(`${name}-guarded`)]
    expect(plain.status).toBe(400)
    expect(guarded.status).toBe(400)
    expect(JSON.parse(guarded.body)).toEqual(
      JSON.parse(plain.body.replaceAll('tiger 12', '<CUSTOM>')),
    )
  },
)
