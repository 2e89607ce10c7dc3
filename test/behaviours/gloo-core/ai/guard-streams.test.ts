import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../../harness/recording-upstream.ts'
import { AiBench, completion, question } from './ai-bench.ts'

let bench: AiBench
beforeAll(async () => {
  bench = await AiBench.start()
})
afterAll(() => bench.stop())

const content = 'Take 5105 1051 0510 5100 or write to jane.doe@example.com, tiger 12.'
const toolArguments = JSON.stringify({ to: 'jane.doe@example.com', text: 'é "tiger 7"', n: 1 })

type Answer = (request: { readonly body: string }, response: Response) => void
type Response = Parameters<ReturnType<typeof completion>>[1]

/** Answers with {@link content} and a tool call; a stream comes in pieces of `size` letters. */
const answering =
  (size: number): Answer =>
  ({ body }, response) => {
    if ((JSON.parse(body) as { stream?: boolean }).stream !== true) {
      const called = {
        id: 'c1',
        type: 'function',
        function: { name: 'f', arguments: toolArguments },
      }
      const message = { role: 'assistant', content, tool_calls: [called] }
      const choices = [
        { index: 0, message, finish_reason: 'stop', logprobs: { content: [content] } },
      ]
      const head = { id: 'c', object: 'chat.completion', created: 1, model: 'm' }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...head, choices }))
      return
    }
    const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
    const send = (delta: object, finish: string | null = null) => {
      const logprobs = { content: [delta] }
      const choices = [{ index: 0, delta, finish_reason: finish, logprobs }]
      response.write(`data: ${JSON.stringify({ ...head, choices })}\n\n`)
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces(content, size)) send({ content: piece })
    for (const piece of pieces(toolArguments, size)) {
      send({ tool_calls: [{ index: 0, function: { arguments: piece } }] })
    }
    send({}, 'stop')
    response.end('data: [DONE]\n\n')
  }

function pieces(text: string, size: number): string[] {
  const all: string[] = []
  for (let index = 0; index < text.length; index += size) all.push(text.slice(index, index + size))
  return all
}

interface Chunk {
  readonly choices: readonly {
    readonly delta: {
      readonly content?: string
      readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[]
    }
  }[]
}

/** The texts that a stream of events adds up to. */
function readStream(body: string): { content: string; toolArguments: string } {
  let text = ''
  let called = ''
  const events = body.split('\n\n').filter((event) => event !== '' && event !== 'data: [DONE]')
  for (const event of events) {
    const { choices } = JSON.parse(event.replace('data: ', '')) as Chunk
    text += choices[0]?.delta.content ?? ''
    called += choices[0]?.delta.tool_calls?.[0]?.function.arguments ?? ''
  }
  return { content: text, toolArguments: called }
}

const today = {
  response: {
    regex: { matches: ['tiger \\d+'], builtins: ['CREDIT_CARD', 'EMAIL', 'SSN', 'PHONE_NUMBER'] },
  },
}
const early = { response: { matches: ['tiger \\d+'], builtins: ['CREDIT_CARD', 'EMAIL'] } }

describe('a stream through a guard', () => {
  test.each([1, 2, 3, 7, 100])(
    'in pieces of %i letters reads like the whole answer',
    async (size) => {
      const model = await bench.model(answering(size))
      for (const [form, promptGuard] of Object.entries({ today, early })) {
        const name = `${form}-${size}`
        await bench.serveOpenAi(name, model, { promptGuard })
        const whole = await bench.ask(name)
        const { message } = (JSON.parse(whole.body) as WholeAnswer).choices[0]
        const streamed = await bench.ask(name, { ...question, stream: true })
        expect(readStream(streamed.body)).toEqual({
          content: message.content,
          toolArguments: message.tool_calls[0].function.arguments,
        })
        expect(streamed.body).toContain('data: [DONE]')
        expect(streamed.body + whole.body).not.toMatch(/jane|"logprobs":\{/)
        expect(JSON.parse(message.tool_calls[0].function.arguments)).toEqual(expectedCall[form])
        expect(message.content).toBe(expectedContent[form])
      }
      expect(model.requests[0]?.headers['accept-encoding']).toBe('identity')
    },
  )
})

interface WholeAnswer {
  readonly choices: readonly [
    {
      readonly message: {
        readonly content: string
        readonly tool_calls: readonly [{ readonly function: { readonly arguments: string } }]
      }
    },
  ]
}

const expectedContent: Record<string, string> = {
  today: 'Take <CREDIT_CARD> or write to <EMAIL_ADDRESS>, <CUSTOM>.',
  early: 'Take XXXX XXXX XXXX 5100 or write to XXXX.XXXXXXXXXXe.com, XXXXX 12.',
}
const expectedCall: Record<string, object> = {
  today: { to: '<EMAIL_ADDRESS>', text: 'é "<CUSTOM>"', n: 1 },
  early: { to: 'XXXX.XXXXXXXXXXe.com', text: 'é "XXXXX 7"', n: 1 },
}

describe('a webhook', () => {
  const hookAt = ({ port }: RecordingUpstream) => ({
    ...{ host: '127.0.0.1', port },
    forwardHeaders: [{ key: 'x-team', matchType: 'PREFIX' }],
  })
  type Body = { body: { messages: { content: string }[]; choices: { message: object }[] } }

  test('masks what clients ask and what models answer', async () => {
    const model = await bench.model(completion('An answer.'))
    const hook = await bench.model(({ path, body }, response) => {
      const { messages } = (JSON.parse(body) as Body).body
      const masked =
        path === '/request'
          ? { messages: messages.map((message) => ({ ...message, content: 'masked question' })) }
          : { choices: [{ message: { role: 'assistant', content: 'masked answer' } }] }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ action: { body: masked, reason: 'because' } }))
    })
    const guard = { webhook: hookAt(hook) }
    await bench.serveOpenAi('hook', model, { promptGuard: { request: guard, response: guard } })
    const answer = await bench.ask('hook', question, { 'x-team-name': 'dev', 'x-other': 'no' })
    expect(answer.body).toContain('masked answer')
    expect(model.requests[0]?.body).toContain('masked question')
    expect(hook.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/request', '{"body":{"messages":[{"role":"user","content":"Hello"}]}}'],
      [
        ...['POST', '/response'],
        '{"body":{"choices":[{"message":{"role":"assistant","content":"An answer."}}]}}',
      ],
    ])
    expect(hook.requests[0]?.headers).toMatchObject({ 'x-team-name': 'dev' })
    expect(hook.requests[0]?.headers['x-other']).toBe(undefined)
  })

  test('that refuses, hangs or answers nonsense keeps requests from the model', async () => {
    const model = await bench.model()
    const hook = await bench.model(({ body }, response) => {
      if (body.includes('hang')) return
      const refusal = { action: { body: 'Not with us', status_code: 422 } }
      response.end(body.includes('refuse') ? JSON.stringify(refusal) : '<html>')
    })
    const customResponse = { message: 'Later', statusCode: 418 }
    const request = { webhook: hookAt(hook), customResponse }
    await bench.serveOpenAi('hook-fails', model, { promptGuard: { request } })
    const ask = async (content: string) => {
      const messages = [{ role: 'user', content }]
      const { status, body } = await bench.ask('hook-fails', { ...question, messages })
      return [status, body]
    }
    const answers = await Promise.all(['refuse', 'nonsense', 'hang'].map(ask))
    expect(answers).toEqual([
      [422, 'Not with us'],
      [418, 'Later'],
      [418, 'Later'],
    ])
    expect(model.requests).toEqual([])
  })

  test('that hangs or answers nonsense keeps answers from the client', async () => {
    const model = await bench.model(completion('An answer.'))
    const hook = await bench.model((_request, response) => response.end('{"action":1}'))
    const response = { webhook: hookAt(hook) }
    await bench.serveOpenAi('hook-garbles', model, { promptGuard: { response } })
    const answer = await bench.ask('hook-garbles')
    expect(answer.status).toBe(500)
    expect(answer.body).toContain('could not judge the answer')
    expect(answer.body).not.toContain('An answer')
  })
})
