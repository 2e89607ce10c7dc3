import { afterAll, beforeAll, expect, test } from 'vitest'
import { AiBench, question } from './ai-bench.ts'

let bench: AiBench
beforeAll(async () => {
  bench = await AiBench.start('dev')
})
afterAll(() => bench.stop())

const authToken = { inline: 'sk-simulated' }

test.each([
  ['openai', { openai: { authToken } }, 'chat.completion'],
  ['mistral', { mistral: { authToken, model: 'open-mistral-nemo' } }, 'chat.completion'],
])('%s answers at the host that it has by default', async (name, ai, answer) => {
  expect((await bench.serve(name, ai)).state).toBe('Accepted')
  const { status, body } = await bench.ask(name)
  expect(body).toContain(answer)
  expect(status).toBe(200)
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
})
