import type { ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { ModelProvider } from '../../ir/model-provider.ts'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import { bedrockConverse } from '../../protocols/bedrock-converse/index.ts'
import { answerJson, ModelFixture, type ModelFixtureOptions } from '../testing/model-fixture.ts'

const key = 'sk-held/0123456789+abcdef'
const credential = { type: 'token', token: `Bearer ${key}` } as const
const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], stream: true }
const events = (response: ServerResponse, pieces: readonly (string | Buffer)[], type: string) => {
  response.writeHead(200, { 'content-type': type })
  const next = (index: number) => {
    const piece = pieces[index]
    if (piece === undefined) response.end()
    else response.write(piece, () => setImmediate(next, index + 1))
  }
  next(0)
}

const start = (options: ModelFixtureOptions): Promise<ModelFixture> =>
  ModelFixture.start({ credential, ...options })

interface RelayedOptions extends ModelFixtureOptions {
  readonly type?: string
  readonly path?: string
}

/** What a client of a stream in these pieces reads. */
async function relayed(
  pieces: readonly (string | Buffer)[],
  { type = 'text/event-stream', path = '/', ...options }: RelayedOptions = {},
) {
  const fixture = await start({
    answer: (_request, response) => events(response, pieces, type),
    ...options,
  })
  const answer = await fixture.post({ ...ask, contents: [{ parts: [{ text: 'Hi' }] }] }, path)
  const body = Buffer.from(await answer.arrayBuffer())
  return { body, text: body.toString(), record: await fixture.gateway.record() }
}

const word = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hello' } }] })}\n\n`
const error = `data: ${JSON.stringify({ error: { message: `wrong key ${key}` } })}\n\n`
const masked = error.replace(key, '***')
const gemini: ModelProvider = {
  ...{ type: 'gemini', model: 'g2', apiVersion: 'v1beta', path: undefined },
  credential: { type: 'none' },
}

describe('an error in a stream that repeats the credential', () => {
  test('is masked, and what stands around it is not touched', async () => {
    const { text, record } = await relayed([word, error, 'data: [DONE]\n\n'])
    expect(text).toBe(`${word}${masked}data: [DONE]\n\n`)
    expect(record).toMatchObject({ status: 200, maskedCredentials: 1 })
  })

  test.each([
    [
      'the words of Anthropic',
      `event: error\ndata: {"type":"error","error":{"message":"${key}"}}\n\n`,
    ],
    [
      'a failed response',
      `data: {"type":"response.failed","response":{"error":{"message":"${key}"}}}\n\n`,
    ],
    ['what stands before a provider', `data: {"detail":"bad key ${key}"}\n\n`],
    ['an event that ends with the stream', `data: {"message":"${key}"}`],
    ['lines that end as in Windows', `data: {"error":"${key}"}\r\n\r\n`],
    ['a field before its name', `data: {"text":"${key}","type":"error"}\n\n`],
    ['an escaped credential', `data: {"error":"${key.replaceAll('/', '\\/')}"}\n\n`],
  ])('is masked in %s', async (_name, event) => {
    const { text } = await relayed([word, event])
    expect(text).toBe(word + event.replace(/sk-held\\?\/0123456789\+abcdef/, '***'))
  })

  test('is masked wherever it is split', async () => {
    const all = `${word}${error}`
    for (let cut = word.length - 2; cut < all.length; cut += 3) {
      const pieces = [all.slice(0, cut), all.slice(cut, cut + 2), all.slice(cut + 2)]
      expect((await relayed(pieces)).text).toBe(word + masked)
    }
  })

  test('is masked in an event of any length', async () => {
    const long = `data: {"error":{"text":"${'x'.repeat(100_000)}","message":"${key}"}}\n\n`
    const cut = long.indexOf(key) + 8
    const { text } = await relayed([
      long.slice(0, 70_000),
      long.slice(70_000, cut),
      long.slice(cut),
      word,
    ])
    expect(text).toBe(long.replace(key, '***') + word)
  })

  test('is masked where a policy edits the stream', async () => {
    const looking: CompiledPolicy = {
      type: 'prompt-guard',
      createStreamEditor: (_context, _call, output) => ({
        push: (part) => output.emit(part),
        end: () => output.end(),
        abort: () => undefined,
      }),
    }
    const { text } = await relayed([word, error], { policies: [looking] })
    expect(text).toBe(word + masked)
  })

  test('is masked in a stream that has a length', async () => {
    const fixture = await start({
      answer: (_request, response) => {
        const type = { 'content-type': 'text/event-stream' }
        response.writeHead(200, { ...type, 'content-length': error.length }).end(error)
      },
    })
    const answer = await fixture.post(ask)
    expect(answer.headers.get('content-length')).toBeNull()
    expect(await answer.text()).toBe(masked)
  })

  test('is masked in an array of JSON', async () => {
    const array = `[{"candidates":[]},\n{"error":{"message":"no ${key}"}}]`
    const cut = array.indexOf(key) + 3
    const path = '/v1beta/models/g2:streamGenerateContent'
    const options = { type: 'application/json', providers: [gemini], path }
    const { text } = await relayed([array.slice(0, cut), array.slice(cut)], options)
    expect(text).toBe(array.replace(key, '***'))
  })

  test('is masked in messages of AWS, whose checksums are right', async () => {
    const message = encodeMessage('exception', 'validationException', `{"message":"${key}"}`)
    const bytes = Buffer.concat([
      encodeMessage('event', 'messageStart', '{"role":"assistant"}'),
      message,
    ])
    const bedrock: ModelProvider = {
      ...{ type: 'bedrock', model: 'm', region: 'eu-west-1', path: undefined },
      credential: { type: 'none' },
    }
    const type = 'application/vnd.amazon.eventstream'
    const pieces = [bytes.subarray(0, 50), bytes.subarray(50, 150), bytes.subarray(150)]
    const { body, record } = await relayed(pieces, { type, providers: [bedrock] })
    expect(record.maskedCredentials).toBe(1)
    const reader = bedrockConverse.createStreamReader(type, { hideUsage: false })
    const parts = reader?.push(BodyPiece.ofBytes(body)) ?? []
    expect(parts.map((part) => part.error)).toEqual([undefined, '*'.repeat(key.length)])
    expect(body.subarray(0, -message.length)).toEqual(bytes.subarray(0, -message.length))
  })
})

describe('what is left as it is:', () => {
  test('an event that is no error', async () => {
    const event = `data: {"choices":[{"delta":{"content":"${key}"}}]}\n\n`
    const { text, record } = await relayed([event])
    expect(text).toBe(event)
    expect(record.maskedCredentials).toBe(0)
  })

  test('what a client has sent itself', async () => {
    const { text } = await relayed([error], { credential: { type: 'passthrough' } })
    expect(text).toBe(error)
  })

  test('an event goes out when it comes', async () => {
    const fixture = await start({
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(word)
      },
    })
    const reader = (await fixture.post(ask)).body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(word)
    await reader?.cancel()
  })
})

describe('an error of a provider that repeats the credential is masked', () => {
  test.each([400, 401, 503])('with status %i', async (status) => {
    const fixture = await start({
      answer: (_request, response) =>
        answerJson(response, { error: { message: `no ${key}` } }, status),
    })
    const answer = await fixture.post(ask)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({ error: { message: 'no ***' } })
    expect(await fixture.gateway.record()).toMatchObject({ status, maskedCredentials: 1 })
  })

  test('before a policy reads it', async () => {
    const seen: string[] = []
    const reading: CompiledPolicy = {
      type: 'prompt-guard',
      onModelResponse(_context, _call, response) {
        seen.push(response.encode().toString())
        return undefined
      },
    }
    const fixture = await start({
      policies: [reading],
      answer: (_request, response) =>
        answerJson(response, { error: { message: `no ${key}` } }, 401),
    })
    expect(await (await fixture.post(ask)).text()).toBe('{"error":{"message":"no ***"}}')
    expect(seen).toEqual(['{"error":{"message":"no ***"}}'])
  })

  test.each([
    ['JSON', 'application/json', '{"error":{"message":"no ***"}}'],
    ['text', 'text/plain', 'cannot read the model'],
  ])('where it is encoded and a policy must read it: %s', async (_name, type, expected) => {
    const reading: CompiledPolicy = {
      type: 'prompt-guard',
      readsModelCall: 'required',
      onModelResponse: () => undefined,
    }
    const fixture = await start({
      policies: [reading],
      answer: (_request, response) => {
        response.writeHead(401, { 'content-type': type, 'content-encoding': 'gzip' })
        response.end(gzipSync(JSON.stringify({ error: { message: `no ${key}` } })))
      },
    })
    const answer = await fixture.post(ask)
    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining(expected)])
  })

  test('with every part of a signature', async () => {
    const aws = {
      type: 'aws',
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'held-secret-key',
      sessionToken: 'held-session-token',
    } as const
    const provider: ModelProvider = {
      ...{ type: 'bedrock', model: 'm', region: 'eu-west-1', path: undefined },
      credential: { type: 'none' },
    }
    const fixture = await start({
      credential: aws,
      providers: [provider],
      answer: ({ headers }, response) => {
        const { authorization, 'x-amz-security-token': token } = headers
        answerJson(response, { message: `${authorization} ${token} ${aws.secretAccessKey}` }, 403)
      },
    })
    const text = await (await fixture.post(ask)).text()
    expect(text).toMatch(
      /^{"message":"AWS4-HMAC-SHA256 Credential=\*\*\*\/[^"]*Signature=\*\*\* \*\*\* \*\*\*"}$/,
    )
  })

  test('also where it stands in the path', async () => {
    const path = { type: 'full', value: `/own?api_key=${encodeURIComponent(key)}` } as const
    const provider: ModelProvider = {
      type: 'openai',
      model: undefined,
      path,
      credential: { type: 'none' },
    }
    const fixture = await start({
      credential: { type: 'none' },
      providers: [provider],
      answer: ({ url }, response) => answerJson(response, { error: `${url} ${key}` }, 404),
    })
    expect(await (await fixture.post(ask)).json()).toEqual({ error: '/own?api_key=*** ***' })
  })
})

/** A message of an AWS event stream, made by the library of AWS. */
function encodeMessage(kind: 'event' | 'exception', name: string, body: string): Buffer {
  const { EventStreamCodec } = createRequire(import.meta.url)('@smithy/eventstream-codec')
  const codec = new EventStreamCodec(
    (bytes: Uint8Array) => Buffer.from(bytes).toString(),
    (text: string) => Buffer.from(text),
  )
  const header = (value: string) => ({ type: 'string', value })
  const headers = { ':message-type': header(kind), [`:${kind}-type`]: header(name) }
  return Buffer.from(codec.encode({ headers, body: Buffer.from(body) }))
}
