import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../../harness/wait-until.ts'
import { AiBench, at, completion, lastOf, question } from './ai-bench.ts'

let bench: AiBench
beforeAll(async () => {
  bench = await AiBench.start()
})
afterAll(() => bench.stop())

const failing: Parameters<AiBench['model']>[0] = (_request, response) => {
  response.writeHead(429, { 'content-type': 'application/json' }).end('{"error":{}}')
}

test('an AI upstream is asked at the host and path that it names', async () => {
  const model = await bench.model()
  const customHost = at(model, { hostname: 'llm.example' })
  await bench.serve('plain-host', { openai: { model: 'gpt-4o-mini', customHost } })
  expect((await bench.ask('plain-host')).status).toBe(200)
  expect(lastOf(model)).toMatchObject({
    path: '/v1/chat/completions',
    headers: { host: 'llm.example' },
    json: { model: 'gpt-4o-mini' },
  })
  const pathOverride = { fullPath: '/own/path' }
  await bench.serve('full-path', { mistral: { customHost: at(model, { pathOverride }) } })
  await bench.ask('full-path')
  expect(lastOf(model)).toMatchObject({ path: '/own/path', headers: { host: '127.0.0.1' } })
})

test('an AI upstream shows its provider the credential that it names, and no other', async () => {
  const model = await bench.model()
  const customHost = at(model)
  await bench.secret('held', 'Bearer sk-held')
  const client = { authorization: 'Bearer of-the-client' }
  const shown = async (name: string, authToken: object) => {
    await bench.serve(name, { openai: { authToken, customHost } })
    expect((await bench.ask(name, question, client)).status).toBe(200)
    return lastOf(model).headers.authorization
  }
  expect(await shown('by-secret', { secretRef: { name: 'held' } })).toBe('Bearer sk-held')
  expect(await shown('by-inline', { inline: 'sk-inline' })).toBe('Bearer sk-inline')
  expect(await shown('by-client', { passthrough: {} })).toBe('Bearer of-the-client')
  await bench.serve('by-inline', { openai: { authToken: { inline: 'sk-next' }, customHost } })
  await waitUntil('the next credential', async () => {
    await bench.ask('by-inline', question, client)
    return lastOf(model).headers.authorization === 'Bearer sk-next'
  })
})

test('without its credential an AI upstream gets no request, and with it at once', async () => {
  const model = await bench.model()
  const secretRef = { name: 'late', namespace: 'default' }
  const ai = { openai: { authToken: { secretRef }, customHost: at(model) } }
  const status = await bench.serve('late', ai)
  expect(status.reason).toContain('did not find secret default.late')
  expect((await bench.ask('late')).status).toBeGreaterThanOrEqual(500)
  expect(model.requests).toEqual([])
  await bench.secret('late', 'sk-late')
  await waitUntil('the credential', async () => (await bench.ask('late')).status === 200)
  expect(lastOf(model).headers.authorization).toBe('Bearer sk-late')
})

test('the members of an AI upstream are asked by the priority of their pool', async () => {
  const [first, second] = [await bench.model(failing), await bench.model()]
  const member = (model: string, server: typeof first) => ({
    pool: [{ openai: { model, customHost: at(server) } }],
  })
  const priorities = [member('big', first), member('small', second)]
  const retries = {
    ...{ retryOn: 'retriable-status-codes', retriableStatusCodes: [429], numRetries: 2 },
    previousPriorities: { updateFrequency: 1 },
  }
  await bench.serve('pools', { multi: { priorities } }, { retries })
  expect((await bench.ask('pools')).status).toBe(200)
  expect([lastOf(first).json['model'], lastOf(second).json['model']]).toEqual(['big', 'small'])
  expect([first.requests.length, second.requests.length]).toEqual([1, 1])
})

test('every call fails over to the next pool, however many there are at once', async () => {
  const waiting: (() => void)[] = []
  const first = await bench.model(failing)
  const second = await bench.model((request, response) => {
    waiting.push(() => completion('Hi')(request, response))
  })
  const priorities = [first, second].map((server) => ({
    pool: [{ openai: { customHost: at(server) } }],
  }))
  const retries = { retryOn: 'retriable-status-codes', retriableStatusCodes: [429] }
  const options = { retries: { ...retries, previousPriorities: { updateFrequency: 1 } } }
  await bench.serve('crowd', { multi: { priorities } }, options)
  const calls = Array.from({ length: 12 }, () => bench.ask('crowd'))
  await waitUntil('all of them to wait', () => waiting.length === calls.length)
  for (const answer of waiting) answer()
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200))
})

test('AI upstreams of the first releases are asked as those of today', async () => {
  const model = await bench.model()
  const { host, port } = at(model)
  await bench.secret('early', 'sk-early')
  await bench.serve('early', { custom: { host, port }, authTokenRef: 'early' })
  expect((await bench.ask('early')).status).toBe(200)
  expect(lastOf(model).headers.authorization).toBe('Bearer sk-early')
})

test('models named by a route are asked after one that fails', async () => {
  const model = await bench.model(failing)
  await bench.serveOpenAi('backup', model, { backupModels: ['gpt-4.0-turbo', 'gpt-3.5-turbo'] })
  expect((await bench.ask('backup')).status).toBe(429)
  const models = model.requests.map(({ body }) => (JSON.parse(body) as typeof question).model)
  expect(models).toEqual(['gpt-4o', 'gpt-4.0-turbo', 'gpt-3.5-turbo'])
})

test('a route of type CHAT_STREAMING asks for streams whatever the client says', async () => {
  const model = await bench.model()
  await bench.serveOpenAi('streams', model, { routeType: 'CHAT_STREAMING' })
  await bench.ask('streams')
  expect(lastOf(model).json).toMatchObject({
    stream: true,
    stream_options: { include_usage: true },
  })
})

test('a route sets the fields of requests to models that clients leave out', async () => {
  const model = await bench.model()
  const defaults = [
    { field: 'temperature', value: 0.5 },
    { field: 'top_p', value: 0.9 },
    { field: 'seed', value: 7, override: true },
  ]
  await bench.serveOpenAi('fields', model, { defaults })
  await bench.ask('fields', { ...question, top_p: 0.1, seed: 1 })
  expect(lastOf(model).json).toMatchObject({ temperature: 0.5, top_p: 0.1, seed: 7 })
})

test('a route puts messages around those of the client', async () => {
  const model = await bench.model()
  const promptEnrichment = {
    prepend: [{ role: 'SYSTEM', content: 'Answer with CSV.' }],
    append: [{ role: 'USER', content: 'Be brief.' }],
  }
  await bench.serveOpenAi('messages', model, { promptEnrichment })
  await bench.ask('messages')
  expect(lastOf(model).json['messages']).toEqual([
    { role: 'system', content: 'Answer with CSV.' },
    ...question.messages,
    { role: 'user', content: 'Be brief.' },
  ])
})

test('endpoints that are not known answer 404 unless the upstream lets them pass', async () => {
  const model = await bench.model()
  const ai = { openai: { authToken: { inline: 'sk-own' }, customHost: at(model) } }
  await bench.serve('endpoints', ai)
  const status = async (path: string) => (await bench.edge.call('endpoints', path)).status
  expect(await status('/v1/unheard-of')).toBe(404)
  expect(model.requests).toEqual([])
  await bench.edge.apply({
    ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', spec: { ai } },
    metadata: {
      ...{ name: 'endpoints', namespace: 'default' },
      annotations: { 'sluice.dev/allow-unknown-endpoints': 'true' },
    },
  })
  await waitUntil('them to pass', async () => (await status('/v1/unheard-of')) === 200)
  expect(model.requests.at(-1)).toMatchObject({
    path: '/v1/unheard-of',
    headers: { authorization: 'Bearer sk-own' },
  })
})

test('a route may lead to an AI upstream and to another one', async () => {
  const model = await bench.model()
  const plain = await bench.edge.upstream('plain')
  await bench.serve('half', { openai: { customHost: at(model) } })
  const destinations = ['half', 'plain'].map((name) => ({
    ...{ weight: 1, destination: { upstream: { name } } },
  }))
  const routes = [{ routeAction: { multi: { destinations } } }]
  await bench.edge.serve('half', JSON.stringify({ routes }))
  await waitUntil('both to be asked', async () => {
    expect((await bench.ask('half')).status).toBe(200)
    return model.requests.length > 0 && plain.requests.length > 0
  })
  expect(model.requests[0]).toMatchObject({ path: '/v1/chat/completions' })
  expect(plain.requests[0]).toMatchObject({ path: '/chat' })
})
