import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RecordingUpstream } from '../../../harness/recording-upstream.ts'
import { AiBench, completion, question } from './ai-bench.ts'

let bench: AiBench
let model: RecordingUpstream
beforeAll(async () => {
  bench = await AiBench.start()
  model = await bench.model(completion('Hi'))
  const regex = { action: 'REJECT', matches: [{ pattern: 'tiger', name: 'cats' }] }
  await bench.serveOpenAi('guarded', model, { promptGuard: { request: { regex } } })
})
afterAll(() => bench.stop())

/** What a client gets for `body`, sent as it is. */
async function post(body: string | Buffer, headers: Record<string, string> = {}, path = '/chat') {
  const answer = await bench.edge.call('guarded', path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  return answer.status
}

const asking = (message: object) =>
  JSON.stringify({ ...question, messages: [{ role: 'user', content: 'hello' }, message] })

describe('a guarded route refuses', () => {
  test.each<[name: string, body: string]>([
    ['a text', asking({ role: 'user', content: 'a Tiger' })],
    [
      'letters that are escaped',
      asking({ role: 'user', content: 'tXger' }).replace('X', '\\u0069'),
    ],
    ['a text of the system', asking({ role: 'system', content: 'tiger' })],
    ['a text of a tool', asking({ role: 'tool', tool_call_id: '1', content: 'tiger' })],
    [
      'a text in two parts',
      asking({
        role: 'user',
        content: [
          { type: 'text', text: 'a ti' },
          { type: 'text', text: 'ger' },
        ],
      }),
    ],
    [
      'the arguments of a call',
      asking({
        role: 'assistant',
        tool_calls: [
          { id: '1', type: 'function', function: { name: 'f', arguments: '{"a":"ti\\u0067er"}' } },
        ],
      }),
    ],
    [
      'the description of a tool',
      JSON.stringify({
        ...question,
        tools: [{ type: 'function', function: { name: 'f', description: 'a tiger' } }],
      }),
    ],
  ])('%s that must not pass', async (_, body) => {
    expect(await post(body)).toBe(403)
    expect(model.requests).toEqual([])
  })

  const tiger = asking({ role: 'user', content: 'tiger' })
  test.each<[name: string, status: number, body: string | Buffer, headers: Record<string, string>]>(
    [
      ['a body that is compressed', 415, gzipSync(tiger), { 'content-encoding': 'gzip' }],
      ['another content type', 415, tiger, { 'content-type': 'text/plain' }],
      ['messages twice', 400, tiger.replace('{', '{"messages":[],'), {}],
      ['no JSON', 400, `${tiger}]`, {}],
      ['another character set', 400, Buffer.from(tiger, 'utf16le'), {}],
    ],
  )('%s, which it cannot read', async (_, status, body, headers) => {
    expect(await post(body, headers)).toBe(status)
    expect(model.requests).toEqual([])
  })

  test('tokens instead of text', async () => {
    const body = JSON.stringify({ model: 'text-embedding-3-small', input: [83, 7420] })
    expect(await post(body, {}, '/v1/embeddings')).toBe(400)
    expect(await post(JSON.stringify({ ...question, prompt_token_ids: [83, 7420] }))).toBe(400)
    expect(model.requests).toEqual([])
  })

  test('endpoints and upgrades that it does not know', async () => {
    expect(await post('{"prompt":"tiger"}', {}, '/v1/fine_tuning/jobs')).toBe(403)
    const upgrade = await bench.edge.call('guarded', '/v1/realtime', {
      headers: {
        ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    })
    expect(upgrade.status).toBe(403)
    expect(model.requests).toEqual([])
  })
})

test('a guarded route lets the rest pass', async () => {
  expect(await post(asking({ role: 'user', content: 'a lion' }))).toBe(200)
  expect(model.requests.length).toBe(1)
})
