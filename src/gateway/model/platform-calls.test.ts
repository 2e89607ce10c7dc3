import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { TextSlot } from '../../llm/text-slot.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import { answerJson, ModelFixture } from '../testing/model-fixture.ts'

const isSecret = ({ text }: TextSlot) => text.includes('secret')

/** Refuses requests, and masks answers, that hold the word. */
const guard: CompiledPolicy = {
  type: 'prompt-guard',
  readsModelCall: 'required',
  onModelRequest: (_context, _call, request) =>
    request.texts().some(isSecret) ? gatewayError('prompt-rejected', 'No.') : undefined,
  onModelResponse(_context, _call, response) {
    for (const slot of response.texts().filter(isSecret)) slot.replace('XXX')
    return undefined
  },
}
const { onModelResponse: _, ...requestGuard } = guard

const item = (text: string) => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
})

describe('a part of the API whose bodies are known', () => {
  test.each<[string, (text: string) => object]>([
    ['images/generations', (prompt) => ({ model: 'm', prompt })],
    ['audio/speech', (input) => ({ model: 'm', voice: 'v', input })],
    ['conversations', (text) => ({ items: [item(text)] })],
    ['conversations/conv_1/items', (text) => ({ items: [item(text)] })],
  ])('%s is read by guards and sent as it came', async (name, bodyWith) => {
    const fixture = await ModelFixture.start({
      policies: [requestGuard],
      answer: (_request, response) => answerJson(response, { object: 'x', data: [] }),
    })
    expect((await fixture.post(bodyWith('a secret'), `/openai/v1/${name}`)).status).toBe(403)
    expect(fixture.seen).toEqual([])
    expect((await fixture.post(bodyWith('a house'), `/openai/v1/${name}`)).status).toBe(200)
    expect(fixture.seen[0]).toMatchObject({
      url: `/v1/${name}`,
      body: JSON.stringify(bodyWith('a house')),
    })
  })

  test('shows guards what was said in a conversation', async () => {
    const list = { object: 'list', data: [item('the secret'), item('the rest')] }
    const fixture = await ModelFixture.start({
      policies: [guard],
      answer: (_request, response) => answerJson(response, list),
    })
    const answer = await fetch(`${fixture.gateway.url}/openai/v1/conversations/conv_1/items`)
    expect(await answer.json()).toEqual({ object: 'list', data: [item('XXX'), item('the rest')] })
  })

  test('shows guards the prompt that a model has made of another', async () => {
    const data = [{ b64_json: 'AAAA', revised_prompt: 'a secret' }]
    const fixture = await ModelFixture.start({
      policies: [guard],
      answer: (_request, response) => answerJson(response, { created: 1, data }),
    })
    const answer = await fixture.post({ prompt: 'a house' }, '/openai/v1/images/generations')
    expect(await answer.json()).toEqual({
      created: 1,
      data: [{ b64_json: 'AAAA', revised_prompt: 'XXX' }],
    })
  })

  const sound = (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('sound')

  test('keeps sounds from clients where a guard must hear them', async () => {
    const fixture = await ModelFixture.start({
      policies: [guard],
      answer: (_request, response) => sound(response),
    })
    const answer = await fixture.post({ input: 'Hi' }, '/openai/v1/audio/speech')
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'unreadable_answer' } })
  })

  test.each<[string, object, (response: ServerResponse) => void]>([
    ['audio/speech', { model: 'm', input: 'one two' }, sound],
    [
      'images/generations',
      { model: 'm', prompt: 'one two' },
      (response) => answerJson(response, { data: [{ b64_json: 'word '.repeat(500) }] }),
    ],
  ])('counts of %s what was asked, where the answer says nothing', async (name, body, answer) => {
    const fixture = await ModelFixture.start({ answer: (_request, response) => answer(response) })
    await (await fixture.post(body, `/openai/v1/${name}`)).arrayBuffer()
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({
      inputTokens: 2,
      outputTokens: 0,
      estimated: true,
    })
  })
})

describe('text that a client has turned into tokens', () => {
  const bodies: readonly (readonly [string, object])[] = [
    ['embeddings', { model: 'm', input: [[15339, 1917], [9]] }],
    ['completions', { model: 'm', prompt: [15339, 1917, 9] }],
    ['moderations', { input: [15339, 1917, 9] }],
  ]
  const limit: CompiledPolicy = {
    type: 'rate-limit',
    readsModelCall: 'required',
    readsTokenNumbers: true,
    onModelRequest: () => undefined,
  }
  const { onModelRequest: _request, ...answerGuard } = guard

  test.each(bodies)('of %s is refused where a guard must read it', async (name, body) => {
    const fixture = await ModelFixture.start({ policies: [limit, guard] })
    const answer = await fixture.post(body, `/openai/v1/${name}`)
    expect(answer.status).toBe(400)
    const { error } = (await answer.json()) as { error: { message: string } }
    expect(error.message).toContain('the prompt-guard policy of this route cannot read')
    expect(error.message).toContain('send the text itself')
    expect(fixture.seen).toEqual([])
  })

  test.each(bodies)('of %s goes on elsewhere and is counted', async (name, body) => {
    const data = { data: [], choices: [], results: [] }
    const fixture = await ModelFixture.start({
      policies: [limit, answerGuard],
      answer: (_request, response) => answerJson(response, data),
    })
    expect((await fixture.post(body, `/openai/v1/${name}`)).status).toBe(200)
    expect(fixture.seen[0]?.body).toBe(JSON.stringify(body))
    expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({ inputTokens: 3 })
  })
})

test.each(['images/edits', 'images/variations', 'audio/transcriptions', 'audio/translations'])(
  '%s is refused where a policy must read it',
  async (name) => {
    const fixture = await ModelFixture.start({ policies: [requestGuard] })
    const form = new FormData()
    form.set('prompt', 'a house')
    const url = `${fixture.gateway.url}/openai/v1/${name}`
    const answer = await fetch(url, { method: 'POST', body: form })
    expect(answer.status).toBe(403)
    expect(fixture.seen).toEqual([])
  },
)
