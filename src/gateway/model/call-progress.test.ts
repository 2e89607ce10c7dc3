import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { RetryConfig } from '../../ir/route.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { CallProgress, ModelCall } from '../../llm/model-call.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import type { PolicyChain } from '../../snapshot/snapshot.ts'
import { chainOf, createIngress, emptyChain } from '../testing/compiled-parts.ts'
import {
  answerJson,
  completion,
  ModelFixture,
  type ModelFixtureOptions,
} from '../testing/model-fixture.ts'

const ask = { model: 'first', messages: [{ role: 'user', content: 'Hi' }] }

/** Notes how far calls have got when they are over, and that they are about to be tried again. */
class Watch {
  readonly retried: CallProgress[] = []
  #ended: CallProgress | undefined
  refusal: ReturnType<typeof gatewayError> | undefined

  readonly policy: CompiledPolicy = {
    type: 'rate-limit',
    readsModelCall: 'required',
    onModelRetry: (_context, { progress }) => {
      this.retried.push(progress)
      return this.refusal
    },
    onComplete: ({ modelCall }) => {
      this.#ended = modelCall?.progress
    },
  }

  /** Runs `call` and says how far it has got. */
  async end(fixture: ModelFixture, call: Promise<unknown>): Promise<CallProgress | undefined> {
    await call
    await fixture.gateway.record()
    return this.#ended
  }
}

async function start(options: ModelFixtureOptions) {
  const watch = new Watch()
  const fixture = await ModelFixture.start({ policies: [watch.policy], ...options })
  return { watch, fixture }
}

/** Serves with `chain` behind the route, whose own policies are others. */
function serveWith(
  { gateway }: ModelFixture,
  { chain, ofRoute }: { readonly chain: PolicyChain; readonly ofRoute: PolicyChain },
): void {
  const found = gateway.ingress.virtualHosts.find('any')?.findRoute({
    ...{ method: 'POST', path: '/', query: '', host: 'any', headers: new HeaderList() },
  })
  const action = found?.route.action
  if (action?.type !== 'forward') throw new Error('The fixture leads nowhere.')
  const destinations = action.destinations.map((each) => ({ ...each, attemptPolicies: chain }))
  gateway.ingress = createIngress({ ...action, destinations }, ofRoute)
}

const text = async (call: Promise<Response>) => (await call).text().catch(() => 'cut')

function beginStream(response: ServerResponse): void {
  const delta = { choices: [{ index: 0, delta: { content: 'one' } }] }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(`data: ${JSON.stringify(delta)}\n\n`)
}

describe('of a call is known how far a provider has got with it', () => {
  test.each<[string, CallProgress, (response: ServerResponse) => void]>([
    ['answers', 'answered', (response) => answerJson(response, completion)],
    ['is full', 'none', (response) => answerJson(response, {}, 429)],
    ['fails', 'none', (response) => answerJson(response, {}, 500)],
    ['closes the connection', 'asked', (response) => void response.destroy()],
    ['does not answer', 'asked', () => undefined],
    [
      'breaks off its answer',
      'answering',
      (response) => {
        beginStream(response)
        setImmediate(() => response.destroy())
      },
    ],
    [
      'falls silent within its answer',
      'answering',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"choices":')
      },
    ],
  ])('that %s: %s', async (_, progress, answer) => {
    const { watch, fixture } = await start({
      action: { timeoutMs: 150 },
      answer: (_request, response) => answer(response),
    })
    expect(await watch.end(fixture, text(fixture.post(ask)))).toBe(progress)
  })

  test.each<[CallProgress, (response: ServerResponse) => void]>([
    ['asked', () => undefined],
    ['answering', beginStream],
  ])('that is %s when its client leaves', async (progress, answer) => {
    const leaving = new AbortController()
    const { watch, fixture } = await start({
      answer: (_request, response) => {
        answer(response)
        if (progress === 'asked') leaving.abort()
      },
    })
    const call = async () => {
      const response = await fetch(`${fixture.gateway.url}/openai`, {
        ...{ method: 'POST', body: JSON.stringify({ ...ask, stream: true }) },
        headers: { 'content-type': 'application/json' },
        signal: leaving.signal,
      })
      await response.body?.getReader().read()
      leaving.abort()
    }
    expect(
      await watch.end(
        fixture,
        call().catch(() => undefined),
      ),
    ).toBe(progress)
  })

  test('that never reaches one', async () => {
    const { watch, fixture } = await start({ allowLoopback: false })
    expect(await watch.end(fixture, text(fixture.post(ask)))).toBe('none')
  })
})

const retry: RetryConfig = {
  ...{ on: ['5xx', 'reset'], statusCodes: [], maxRetries: 2, perTryTimeoutMs: 150 },
  ...{ backOffMinimumMs: 0, backOffBaseMs: 1, backOffMaxMs: 1 },
  ...{ rateLimitHeaders: [], rateLimitMaxMs: 0 },
}

describe('policies hear of another try where the one before may be billed', () => {
  const tries: readonly [string, readonly CallProgress[], (response: ServerResponse) => void][] = [
    ['closed the connection', ['asked'], (response) => void response.destroy()],
    ['did not answer in time', ['asked'], () => undefined],
    [
      'began a stream that said nothing in time',
      ['asked'],
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      },
    ],
    ['failed', [], (response) => answerJson(response, {}, 503)],
    [
      'opened its stream with an error',
      [],
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(`data: ${JSON.stringify({ error: { message: 'full' } })}\n\n`)
      },
    ],
  ]

  test.each(tries)('and its provider %s: %j', async (_, retried, fail) => {
    for (const options of [{}, { modelCalls: { backupModels: ['second'] } }]) {
      const { watch, fixture } = await start({
        ...{ ...options, action: { retry } },
        answer: (_request, response, index) =>
          index === 0 ? fail(response) : answerJson(response, completion),
      })
      expect(await watch.end(fixture, text(fixture.post({ ...ask, stream: true })))).toBe(
        'answered',
      )
      expect([watch.retried, fixture.seen.length]).toEqual([retried, 2])
    }
  })

  test('and forget it where the next one reaches nobody', async () => {
    const { watch, fixture } = await start({
      action: { retry },
      answer: (_request, response) => void response.destroy(),
    })
    watch.policy.onAttempt = (_context, { number }) =>
      number === 1 ? undefined : gatewayError('upstream-forbidden', 'no credential')
    const chain = chainOf(watch.policy)
    serveWith(fixture, { chain, ofRoute: chain })
    expect(await watch.end(fixture, text(fixture.post(ask)))).toBe('none')
    expect([watch.retried, fixture.seen.length]).toEqual([['asked'], 1])
  })

  test('and may refuse it', async () => {
    const { watch, fixture } = await start({
      action: { retry },
      answer: (_request, response) => void response.destroy(),
    })
    watch.refusal = gatewayError('rate-limited', 'too little is left')
    const status = fixture.post(ask).then((response) => response.status)
    expect(await watch.end(fixture, status)).toBe('asked')
    expect([await status, fixture.seen.length]).toEqual([429, 1])
  })
})

test('a policy of the destination alone hears of the end of a call that goes nowhere', async () => {
  const { watch, fixture } = await start({})
  watch.policy.onFinalModelRequest = () => gatewayError('rate-limited', 'too little is left')
  serveWith(fixture, { chain: chainOf(watch.policy), ofRoute: emptyChain })
  expect(await watch.end(fixture, text(fixture.post(ask)))).toBe('none')
})

test('a stream of another part of the API reports what a limit relies on', async () => {
  const limiting: CompiledPolicy = {
    ...{ type: 'rate-limit', readsModelCall: 'required' },
    onFinalModelRequest: (_context, call) => {
      call.outputIsLimited = true
      return undefined
    },
  }
  const events = [
    { choices: [{ index: 0, text: 'Hello' }] },
    { choices: [], usage: { prompt_tokens: 3, completion_tokens: 70, total_tokens: 73 } },
  ]
  const { fixture } = await start({
    policies: [limiting],
    answer: (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
    },
  })
  const body = { model: 'm', prompt: 'Hi', stream: true }
  const answer = await text(fixture.post(body, '/v1/completions'))
  expect(answer).toBe(`data: ${JSON.stringify(events[0])}\n\n`)
  expect((await fixture.gateway.record()).modelCall?.usage).toMatchObject({ outputTokens: 70 })
})

describe('the models that a call may go to', () => {
  async function modelsOf(options: ModelFixtureOptions, body: object = ask, path = '/openai') {
    const seen: (readonly (string | undefined)[])[] = []
    const policy: CompiledPolicy = {
      ...{ type: 'rate-limit', readsModelCall: 'required', readsTokenNumbers: true },
      onFinalModelRequest: (_context, call: ModelCall) => {
        seen.push(call.candidateModels())
        return undefined
      },
    }
    const policies = [...(options.policies ?? []), policy]
    const { fixture } = await start({ ...options, policies })
    await text(fixture.post(body, path))
    return seen[0]
  }
  const pool = (model: string | undefined) =>
    ({ type: 'openai', model, path: undefined, credential: { type: 'none' } }) as const
  const modelCalls = { backupModels: ['second', 'third'] }

  test('are that of its client and those that stand in', async () => {
    expect(await modelsOf({ modelCalls })).toEqual(['first', 'second', 'third'])
  })

  test('are those of all pools', async () => {
    const providers = [pool('cheap'), pool(undefined), pool('dear')]
    expect(await modelsOf({ providers })).toEqual(['cheap', 'first', 'dear'])
  })

  test('are one that a policy has set', async () => {
    const policies: CompiledPolicy[] = [
      {
        type: 'body-defaults',
        onModelRequest: (_context, _call, request) => {
          request.setModel('fixed')
          request.markChanged()
          return undefined
        },
      },
    ]
    expect(await modelsOf({ policies, providers: [pool(undefined), pool('dear')] })).toEqual([
      'fixed',
    ])
  })

  test('are those of a list of its client', async () => {
    const lists = { models: ['other', 7], extra_body: { fallbacks: [{ first: ['last'] }] } }
    expect(await modelsOf({}, { ...ask, ...lists })).toEqual(['first', 'other', 'last'])
  })

  test('have no name where a client lists more of them than anybody means', async () => {
    const models = Array.from({ length: 33 }, (_, index) => `model-${index}`)
    expect(await modelsOf({}, { ...ask, models })).toEqual(['first', undefined])
    expect(await modelsOf({}, { ...ask, models: models.slice(1) })).toHaveLength(33)
  })

  test('is its own where the body goes as it came, and it is settled as that', async () => {
    const options = { modelCalls, providers: [pool('configured')] }
    const { fixture } = await start(options)
    expect(await modelsOf(options, { model: 'own', prompt: 'Hi' }, '/v1/completions')).toEqual([
      'own',
    ])
    await text(fixture.post({ model: 'own', prompt: 'Hi' }, '/v1/completions'))
    expect((await fixture.gateway.record()).modelCall?.model).toBe('own')
  })
})

describe('a limit of output tokens that a policy relies on', () => {
  const openAi = { type: 'openai', model: undefined, path: undefined } as const
  const credential = { type: 'none' } as const
  const providers = [
    { ...openAi, credential },
    { ...openAi, credential, outputLimitField: 'max_tokens' as const },
  ]
  const limiting = (isLimited: boolean): CompiledPolicy => ({
    ...{ type: 'rate-limit', readsModelCall: 'required' },
    onFinalModelRequest: (_context, call) => {
      call.outputIsLimited = isLimited
      return undefined
    },
  })
  const answer: ModelFixtureOptions['answer'] = (_request, response) =>
    answerJson(response, {}, 503)
  const action = { retry: { ...retry, previousPrioritiesUpdateFrequency: 1 } }
  const body = { ...ask, max_completion_tokens: 5, n_predict: 900 }

  test('is told to each pool under the name that it knows', async () => {
    const { fixture } = await start({ providers, answer, action, policies: [limiting(true)] })
    await text(fixture.post(body))
    expect(fixture.seen.map((request) => JSON.parse(request.body))).toEqual([
      body,
      { ...ask, max_tokens: 5 },
      body,
    ])
  })

  test('is left alone where none does', async () => {
    const { fixture } = await start({ providers, answer, action, policies: [limiting(false)] })
    await text(fixture.post(body))
    expect(fixture.seen.map((request) => request.body)).toEqual(Array(3).fill(JSON.stringify(body)))
  })
})
