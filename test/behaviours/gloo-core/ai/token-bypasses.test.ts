import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { EdgeBench } from '../../gloo-edge/edge-bench.ts'
import { ask, HeldModel, startLimited } from './ai-token-bench.ts'

let model: HeldModel
beforeAll(async () => {
  model = await HeldModel.start()
  model.open()
})
afterAll(() => model.server?.close())

type Parts = NonNullable<Parameters<typeof ask>[2]>

const requests = () => model.server?.requests ?? []
const json = (body: object): Parts => ({ body: JSON.stringify(body) })
const messages = [{ role: 'user', content: 'Hello' }]
const form = {
  headers: { 'content-type': 'multipart/form-data; boundary=cut' },
  body: '--cut\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF\r\n--cut--\r\n',
}

/** Sends what must not reach the model, and says with which status it was refused. */
async function refusedWith(bench: EdgeBench, parts: Parts): Promise<number> {
  const before = requests().length
  const { status } = await ask(bench, 'anybody', parts)
  expect(requests()).toHaveLength(before)
  return status
}

async function benchOfTest(budget: number, annotations: object, ai: object = {}) {
  const bench = await startLimited(model, { budget, annotations: { ...annotations }, ai })
  onTestFinished(() => bench.stop().then(() => undefined))
  return bench
}

describe('past a limit on tokens leads no', () => {
  let bench: EdgeBench
  beforeAll(async () => {
    const annotations = { 'sluice.dev/count': 'total-tokens' }
    bench = await startLimited(model, { budget: 1_000_000, annotations })
  })
  afterAll(() => bench.stop())

  const to = (path: string, parts: Parts): Parts => ({ path, ...parts })
  const image = { type: 'image_url', image_url: { url: 'https://pictures.example/1.png' } }

  test.each<[string, Parts, number]>([
    [
      'compressed body',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{}').toString('latin1') },
      415,
    ],
    [
      'body of another type',
      { headers: { 'content-type': 'text/plain' }, ...json({ messages }) },
      415,
    ],
    ['body without a type', { headers: { 'content-type': '' }, ...json({ messages }) }, 415],
    ['mark before the body', { body: `\ufeff${JSON.stringify({ messages })}` }, 400],
    ['limit that stands twice', { body: '{"messages":[],"max_tokens":1,"max_tokens":99999}' }, 400],
    ['limit in other letters', json({ messages, max_tokens: 1, Max_Tokens: 99_999 }), 400],
    ['number of answers as a text', json({ messages, max_tokens: 1, n: '99' }), 400],
    ['speech to text', to('/v1/audio/transcriptions', form), 403],
    ['file', to('/v1/files', form), 403],
    ['edit of a picture', to('/v1/images/edits', form), 403],
    ['batch', to('/v1/batches', json({ input_file_id: 'file-1' })), 403],
    ['training', to('/v1/fine_tuning/jobs', json({ training_file: 'file-1' })), 403],
    ['endpoint that nobody knows', to('/v1/unheard-of', json({ messages })), 404],
    ['picture that is made', to('/v1/images/generations', json({ prompt: 'a cat' })), 403],
    ['speech', to('/v1/audio/speech', json({ input: 'Hello' })), 403],
    ['answer in the background', to('/v1/responses', json({ input: 'Hi', background: true })), 403],
    ['answer before', to('/v1/responses', json({ input: 'Hi', previous_response_id: 'r' })), 403],
    ['stored conversation', to('/v1/responses', json({ input: 'Hi', conversation: 'c' })), 403],
    ['stored prompt', to('/v1/responses', json({ prompt: { id: 'p' } })), 403],
    [
      'tool of the provider',
      to('/v1/responses', json({ input: 'Hi', tools: [{ type: 'web_search' }] })),
      403,
    ],
    ['picture', json({ messages: [{ role: 'user', content: [image] }] }), 403],
  ])('%s', async (_, parts, status) => {
    expect(await refusedWith(bench, parts)).toBe(status)
  })
})

test('a picture counts what the configuration says', async () => {
  const bench = await benchOfTest(1000, {
    'sluice.dev/count': 'total-tokens',
    'sluice.dev/attachment-tokens': '400',
  })
  const image = {
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${'A'.repeat(9000)}` },
  }
  const ofPictures = (count: number) =>
    json({ messages: [{ role: 'user', content: Array(count).fill(image) }], max_tokens: 50 })
  expect((await ask(bench, 'three', ofPictures(3))).status).toBe(429)
  expect((await ask(bench, 'two', ofPictures(2))).status).toBe(200)
})

test('what the route adds to a request counts', async () => {
  const prepend = [{ role: 'SYSTEM', content: 'You are kind. '.repeat(20) }]
  const annotations = { 'sluice.dev/count': 'total-tokens' }
  const bench = await benchOfTest(60, annotations, { promptEnrichment: { prepend } })
  expect(await refusedWith(bench, json({ messages, max_tokens: 20 }))).toBe(429)
})

test('cost is set aside for the dearest model that may stand in', async () => {
  const annotations = {
    'sluice.dev/count': 'cost',
    'sluice.dev/prices': 'cheap=1/1, dear=1000/1000',
  }
  const call = json({ model: 'cheap', messages, max_tokens: 90 })
  const backups = await benchOfTest(9, annotations, { backupModels: ['dear'] })
  expect(await refusedWith(backups, call)).toBe(429)
  const alone = await benchOfTest(9, annotations)
  expect((await ask(alone, 'anybody', call)).status).toBe(200)
  expect(
    await refusedWith(alone, json({ model: 'cheap', models: ['dear'], messages, max_tokens: 90 })),
  ).toBe(429)
})
