import { expect, test } from 'vitest'
import type { BodyDefaults } from '../../ir/policies/body-defaults.ts'
import { bodyDefaults } from '../../policies/body-defaults/index.ts'
import type { CompiledPolicy, PolicyServices } from '../../policies/policy.ts'
import { completion, ModelFixture } from '../testing/model-fixture.ts'

const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
const origin = { kind: 'Test', namespace: 'default', name: 'fixture', fieldPath: 'spec' }

const setting = (fields: BodyDefaults['fields']): CompiledPolicy => {
  const config: BodyDefaults = { type: 'body-defaults', id: 'defaults', origin, fields }
  const policy = bodyDefaults.compile(config, {} as PolicyServices)
  if ('code' in policy) throw new Error(policy.message)
  return policy
}

const call = async (fields: BodyDefaults['fields'], body: object) => {
  const fixture = await ModelFixture.start({
    policies: [setting(fields)],
    answer: ({ body: sent }, response) => {
      const streams = JSON.parse(sent).stream === true
      response.writeHead(200, {
        'content-type': streams ? 'text/event-stream' : 'application/json',
      })
      response.end(
        streams
          ? 'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\ndata: [DONE]\n\n'
          : JSON.stringify(completion),
      )
    },
  })
  const answer = await (await fixture.post(body)).text()
  const { modelCall } = await fixture.gateway.record()
  return { answer, modelCall, sent: JSON.parse(fixture.seen[0]?.body ?? '') as unknown }
}

test('a stream that a default asks for reports its usage to the gateway alone', async () => {
  const { answer, modelCall, sent } = await call(
    [{ field: 'stream', value: true, override: false }],
    ask,
  )
  expect(sent).toEqual({ ...ask, stream: true, stream_options: { include_usage: true } })
  expect(answer).toBe('data: [DONE]\n\n')
  expect(modelCall).toMatchObject({
    streaming: true,
    usage: { inputTokens: 9, outputTokens: 2, estimated: false },
  })
})

test('a stream that an override turns off is none, and has no options', async () => {
  const { modelCall, sent } = await call([{ field: 'stream', value: false, override: true }], {
    ...ask,
    ...{ stream: true, stream_options: { include_usage: true } },
  })
  expect(sent).toEqual({ ...ask, stream: false })
  expect(modelCall?.streaming).toBe(false)
})

test('a model that is set above that of the client leaves no room for others that it lists', async () => {
  const lists = { models: ['dear'], fallbacks: ['dear'] }
  const model = { field: 'model', value: 'gpt-4o' }
  const own = { field: 'fallbacks', value: ['own'], override: true }
  const { sent } = await call([{ ...model, override: true }, own], { ...ask, ...lists })
  expect(sent).toEqual({ ...ask, fallbacks: ['own'] })
  expect((await call([{ ...model, override: false }], { ...ask, ...lists })).sent).toEqual({
    ...ask,
    ...lists,
  })
})
