import { afterAll, beforeAll, expect, test } from 'vitest'
import { AiBench, completion, question } from './ai-bench.ts'

let bench: AiBench
beforeAll(async () => {
  bench = await AiBench.start()
})
afterAll(() => bench.stop())

const about = (content: string) => ({ ...question, messages: [{ role: 'user', content }] })

test('a route guards what clients ask and what models answer', async () => {
  const model = await bench.model(completion('Call 555-010-4477.'))
  const promptGuard = {
    request: {
      customResponse: { message: 'Not that.', statusCode: 422 },
      regex: { action: 'REJECT', matches: [{ pattern: 'secret (plan|word)', name: 'secrets' }] },
    },
    response: { regex: { matches: [{ pattern: '\\d{3}-\\d{3}-\\d{4}', name: 'phone' }] } },
  }
  await bench.serveOpenAi('guard', model, { promptGuard })
  const refused = await bench.ask('guard', about('The SECRET plan?'))
  expect([refused.status, refused.body]).toEqual([422, 'Not that.'])
  expect(refused.headers['content-type']).toBe('text/plain')
  expect(model.requests).toEqual([])
  const masked = await bench.ask('guard', about('A number?'))
  expect(masked.status).toBe(200)
  expect(masked.body).not.toContain('4477')
})

test('guards of early releases refuse and mask as they did', async () => {
  const model = await bench.model(completion('Take 5100 0000 0000 0000.'))
  const promptGuard = {
    request: { matches: ['credit card'], customResponseMessage: 'Rejected' },
    response: { matches: ['\\b(5[1-5]\\d\\d(?:[ -]?\\d{4}){3})\\b'] },
  }
  await bench.serveOpenAi('early-guard', model, { promptGuard })
  const refused = await bench.ask('early-guard', about('A Credit Card?'))
  expect([refused.status, refused.body]).toEqual([403, 'Rejected'])
  expect((await bench.ask('early-guard', about('A number?'))).body).toContain('XXXX XXXX XXXX 0000')
})
