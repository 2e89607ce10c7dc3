import { describe, expect, test } from 'vitest'
import type { ModelProvider } from '../../ir/model-provider.ts'
import type { RetryConfig } from '../../ir/route.ts'
import {
  compile,
  literal,
  lookup,
  node,
  perHour,
} from '../../policies/rate-limit/testing/limit-fixture.ts'
import { counting } from '../../policies/rate-limit/testing/model-fixture.ts'
import { answerJson, ModelFixture } from '../testing/model-fixture.ts'

const shared = { path: undefined, credential: { type: 'none' } } as const
const openAi = { ...shared, type: 'openai', model: undefined } as const
const place = { projectId: 'p', location: 'l', apiVersion: 'v1' } as const

const providers = {
  openai: openAi,
  'like openai': { ...openAi, outputLimitField: 'max_tokens' },
  mistral: { ...openAi, type: 'mistral' },
  anthropic: { ...shared, type: 'anthropic', model: undefined, version: undefined },
  azure: { ...shared, type: 'azure-openai', deployment: 'd', apiVersion: '2026-01-01' },
  gemini: { ...shared, type: 'gemini', model: 'g', apiVersion: 'v1beta' },
  vertex: {
    ...{ ...shared, ...place, type: 'vertex-ai', model: 'm', publisher: 'meta' },
    ...{ modelPath: undefined, schema: 'openai' },
  },
  bedrock: { ...shared, type: 'bedrock', model: 'nova', region: 'eu-central-1' },
} as const satisfies Record<string, ModelProvider>

const messages = [{ role: 'user', content: 'Hi' }]
const chat = { model: 'm', messages }

const limitedTo = (tokens: number) =>
  compile({
    tree: [node('k', 'v', { limit: perHour(tokens) })],
    lookups: [lookup(literal('k', 'v'))],
    counting: counting({ unit: 'output-tokens', defaultOutputTokens: 40 }),
  })

/** What an answer may have at most where the client says nothing of it: in the body that goes out, and by how many answers. */
const silent: readonly [keyof typeof providers, string, object, object, number][] = [
  ['openai', '/v1/chat/completions', chat, { max_completion_tokens: 40 }, 1],
  ['openai', '/v1/chat/completions', { ...chat, n: 3 }, { max_completion_tokens: 40, n: 3 }, 3],
  ['openai', '/v1/chat/completions', { ...chat, max_tokens: -1 }, { max_tokens: 40 }, 1],
  ['openai', '/v1/completions', { model: 'm', prompt: 'Hi', best_of: 2 }, { max_tokens: 40 }, 2],
  ['openai', '/v1/completions', { model: 'm', prompt: ['a', 'b'] }, { max_tokens: 40 }, 2],
  ['openai', '/v1/responses', { model: 'm', input: 'Hi' }, { max_output_tokens: 40 }, 1],
  ['like openai', '/v1/chat/completions', chat, { max_tokens: 40 }, 1],
  ['like openai', '/v1/chat/completions', { ...chat, best_of: 4 }, { max_tokens: 40 }, 4],
  ['mistral', '/v1/chat/completions', chat, { max_tokens: 40 }, 1],
  ['mistral', '/v1/chat/completions', { ...chat, max_completion_tokens: 9 }, { max_tokens: 40 }, 1],
  ['anthropic', '/v1/messages', chat, { max_tokens: 40 }, 1],
  ['azure', '/chat/completions', chat, { max_completion_tokens: 40 }, 1],
  [
    ...(['gemini', '/v1beta/models/g:generateContent'] as const),
    ...([{ contents: [] }, { generationConfig: { maxOutputTokens: 40 } }, 1] as const),
  ],
  [
    ...(['gemini', '/v1beta/models/g:streamGenerateContent'] as const),
    { contents: [], generation_config: { candidate_count: 2 } },
    ...([{ generation_config: { candidate_count: 2, maxOutputTokens: 40 } }, 2] as const),
  ],
  ['vertex', '/chat', chat, { max_tokens: 40 }, 1],
  ['bedrock', '/model/nova/converse', { messages: [] }, { inferenceConfig: { maxTokens: 40 } }, 1],
]

describe('a call that says nothing of how long its answer may be is limited', () => {
  const answer = (_request: unknown, response: Parameters<typeof answerJson>[0]) =>
    answerJson(response, {})

  test.each(silent)('%s: %s %j as %j', async (name, path, ...[body, sent, answers]) => {
    const start = (tokens: number) =>
      ModelFixture.start({ answer, providers: [providers[name]], policies: [limitedTo(tokens)] })
    const enough = await start(40 * answers)
    expect((await enough.post(body, path)).status).toBe(200)
    expect(JSON.parse(enough.seen[0]?.body ?? '{}')).toMatchObject(sent)
    const tooLittle = await start(40 * answers - 1)
    expect((await tooLittle.post(body, path)).status).toBe(429)
    expect(tooLittle.seen).toEqual([])
  })
})

test.each<[keyof typeof providers, string, object, object]>([
  ['openai', '/v1/completions', { model: 'm', prompt: 'Hi', max_tokens: 9 }, { max_tokens: 9 }],
  ['openai', '/v1/responses', { model: 'm', input: 'Hi' }, { max_output_tokens: 40 }],
  ['openai', '/v1/chat/completions', chat, { max_completion_tokens: 40 }],
  ['mistral', '/v1/chat/completions', { ...chat, max_tokens: 9 }, { max_tokens: 9 }],
])(
  'a limit has no other names, which some servers take: %s %s %j',
  async (name, path, body, told) => {
    const others = { n_predict: -1, max_new_tokens: 900 }
    const fixture = await ModelFixture.start({
      providers: [providers[name]],
      policies: [limitedTo(40)],
    })
    expect((await fixture.post({ ...body, ...others }, path)).status).toBe(200)
    expect(JSON.parse(fixture.seen[0]?.body ?? '')).toEqual({ ...body, ...told })
  },
)

describe('what would pass a limit of output tokens is refused', () => {
  const inBedrock = (additionalModelRequestFields: object) => ({
    ...{ messages: [], inferenceConfig: { maxTokens: 1 } },
    additionalModelRequestFields,
  })

  test.each<[keyof typeof providers, string, object, number]>([
    ['anthropic', '/v1/messages', { ...chat, max_tokens: 1, MAX_TOKENS: 9000 }, 400],
    ['openai', '/v1/responses', { input: 'a', max_output_tokens: 1, Max_Output_Tokens: 9 }, 400],
    ['openai', '/v1/responses', { input: 'a', background: true }, 403],
    ['openai', '/v1/chat/completions', { ...chat, stream: 'true' }, 400],
    ['like openai', '/v1/chat/completions', { ...chat, extra_body: { max_tokens: 9000 } }, 403],
    ['openai', '/v1/completions', { prompt: 'a', extra_body: { n: 9 } }, 403],
    ['openai', '/v1/responses', { input: 'a', extra_body: { max_output_tokens: 9 } }, 403],
    ['anthropic', '/v1/messages', { ...chat, stream: 1 }, 400],
    ['openai', '/v1/images/generations', { prompt: 'a cat' }, 403],
    ['openai', '/v1/audio/speech', { input: 'a' }, 403],
    [
      ...(['gemini', '/v1beta/models/g:generateContent'] as const),
      ...([{ generationConfig: { maxOutputTokens: 1, MaxOutputTokens: 9 } }, 400] as const),
    ],
    ['bedrock', '/model/nova/converse', { messages: [], inferenceConfig: { MaxTokens: 9 } }, 400],
    ['bedrock', '/model/nova/converse', inBedrock({ max_tokens: 9000 }), 403],
    [
      'bedrock',
      '/model/nova/converse',
      inBedrock({ textGenerationConfig: { maxTokenCount: 9 } }),
      403,
    ],
    ['bedrock', '/model/nova/converse', inBedrock({ n: '3' }), 403],
  ])('%s: %s %j', async (name, path, body, status) => {
    const policies = [limitedTo(1_000_000)]
    const fixture = await ModelFixture.start({ providers: [providers[name]], policies })
    expect((await fixture.post(body, path)).status).toBe(status)
    expect(fixture.seen).toEqual([])
  })

  test('but not what only tells how a model thinks', async () => {
    const thinking = {
      thinking: { type: 'enabled', budget_tokens: 1024 },
      top_k: 3,
      anthropic_beta: ['a'],
    }
    const fixture = await ModelFixture.start({
      providers: [providers.bedrock],
      policies: [limitedTo(1_000_000)],
    })
    expect((await fixture.post(inBedrock(thinking), '/model/nova/converse')).status).toBe(200)
  })
})

test('calls at the same time, retried and broken off, are billed no more than the budget', async () => {
  const budget = 400
  let billed = 0
  const kinds = ['answers', 'resets', 'fails', 'breaks off', 'answers'] as const
  const fixture = await ModelFixture.start({
    policies: [limitedTo(budget)],
    modelCalls: { backupModels: ['second'] },
    action: { retry: { ...retryOfEverything, maxRetries: 2 } },
    answer: ({ body }, response, index) => {
      const { max_tokens: most } = JSON.parse(body) as { max_tokens: number }
      const kind = kinds[index % kinds.length]
      // A kept connection that dies at once is taken for one that had been closed before.
      response.shouldKeepAlive = false
      if (kind === 'fails') {
        answerJson(response, {}, 503)
        return
      }
      billed += kind === 'answers' ? 5 : most
      const usage = { prompt_tokens: 1, completion_tokens: 5, total_tokens: 6 }
      if (kind === 'answers') answerJson(response, { choices: [], usage })
      else if (kind === 'resets') response.destroy()
      else {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n', () =>
          response.destroy(),
        )
      }
    },
  })
  const call = async () => {
    const response = await fixture.post({ ...chat, stream: true, max_tokens: 20 })
    await response.text().catch(() => undefined)
    return response.status
  }
  const statuses: number[] = []
  for (let round = 0; round < 4; round += 1) {
    statuses.push(...(await Promise.all(Array.from({ length: 20 }, call))))
  }
  expect(billed).toBeLessThanOrEqual(budget)
  expect(new Set(statuses)).toContain(200)
  expect(statuses.at(-1)).toBe(429)
})

const retryOfEverything: RetryConfig = {
  ...{ on: ['5xx', 'reset'], statusCodes: [], maxRetries: 0, perTryTimeoutMs: undefined },
  ...{ backOffMinimumMs: 0, backOffBaseMs: 1, backOffMaxMs: 1 },
  ...{ rateLimitHeaders: [], rateLimitMaxMs: 0 },
}
