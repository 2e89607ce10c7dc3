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

interface Sent {
  readonly body: { readonly messages?: readonly { readonly content: string }[] }
}

test('a webhook decides over what clients ask and masks what models answer', async () => {
  const model = await bench.model(completion('The word is swordfish.'))
  const webhook = await bench.model(({ path, body }, response) => {
    const sent = JSON.parse(body) as Sent
    const asked = sent.body.messages?.[0]?.content
    const masked = { choices: [{ message: { role: 'assistant', content: 'The word is masked.' } }] }
    const refusal = { body: 'Not by me.', status_code: 418 }
    const request = asked === 'Refuse' ? refusal : { reason: 'fine' }
    const action = path === '/request' ? request : { body: masked }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ action }))
  })
  const { port } = webhook
  const forwardHeaders = [{ key: 'x-team-', matchType: 'PREFIX' }]
  const asked = { host: '127.0.0.1', port }
  const promptGuard = {
    request: { webhook: { ...asked, forwardHeaders } },
    response: { webhook: asked },
  }
  await bench.serveOpenAi('webhook', model, { promptGuard })
  const refused = await bench.ask('webhook', about('Refuse'))
  expect([refused.status, refused.body]).toEqual([418, 'Not by me.'])
  expect(model.requests).toEqual([])
  const headers = { 'x-team-name': 'dev', 'x-other': 'kept back' }
  const masked = await bench.ask('webhook', about('A word?'), headers)
  expect(masked.body).toContain('The word is masked.')
  const request = webhook.requests.findLast(({ path }) => path === '/request')
  expect(request?.headers).toMatchObject({ 'x-team-name': 'dev' })
  expect(request?.headers).not.toHaveProperty('x-other')
})

test('a webhook that does not answer lets nothing pass', async () => {
  const model = await bench.model()
  const webhook = await bench.model((_request, response) => void response.writeHead(500).end('no'))
  const promptGuard = { request: { webhook: { host: '127.0.0.1', port: webhook.port } } }
  await bench.serveOpenAi('webhook-down', model, { promptGuard })
  const refused = await bench.ask('webhook-down')
  expect([refused.status, refused.body]).toEqual([
    403,
    'The request was rejected due to inappropriate content',
  ])
  expect(model.requests).toEqual([])
})

test('a guard on a route without models closes it and says so', async () => {
  await bench.edge.upstream('other')
  const options = { ai: { promptGuard: { request: { matches: ['x'] } } } }
  const route = { routeAction: { single: { upstream: { name: 'other' } } }, options }
  const status = await bench.edge.serve('unguarded', JSON.stringify({ routes: [route] }))
  expect(status.reason).toContain('it leads to no AI Upstream')
  expect((await bench.ask('unguarded')).status).toBe(500)
})
