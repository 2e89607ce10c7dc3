import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openCertificateAuthority } from '../../src/lib/certificates/certificate-authority.ts'
import { startPrometheus } from '../harness/prometheus.ts'
import { type RecordingUpstream, startRecordingUpstream } from '../harness/recording-upstream.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { AiWalkthrough, madeFiles, streamedText } from './support/ai-walkthrough.ts'

/** What an upstream has received, as far as these tests look at it. */
interface Received {
  readonly host: string
  readonly path: string
  readonly authorization: string
  readonly body: { readonly model: string; readonly messages: readonly Message[] }
  /** Everything about it, as text. */
  readonly all: string
}

interface Message {
  readonly role: string
  readonly content: string
}

/** Where the providers' hosts lead in a walk. */
interface Providers {
  readonly flags: readonly string[]
  /** Credentials as the log of the provider shows them. */
  readonly credentials: { readonly openai: string; readonly mistralai: string }
  received(walk: AiWalkthrough): Promise<readonly Received[]>
  close(): Promise<void>
}

const dashboardFile = join(import.meta.dirname, '../../deploy/grafana/prompt-usage.json')

const enrichment = 'Turn the text into CSV with a header line. Answer with nothing but the CSV.'
const cities =
  'Oslo, Bergen and Tromso are cities of Norway. Lyon, Nantes and Lille are cities of France.'

/** The whole README from top to bottom, each section on what the one before has left. */
function walkThrough(openProviders: () => Promise<Providers>): void {
  let providers: Providers
  let walk: AiWalkthrough
  let count = 0

  /** What the providers have received since this was asked last. */
  const newRequests = async () => {
    const all = await providers.received(walk)
    const later = all.slice(count)
    count = all.length
    return later
  }

  beforeAll(async () => {
    providers = await openProviders()
    walk = await AiWalkthrough.open({ command: 'dev', flags: providers.flags })
    for (const block of walk.blocksOf('')) await walk.run(block)
  })
  afterAll(async () => {
    await walk?.close()
    await providers?.close()
  })

  test('1. Set up', async () => {
    const [install, up] = walk.blocksOf('1. Set up')
    const output = await walk.apply(install)
    expect(output).toContain('gateway.gateway.networking.k8s.io/ai-gateway condition met')
    await walk.run(up)
    const made = [
      'install/private-key.pem',
      'install/public-key.pem',
      'policies/jwt-provider-vho.yaml',
    ]
    expect(madeFiles).toEqual(made)
    for (const file of made) expect(existsSync(join(walk.folder, file))).toBe(true)
    expect(statSync(join(walk.folder, 'install/private-key.pem')).mode & 0o777).toBe(0o600)
    expect(await walk.run('pwd -P')).toBe(`${realpathSync(walk.folder)}\n`)
  })

  test('2. Credentials', async () => {
    const [secrets, address, call, stream] = walk.blocksOf('2. Credentials')
    expect(await walk.apply(secrets)).toMatch(/openai-secret created\n.*mistralai-secret created/)
    await walk.run(address)
    expect(await walk.run('echo "$GLOO_AI_GATEWAY"')).toMatch(/^127\.\d+\.\d+\.\d+\n$/)
    expect(JSON.parse(await walk.run(call))).toMatchObject({ object: 'chat.completion' })
    expect(await newRequests()).toMatchObject([
      {
        host: 'api.openai.com',
        path: '/v1/chat/completions',
        authorization: providers.credentials.openai,
        body: { model: 'gpt-4o-mini', max_tokens: 128 },
      },
    ])
    const events = await walk.run(stream)
    expect(events).toMatch(/^data: \{.*\n\n/m)
    expect(events).toMatch(/^data: \[DONE\]\n\n/m)
    expect(streamedText(events).length).toBeGreaterThan(20)
    await newRequests()
  })

  test('3. Who may call', async () => {
    const [tokens, without, create, alice, route, bob, aliceAtMistral] =
      walk.blocksOf('3. Who may call')
    await walk.apply(tokens)
    expect(await walk.run(without)).toMatch(/^HTTP\/1\.1 401 [\s\S]*\r\n\r\nJwt is missing$/)
    await walk.run(create)
    expect(await walk.run(alice)).toMatch(/^HTTP\/1\.1 200 /)
    await walk.apply(route)
    expect(await walk.run(bob)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await walk.run(aliceAtMistral)).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*\r\n\r\nRBAC: access denied$/,
    )
    const received = await newRequests()
    expect(received).toMatchObject([
      { host: 'api.openai.com', authorization: providers.credentials.openai },
      { host: 'api.mistral.ai', authorization: providers.credentials.mistralai },
    ])
    for (const token of ['ALICE_TOKEN', 'BOB_TOKEN']) {
      const text = (await walk.run(`echo "$${token}"`)).trim()
      expect(text).toMatch(/^eyJ/)
      for (const { all } of received) expect(all).not.toContain(text.split('.')[1])
    }
  })

  test('4. Token limits', async () => {
    const [limit, bob, first, second] = walk.blocksOf('4. Token limits')
    await walk.apply(limit)
    expect(await walk.run(bob)).toMatch(/^HTTP\/1\.1 403 /)
    const hourOf = () => new Date().getUTCHours()
    const hour = hourOf()
    expect(await walk.run(first)).toMatch(/^HTTP\/1\.1 200 /)
    let refused = await walk.run(second)
    if (hourOf() !== hour) refused = await walk.run(second)
    expect(refused).toMatch(/^HTTP\/1\.1 429 /)
    expect(refused).toMatch(/^x-envoy-ratelimited: true\r$/m)
    // Refused calls reach nobody: two may have fitted where an hour has just ended.
    expect((await newRequests()).length).toBeLessThanOrEqual(hourOf() === hour ? 1 : 2)
  })

  test('5. Usage', async () => {
    const [metrics, dashboard] = walk.blocksOf('5. Usage')
    const text = await walk.run(metrics)
    const tokens = (name: string, labels: string) =>
      Number(new RegExp(`^${name}\\{(?=.*${labels}).*\\} (\\d+)$`, 'm').exec(text)?.[1])
    for (const name of ['ai_prompt_tokens_total', 'ai_completion_tokens_total']) {
      expect(tokens(name, 'team="dev".*llm="openai".*model="gpt-4o-mini"')).toBeGreaterThan(0)
      expect(tokens(name, 'team="ops".*llm="mistral".*model="open-mistral-nemo"')).toBeGreaterThan(
        0,
      )
      expect(tokens(name, 'team="<unknown>".*llm="openai"')).toBeGreaterThan(0)
    }
    expect(tokens('ai_rate_limited_tokens_total', 'team="dev".*llm="openai"')).toBeGreaterThan(35)
    expect(tokens('gloo_completion_tokens', 'llm="openai"')).toBeGreaterThan(0)
    expect(await walk.run(dashboard)).toContain('configmap/prompt-usage-dashboard created')
    const address = (await walk.run('echo "$GLOO_AI_GATEWAY"')).trim()
    for (const provider of ['openai', 'mistral']) await showsUsage(`${address}:9092`, provider)
  })

  test('6. Failover', async () => {
    const [deploy, upstream, policy, call, logs, reset] = walk.blocksOf('6. Failover')
    await newRequests()
    expect(await walk.run(deploy)).toContain('deployment "model-failover" successfully rolled out')
    await walk.apply(upstream)
    await walk.apply(policy)
    expect(await walk.run(call)).toMatch(/^HTTP\/1\.1 429 /)
    const lines = (await walk.run(logs)).trim().split('\n')
    expect(lines.map((line) => /\\"model\\": ?\\"([^"\\]+)\\"/.exec(line)?.[1])).toEqual([
      ...['gpt-4o', 'gpt-4.0-turbo', 'gpt-3.5-turbo'],
    ])
    expect(lines[0]).toMatch(/^\{"time":"[^"]+","level":"INFO","msg":"Request received","msg":"/)
    await walk.apply(reset)
    expect(await newRequests()).toEqual([])
  })

  test('7. Managed prompts', async () => {
    const [one, two, enrich, three, echo, toEcho, again, reset] =
      walk.blocksOf('7. Managed prompts')
    for (const block of [one, two]) {
      expect(JSON.parse(await walk.run(block))).toMatchObject({ object: 'chat.completion' })
    }
    expect((await newRequests()).map(({ body }) => body.messages.length)).toEqual([1, 2])
    await walk.apply(enrich)
    expect(JSON.parse(await walk.run(three))).toMatchObject({ object: 'chat.completion' })
    const messages = [
      { role: 'system', content: enrichment },
      { role: 'user', content: cities },
    ]
    expect(await newRequests()).toMatchObject([{ body: { messages } }])

    await walk.run(echo)
    await walk.apply(toEcho)
    const echoed = await walk.run(again)
    expect(echoed).toMatch(/^Request served by echo-service-/)
    expect(echoed).toContain('POST /v1/chat/completions HTTP/1.1')
    const [, body = ''] = /\n\n(\{[\s\S]*\})\n?$/.exec(echoed) ?? []
    expect(JSON.parse(body)).toMatchObject({ messages })
    expect(echoed).not.toContain('sk-any-text-will-do')
    await walk.apply(reset)
    expect(await newRequests()).toEqual([])
  })

  test('8. Guards', async () => {
    const [open, guard, refused, inOtherWords, guardAnswers, masked, stream] =
      walk.blocksOf('8. Guards')
    const number = '5100 0000 0000 0000'
    expect(await walk.run(open)).toContain(number)
    await newRequests()
    await walk.apply(guard)
    expect(await walk.run(refused)).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*\r\n\r\nRejected due to inappropriate content$/,
    )
    expect(await newRequests()).toEqual([])
    expect(await walk.run(inOtherWords)).toContain(number)
    await walk.apply(guardAnswers)
    const answer = await walk.run(masked)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toContain('XXXX XXXX XXXX 0000')
    expect(answer).not.toContain(number)
    const text = streamedText(await walk.run(stream))
    expect(text).toContain('XXXX XXXX XXXX 0000')
    expect(text).not.toContain(number)
  })

  test('9. Clean-up', async () => {
    const [cleanUp] = walk.blocksOf('9. Clean-up')
    await walk.apply(cleanUp)
    const [, , call] = walk.blocksOf('2. Credentials')
    expect(JSON.parse(await walk.run(call))).toMatchObject({ object: 'chat.completion' })
    expect(await walk.run('kubectl get pods -A -o name')).toBe('')
  })
}

/** A Prometheus that scrapes the address has an answer to every query of the dashboard. */
async function showsUsage(address: string, provider: string): Promise<void> {
  const { panels } = JSON.parse(readFileSync(dashboardFile, 'utf8')) as {
    panels: readonly { targets: readonly { expr: string }[] }[]
  }
  const prometheus = await startPrometheus([address])
  try {
    for (const { expr } of panels.flatMap(({ targets }) => targets)) {
      const series = await waitUntil(expr, async () => {
        const found = await prometheus.query(expr.replaceAll('$llm', provider))
        return found.length > 0 && found
      })
      for (const { labels } of series) expect(labels).toMatchObject({ llm: provider, provider })
    }
  } finally {
    await prometheus.close()
  }
}

interface SimulatorEntry {
  readonly host: string
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

async function simulatedProviders(): Promise<Providers> {
  return {
    flags: [],
    credentials: { openai: 'Bearer ****l-do', mistralai: 'Bearer ****text' },
    async received({ sluice }) {
      const log = /log: (http:\S+)\)/.exec(sluice.output())?.[1] ?? ''
      const entries = (await (await fetch(log)).json()) as SimulatorEntry[]
      return entries.map((entry) => ({
        host: entry.host,
        path: entry.path,
        authorization: entry.headers.find(([name]) => name === 'authorization')?.[1] ?? '',
        body: JSON.parse(entry.body),
        all: JSON.stringify(entry),
      }))
    },
    close: async () => undefined,
  }
}

const names = ['api.openai.com', 'api.mistral.ai']
const content = 'Some examples: 5100 0000 0000 0000 and 5555 5555 5555 4444, for tests.'
const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }

function answerChat(body: string, response: ServerResponse): void {
  const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean }
  if (stream !== true) {
    const message = { role: 'assistant', content }
    const choices = [{ index: 0, message, finish_reason: 'stop' }]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', model, choices, usage }))
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const chunk = (delta: object, reason: string | null) => {
    const choices = [{ index: 0, delta, finish_reason: reason }]
    const event = { id: 'c', object: 'chat.completion.chunk', model, choices }
    response.write(`data: ${JSON.stringify(event)}\n\n`)
  }
  for (let at = 0; at < content.length; at += 3) {
    chunk({ content: content.slice(at, at + 3) }, null)
  }
  chunk({}, 'stop')
  response.end('data: [DONE]\n\n')
}

async function plainUpstreams(): Promise<Providers> {
  const authority = openCertificateAuthority({ now: Date.now })
  const upstream: RecordingUpstream = await startRecordingUpstream({
    tls: authority.issueServerCertificate({ names }),
    answer: ({ body }, response) => answerChat(body, response),
  })
  const certificates = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem')
  writeFileSync(certificates, authority.certificate)
  return {
    flags: [
      ...names.flatMap((name) => ['--resolve', `${name}:443:127.0.0.1:${upstream.port}`]),
      ...['--cacert', certificates],
    ],
    credentials: { openai: 'Bearer sk-any-text-will-do', mistralai: 'Bearer any-other-text' },
    received: async () =>
      upstream.requests.map(({ serverName = '', path, headers, body, rawHeaders }) => ({
        ...{ host: serverName, path, authorization: headers.authorization ?? '' },
        body: JSON.parse(body),
        all: JSON.stringify([path, rawHeaders, body]),
      })),
    close: () => upstream.close(),
  }
}

describe('against the simulated providers of dev', () => walkThrough(simulatedProviders))

describe('against plain TLS servers of the test', () => walkThrough(plainUpstreams))

test('the dashboard of the example is the one of deploy/grafana', () => {
  const file = join(
    import.meta.dirname,
    '../../examples/gloo-ai-gateway/dashboards/grafana-dash.yaml',
  )
  const configMap = parse(readFileSync(file, 'utf8')) as {
    data: Record<string, string>
  }
  expect(JSON.parse(configMap.data['prompt-usage.json'] ?? '')).toEqual(
    JSON.parse(readFileSync(dashboardFile, 'utf8')),
  )
})
