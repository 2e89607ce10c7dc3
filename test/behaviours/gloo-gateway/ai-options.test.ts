import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type RecordingUpstream,
  type RecordingUpstreamOptions,
  startRecordingUpstream,
} from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { GlooBench, onGateway, onRoute } from './gloo-bench.ts'

let bench: GlooBench
let model: RecordingUpstream
beforeAll(async () => {
  bench = await GlooBench.start()
  model = await startRecordingUpstream({ answer })
})
afterAll(async () => {
  await bench.stop()
  await model.close()
})

const answer: NonNullable<RecordingUpstreamOptions['answer']> = (_request, response) => {
  const message = { role: 'assistant', content: 'Pay with 5100 0000 0000 0000.' }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
  const body = { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4o-1', choices, usage }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Makes the HTTPRoute `name`, which leads to an AI Upstream of its own. */
async function serve(name: string): Promise<void> {
  const customHost = { host: '127.0.0.1', port: model.port }
  await bench.apply({
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name, namespace: 'default' },
    spec: { ai: { openai: { authToken: { inline: 'sk-own' }, customHost } } },
  })
  const backendRefs = [{ group: 'gloo.solo.io', kind: 'Upstream', name }]
  expect(await bench.route(name, { backendRefs })).toMatchObject({
    ResolvedRefs: 'True/ResolvedRefs',
  })
}

const ask = (name: string, content = 'Hello') =>
  bench.call(`/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] }),
  })

test('an HTTPRoute leads to an AI Upstream without options', async () => {
  await serve('bare')
  await waitUntil('the route', async () => (await ask('bare')).status === 200)
  expect(model.requests.at(-1)).toMatchObject({
    path: '/v1/chat/completions',
    headers: { authorization: 'Bearer sk-own' },
  })
})

test('AI options of a RouteOption hold for the route that it targets', async () => {
  await serve('guarded')
  const early = `ai: { promptGuard: {
    request: { matches: [credit card], customResponseMessage: Rejected },
    response: { matches: ['\\b(5[1-5]\\d\\d(?:[ -]?\\d{4}){3})\\b'] } } }`
  expect((await bench.option('RouteOption', 'guard', [onRoute('guarded')], early)).state).toBe(
    'Accepted',
  )
  await waitUntil('the guard', async () => (await ask('guarded', 'A credit card')).status === 403)
  expect((await ask('guarded', 'A Credit Card?')).body).toBe('Rejected')
  expect((await ask('guarded')).body).toContain('XXXX XXXX XXXX 0000')
  const today = `ai: { promptGuard: {
    request: { regex: { action: REJECT, matches: [{ pattern: credit card }] },
      customResponse: { message: 'Rejected anew', statusCode: 422 } } } }`
  await bench.option('RouteOption', 'guard', [onRoute('guarded')], today)
  await waitUntil('the new guard', async () => {
    const { status, body } = await ask('guarded', 'A credit card')
    return status === 422 && body === 'Rejected anew'
  })
  expect((await ask('guarded')).body).toContain('5100 0000 0000 0000')
})

test('a guard closes routes that lead to Services, whose requests it would not see', async () => {
  const metadata = { name: 'plain', namespace: 'default' }
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } }
  await bench.apply(service)
  const guard = 'ai: { promptGuard: { request: { matches: [x] } } }'
  await bench.route('service', { backendRefs: [{ name: 'plain', port: 80 }] })
  const status = await bench.option('RouteOption', 'service', [onRoute('service')], guard)
  expect(status.reason).toContain('it leads to no AI Upstream')
  await waitUntil('the route to be closed', async () =>
    (await ask('service')).body.includes('ai.promptGuard cannot guard this route'),
  )
})

test('logs find what is known of calls to models under the name that Gloo has for it', async () => {
  await serve('logged')
  const operator = (name: string) => `"%DYNAMIC_METADATA(ai.gloo.solo.io:${name})%"`
  const fields = ['model', 'provider_model', 'total_tokens', 'streaming']
  const charged = 'charged: "%DYNAMIC_METADATA(envoy.ratelimit:hits_addend)%"'
  const format = [...fields.map((name) => `${name}: ${operator(name)}`), charged].join(', ')
  const raw = {
    descriptors: [{ key: 'generic_key', rateLimit: { unit: 'DAY', requestsPerUnit: 100_000 } }],
    rateLimits: [{ actions: [{ genericKey: { descriptorValue: 'all' } }] }],
  }
  const metadata = { name: 'all', namespace: 'default' }
  await bench.apply({
    ...{ apiVersion: 'ratelimit.solo.io/v1alpha1', kind: 'RateLimitConfig', metadata },
    spec: { raw },
  })
  const limits = 'rateLimitConfigs: { refs: [{ name: all, namespace: default }] }'
  await bench.option('RouteOption', 'all', [onRoute('logged')], limits)
  const log = `accessLoggingService: { accessLog: [{ fileSink: {
    path: /dev/stdout, jsonFormat: { kind: ai-call, ${format} } } }] }`
  await bench.option('ListenerOption', 'log', [onGateway()], log)
  const expected =
    '{"charged":10,"kind":"ai-call","model":"gpt-4o","provider_model":"gpt-4o-1","streaming":false,"total_tokens":7}'
  await waitUntil('the line', async () => {
    await ask('logged')
    return bench.sluice.output().includes('"charged":1')
  })
  const lines = bench.sluice.output().split('\n')
  const line = lines.findLast((each) => each.includes('"kind":"ai-call"')) ?? ''
  expect(JSON.parse(line)).toEqual(JSON.parse(expected))
})
