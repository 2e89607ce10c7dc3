import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { ModelProvider } from '../../ir/model-provider.ts'
import type { StreamPart } from '../../llm/stream-part.ts'
import type { CompiledPolicy, StreamEditor, StreamOutput } from '../../policies/policy.ts'
import { ModelFixture, type ModelFixtureOptions } from '../testing/model-fixture.ts'

const chunk = (content: string) =>
  `data: ${JSON.stringify({ model: 'gpt-4o-1', choices: [{ index: 0, delta: { content } }], usage: null })}\n\n`
const report = `data: ${JSON.stringify({ model: 'gpt-4o-1', choices: [], usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 } })}\n\n`
const done = 'data: [DONE]\n\n'
const events = [chunk('Hello'), chunk(' there'), chunk(' you'), report, done]
const gemini: ModelProvider = {
  ...{ type: 'gemini', model: 'g2', apiVersion: 'v1beta', path: undefined },
  credential: { type: 'none' },
}
const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], stream: true }

function send(response: ServerResponse, pieces: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const piece of pieces) response.write(piece)
  response.end()
}

const start = (options: ModelFixtureOptions = {}): Promise<ModelFixture> =>
  ModelFixture.start({ answer: (_request, response) => send(response, events), ...options })

const editing = (
  edit: (part: StreamPart, output: StreamOutput) => void,
  changes: Partial<StreamEditor> = {},
): CompiledPolicy => ({
  type: 'prompt-guard',
  readsModelCall: 'required',
  createStreamEditor: (_context, _call, output) => ({
    push: (part) => edit(part, output),
    end: () => output.end(),
    abort: () => undefined,
    ...changes,
  }),
})

const replacing = (from: string, to: string) =>
  editing((part, output) => {
    for (const slot of part.deltas) slot.replace(slot.text.replace(from, to))
    output.emit(part)
  })

test.each([
  ['that is edited', { policies: [replacing('you', 'we')] }, ask],
  ['of which the usage is kept from the client', {}, ask],
])('a stream %s loses what its head says of its bytes', async (_name, options, body) => {
  const fixture = await start({
    ...options,
    answer: (_request, response) => {
      const text = events.join('')
      response.writeHead(200, {
        ...{ 'content-type': 'text/event-stream', 'content-length': Buffer.byteLength(text) },
        ...{ etag: '"1"', 'content-digest': 'sha-256=:eA==:', 'x-request-cost': '1' },
      })
      response.end(text)
    },
  })
  const { headers } = await fixture.post(body)
  expect(headers.get('x-request-cost')).toBe('1')
  for (const name of ['content-length', 'etag', 'content-digest']) {
    expect(headers.get(name)).toBeNull()
  }
})

describe('a stream that nobody reads', () => {
  test('reports its usage to the gateway and keeps that from a client that did not ask', async () => {
    const fixture = await start()
    const answer = await fixture.post(ask)
    expect(await answer.text()).toBe(events.filter((event) => event !== report).join(''))
    expect(JSON.parse(fixture.seen[0]?.body ?? '')).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
    expect((await fixture.gateway.record()).modelCall).toMatchObject({
      streaming: true,
      providerModel: 'gpt-4o-1',
      usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8, estimated: false },
    })
  })

  test('goes to a client that asked for the usage as it is, from the bytes that it sent', async () => {
    const fixture = await start()
    const body = JSON.stringify({ ...ask, stream_options: { include_usage: true } })
    expect(await (await fixture.post(body)).text()).toBe(events.join(''))
    expect(fixture.seen[0]?.body).toBe(body)
  })

  test('is asked for where the route says so', async () => {
    const fixture = await start({ modelCalls: { alwaysStream: true } })
    const { stream: _, ...whole } = ask
    await (await fixture.post(whole)).text()
    expect(JSON.parse(fixture.seen[0]?.body ?? '')).toMatchObject({ stream: true })
  })

  test('is counted when it does not report', async () => {
    const silent = [chunk('one two'), chunk(' three'), done]
    const fixture = await start({ answer: (_request, response) => send(response, silent) })
    await (await fixture.post(ask)).text()
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({
      inputTokens: 1,
      outputTokens: 3,
      estimated: true,
    })
  })

  test('is counted as far as it came when the client leaves', async () => {
    const fixture = await start({
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(chunk('one two'))
      },
    })
    const answer = await fixture.post(ask)
    const body = answer.body?.getReader()
    await body?.read()
    await body?.cancel()
    expect(await fixture.gateway.record()).toMatchObject({
      errorCode: 'client-closed',
      modelCall: { usage: { inputTokens: 1, outputTokens: 2, estimated: true } },
    })
  })
})

test('an error within a stream reaches the client as it is, and what came before is counted', async () => {
  const error = `data: ${JSON.stringify({ error: { message: 'overloaded', type: 'server_error' } })}\n\n`
  const fixture = await start({
    answer: (_request, response) => send(response, [chunk('one two'), error]),
  })
  expect(await (await fixture.post(ask)).text()).toBe(chunk('one two') + error)
  expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({
    outputTokens: 2,
    estimated: true,
  })
})

describe('a stream that policies read', () => {
  test('runs through their editors, last phase first, event by event', async () => {
    const fixture = await start({
      policies: [replacing('[you]', '{you}'), replacing('you', '[you]')],
    })
    const text = await (await fixture.post(ask)).text()
    expect(text).toContain('" {you}"')
    expect(text.endsWith(done)).toBe(true)
    expect(text).not.toContain('prompt_tokens')
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({ totalTokens: 8 })
  })

  test('may be held back and handed on later', async () => {
    const held: StreamPart[] = []
    const policy: CompiledPolicy = {
      type: 'prompt-guard',
      readsModelCall: 'required',
      createStreamEditor: (_context, _call, output) => ({
        push: (part) => void held.push(part),
        end: () =>
          void setImmediate(() => {
            for (const part of held.splice(0)) output.emit(part)
            output.end()
          }),
        abort: () => undefined,
      }),
    }
    const fixture = await start({ policies: [policy] })
    expect(await (await fixture.post(ask)).text()).toBe(
      events.filter((event) => event !== report).join(''),
    )
  })

  test('ends with the error of a policy in the words of the API', async () => {
    const policy = editing((part, output) => {
      if (part.deltas.some(({ text }) => text.includes('there'))) {
        output.fail(gatewayError('forbidden', 'not this'))
      } else output.emit(part)
    })
    const fixture = await start({ policies: [policy] })
    const text = await (await fixture.post(ask)).text()
    expect(text).toContain('Hello')
    expect(text).not.toContain('you')
    expect(text).toContain('"message":"not this"')
    expect(await fixture.gateway.record()).toMatchObject({ errorCode: 'forbidden' })
  })

  test('tells editors when the client has gone', async () => {
    const aborted = Promise.withResolvers<void>()
    const policy = editing((part, output) => output.emit(part), { abort: aborted.resolve })
    const fixture = await start({
      policies: [policy],
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(chunk('Hello'))
      },
    })
    const body = (await fixture.post(ask)).body?.getReader()
    await body?.read()
    await body?.cancel()
    await aborted.promise
  })

  test('may be an array of JSON, which is cut where a policy ends it', async () => {
    const answers = ['Hello', ' there', ' you'].map((text) => ({
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] } }],
    }))
    const options: ModelFixtureOptions = {
      providers: [gemini],
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(answers))
      },
    }
    const path = '/v1beta/models/g:streamGenerateContent'
    const body = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
    const read = async (policy: CompiledPolicy) => {
      const fixture = await start({ ...options, policies: [policy] })
      return (await fixture.post(body, path)).text()
    }
    expect(JSON.parse(await read(replacing('there', 'XXXXX')))[1]).toMatchObject({
      candidates: [{ content: { parts: [{ text: ' XXXXX' }] } }],
    })
    const failing = editing((part, output) => {
      if (part.deltas.some(({ text }) => text === ' you'))
        output.fail(gatewayError('forbidden', 'no'))
      else output.emit(part)
    })
    await expect(read(failing)).rejects.toThrow()
  })

  test.each([
    ['guarded', [replacing('you', 'XXX')]],
    ['unguarded', []],
  ])('is counted as an array of JSON, %s', async (_name, policies) => {
    const recorded = new URL(
      '../../protocols/gemini-generate-content/testdata/answer.json',
      import.meta.url,
    )
    const bytes = readFileSync(recorded)
    const fixture = await start({
      ...{ providers: [gemini], policies },
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' })
        response.write(bytes.subarray(0, 300))
        setImmediate(() => response.end(bytes.subarray(300)))
      },
    })
    const body = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
    const answer = await fixture.post(body, '/v1beta/models/g:streamGenerateContent')
    const events = JSON.parse(await answer.text())
    expect(events).toHaveLength(4)
    expect(events[3].candidates[0].content.parts[0].text).toBe(
      policies.length === 0 ? ' you]}"' : ' XXX]}"',
    )
    expect((await fixture.gateway.record()).modelCall).toMatchObject({
      streaming: true,
      providerModel: 'gemini-2.5-flash',
      usage: { inputTokens: 8, totalTokens: 19, cachedInputTokens: 2, estimated: false },
    })
  })

  test.each([
    ['events', 'text/event-stream', (error: object) => `data: ${JSON.stringify(error)}\n\n`],
    ['an array', 'application/json', (error: object) => JSON.stringify([error])],
    ['an object', 'application/json', (error: object) => JSON.stringify(error)],
  ])('may be an error in the form of %s, which costs nothing', async (_name, type, encode) => {
    const errorOf = (message: string) => encode({ error: { code: 400, message } })
    const policy = editing((part, output) => {
      for (const slot of part.repeats) slot.replace(slot.text.replace('you', 'XXX'))
      output.emit(part)
    })
    const fixture = await start({
      ...{ providers: [gemini], policies: [policy] },
      answer: (_request, response) => {
        response.writeHead(400, { 'content-type': type }).end(errorOf('not you'))
      },
    })
    const body = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
    const answer = await fixture.post(body, '/v1beta/models/g:streamGenerateContent')
    expect([answer.status, await answer.text()]).toEqual([400, errorOf('not XXX')])
    expect((await fixture.gateway.record()).modelCall?.usage).toBeUndefined()
  })

  test('is cut when the provider breaks off, and what was held back is not shown', async () => {
    const fixture = await start({
      policies: [editing(() => undefined)],
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(chunk('Hello'))
        setImmediate(() => response.destroy())
      },
    })
    const answer = await fixture.post(ask)
    await expect(answer.text()).rejects.toThrow()
  })
})
