import { describe, expect, test } from 'vitest'
import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { GuardWebhook, ResponseGuard } from '../../ir/policies/prompt-guard.ts'
import { guardRecordOf } from '../guard-record.ts'
import type { PolicyServices, StreamEditor } from '../policy.ts'
import { attempt, requestContext } from '../testing/context.ts'
import { compileGuard, modelCall, patternsOf, serviceAnswering } from './testing/guard.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { part, responseOf, slot } from './testing/texts.ts'

const webhook: GuardWebhook = {
  ...{ backendId: 'hook', authority: 'hook.example:8000', timeoutMs: 1000 },
  forwardHeaders: [],
}
const unjudged = {
  code: 'guard-unavailable',
  message: 'The prompt guard of VirtualService apps/shop could not judge the answer.',
}
const unreadable = { code: 'unreadable-answer' }

describe('a guard of answers', () => {
  const patterns = patternsOf(['tiger'])

  test('masks every text of a whole answer and drops what repeats them', () => {
    const guard = compileGuard({ response: { patterns } })
    const texts = [
      slot('a Tiger', '0'),
      slot('a lion', '1'),
      slot('tiger tig', '2'),
      slot('er', '2'),
    ]
    const response = responseOf(...texts)
    const context = requestContext()
    expect(guard.onModelResponse?.(context, modelCall, response)).toBe(undefined)
    expect(texts.map(({ text }) => text)).toEqual(['a <CUSTOM>', 'a lion', '<CUSTOM> ', '<CUSTOM>'])
    expect(response.dropped).toBe(true)
    expect(guardRecordOf(context)).toEqual({ masked: 3, overflows: 0 })
  })

  test('stops an answer in a form that it does not know', () => {
    const guard = compileGuard({ response: { patterns } })
    const response = { ...responseOf(), known: false }
    expect(guard.onModelResponse?.(requestContext(), modelCall, response)).toMatchObject(unreadable)
  })

  test('asks upstreams not to encode their answers', () => {
    const guard = compileGuard({ response: { patterns } })
    const to = attempt(['accept-encoding', 'gzip, br'])
    expect(guard.onAttempt?.(requestContext(), to)).toBe(undefined)
    expect(to.headers.flat).toEqual(['accept-encoding', 'identity'])
  })

  test('asks the webhook first', async () => {
    const choices = [{ message: { content: 'a tiger' } }, { message: { content: 'b' } }]
    const service = serviceAnswering(() => ({ action: { body: { choices } } }))
    const guard = compileGuard({ response: { patterns, webhook }, services: service })
    const texts = [slot('secret'), slot('b', 'c', 'assistant')]
    const response = responseOf(...texts)
    expect(await guard.onModelResponse?.(requestContext(), modelCall, response)).toBe(undefined)
    expect(service.calls).toMatchObject([
      {
        call: { path: '/response' },
        body: {
          body: {
            choices: [
              { message: { role: 'assistant', content: 'secret' } },
              { message: { role: 'assistant', content: 'b' } },
            ],
          },
        },
      },
    ])
    expect(texts.map(({ text }) => text)).toEqual(['a <CUSTOM>', 'b'])
  })

  test.each<[name: string, answer: unknown]>([
    ['refuses, which it must not', { action: { body: 'no', status_code: 422 } }],
    ['answers nonsense', 'nonsense'],
    ['does not answer', gatewayError('upstream-timeout', 'no answer')],
  ])('stops the answer when the webhook %s', async (_, answer) => {
    const service = serviceAnswering(() => answer)
    const guard = compileGuard({ response: { webhook }, services: service })
    const failure = guard.onModelResponse?.(requestContext(), modelCall, responseOf(slot('x')))
    expect(await failure).toMatchObject(unjudged)
  })
})

/** A stream through a guard, and what comes out of it. */
function stream(response: Partial<ResponseGuard>, services: Partial<PolicyServices> = {}) {
  const clock = new ManualClock()
  const guard = compileGuard({ response, services, clock })
  const context = requestContext()
  const events: string[] = []
  const state: { error?: GatewayError; ended: boolean } = { ended: false }
  let notify = () => {}
  const over = new Promise<void>((resolve) => {
    notify = resolve
  })
  const editor = guard.createStreamEditor?.(context, modelCall, {
    emit: (emitted) => events.push(String(emitted.encode().bytes)),
    end: () => {
      state.ended = true
      notify()
    },
    fail: (error) => {
      state.error = error
      notify()
    },
  }) as StreamEditor
  return { editor, events, state, clock, context, over }
}

describe('a guard of streams', () => {
  const patterns = patternsOf(['tiger \\d+'])

  test('masks each channel for itself and keeps events in their order', () => {
    const { editor, events, state } = stream({ patterns })
    editor.push(part([['a', 'the ti']]))
    editor.push(part([['b', 'ger 1']]))
    editor.push(
      part([
        ['a', 'ger 12'],
        ['b', ' tiger'],
      ]),
    )
    editor.push(part([], { closes: ['a'] }))
    editor.push(part([['b', ' 5']], { closesAll: true }))
    editor.end()
    expect(events).toEqual(['a=the ', 'b=ger 1', 'a=,b= ', 'a=<CUSTOM>', '', 'b=<CUSTOM>'])
    expect(state).toEqual({ ended: true })
  })

  test('hands on what is left when the stream ends without a word', () => {
    const { editor, events, state, clock } = stream({ patterns })
    editor.push(part([['a', 'the tiger']]))
    editor.end()
    expect(events).toEqual(['a=the ', 'a=tiger'])
    expect(state.ended).toBe(true)
    expect(clock.pending).toBe(0)
  })

  test('masks texts that are repeated as a whole', () => {
    const { editor } = stream({ patterns })
    const repeat = slot('a tiger 7.')
    editor.push(part([], { repeats: [repeat], closesAll: true }))
    expect(repeat.text).toBe('a <CUSTOM>.')
  })

  test('drops what repeats texts in another form', () => {
    let dropped = 0
    const { editor } = stream({ patterns })
    editor.push(part([['a', 'x']], { dropRepetitions: () => (dropped += 1) }))
    expect(dropped).toBe(1)
  })

  test('ends the stream at an event that bears text it does not know', () => {
    const { editor, events, state } = stream({ patterns })
    editor.push(part([['a', 'x']]))
    editor.push(part([['a', 'tiger 1']], { known: false }))
    editor.push(part([['a', 'y']]))
    editor.end()
    expect(events).toEqual(['a=x'])
    expect(state).toMatchObject({ ended: false, error: unreadable })
  })

  test('lets no text wait for longer than it may', () => {
    const { editor, events, clock, context } = stream({ patterns })
    editor.push(part([['a', 'the tiger ']]))
    clock.advance(499)
    expect(events).toEqual(['a=the '])
    clock.advance(1)
    expect(events).toEqual(['a=the ', 'a=<CUSTOM>'])
    editor.push(part([['a', 'is here']]))
    editor.end()
    expect(events.slice(2)).toEqual(['a=is here'])
    expect(guardRecordOf(context)).toEqual({ masked: 0, overflows: 1 })
  })

  test('ends the stream where it may neither hold back more nor let it pass', () => {
    const limits = { maxHeldBytes: 8, maxHeldMs: 500, onOverflow: 'reject' } as const
    const { editor, events, state, clock } = stream({ patterns, stream: limits })
    editor.push(part([['a', 'the tiger']]))
    editor.push(part([['a', ' 1234567']]))
    expect(events).toEqual(['a=the '])
    expect(state.error).toMatchObject({ code: 'prompt-rejected' })
    expect(clock.pending).toBe(0)
  })

  test('hands on nothing after an abort', () => {
    const { editor, events, clock, context } = stream({ patterns })
    editor.push(part([['a', 'tiger 1 tiger']]))
    editor.abort()
    clock.advance(1000)
    editor.push(part([['a', 'x']]))
    editor.end()
    expect(events).toEqual(['a=<CUSTOM> '])
    expect(guardRecordOf(context)).toEqual({ masked: 1, overflows: 0 })
  })
})

test('a guard of streams ends one that opens more texts than any answer has', () => {
  const { editor, events, state } = stream({ patterns: patternsOf(['tiger']) })
  const choices = (from: number, to: number) =>
    part(Array.from({ length: to - from }, (_, index) => [`choice ${from + index}`, 'a'] as const))
  editor.push(choices(0, 1024))
  expect([events.length, state.error]).toEqual([1, undefined])
  editor.push(choices(1024, 1025))
  expect(events.length).toBe(1)
  expect(state.error).toMatchObject({ code: 'prompt-rejected' })
})

test('a guard of streams ends one with an event that is too long to be looked over at once', () => {
  const { editor, events, state } = stream({ patterns: patternsOf(['tiger']) })
  const half = 'a tiger. '.repeat(58_000)
  editor.push(part([['a', half]], { repeats: [slot(half)] }))
  expect([events.length, state.error]).toEqual([1, undefined])
  editor.push(part([['a', `${half} `.repeat(2)]], { repeats: [slot(half)] }))
  expect(events.length).toBe(1)
  expect(state.error).toMatchObject({
    code: 'unreadable-answer',
    message: expect.stringContaining('more than 1048576 characters of text'),
  })
})

describe('a webhook of streams', () => {
  const shouting = () =>
    serviceAnswering((_, body) => {
      const { choices } = (body as { body: { choices: { message: { content: string } }[] } }).body
      return {
        action: {
          body: {
            choices: choices.map(({ message }) => ({
              message: { content: message.content.toUpperCase() },
            })),
          },
        },
      }
    })

  test('is asked sentence by sentence, and patterns see what it leaves', async () => {
    const service = shouting()
    const patterns = patternsOf(['THERE!'])
    const { editor, events, over, state } = stream({ webhook, patterns }, service)
    for (const text of ['Hel', 'lo th', 'ere! How', ' are\nyou', '?']) {
      editor.push(part([['a', text]]))
    }
    editor.push(part([], { closesAll: true }))
    editor.end()
    await over
    expect(state).toEqual({ ended: true })
    expect(events).toEqual(['a=', 'a=', 'a=HELLO <CUSTOM> ', 'a=HOW ARE\n', 'a=', 'a=YOU?', ''])
    const sent = service.calls.map(({ body }) => JSON.stringify(body))
    expect(sent.map((text) => /"content":"(.*?)"/.exec(text)?.[1])).toEqual([
      'Hello there! ',
      'How are\\n',
      'you?',
    ])
  })

  test('judges the rest where its channel ends, and texts that are repeated', async () => {
    const { editor, events, over } = stream({ webhook }, shouting())
    const repeat = slot('hello')
    editor.push(part([['a', 'hel']]))
    editor.push(part([['a', 'lo']], { closes: ['a'], repeats: [repeat] }))
    editor.push(part([['b', 'rest']]))
    editor.end()
    await over
    expect(events).toEqual(['a=', 'a=HELLO', 'b=', 'b=REST'])
    expect(repeat.text).toBe('HELLO')
  })

  test('does not wait for the end of a sentence that is too long', async () => {
    const limits = { maxHeldBytes: 8, maxHeldMs: 500, onOverflow: 'mask' } as const
    const { editor, events, over } = stream({ webhook, stream: limits }, shouting())
    editor.push(part([['a', 'a word without end']]))
    editor.end()
    await over
    expect(events).toEqual(['a=A WORD WITHOUT END'])
  })

  test.each<[name: string, answer: unknown]>([
    ['answers nonsense', { action: { body: { choices: [] } } }],
    ['does not answer', gatewayError('upstream-timeout', 'no answer')],
  ])('ends the stream when it %s', async (_, answer) => {
    const service = serviceAnswering(() => answer)
    const { editor, events, over, state } = stream({ webhook }, service)
    for (const text of ['One. ', 'Two. ', 'Three. ']) editor.push(part([['a', text]]))
    editor.end()
    await over
    expect(events).toEqual([])
    expect(state).toMatchObject({ ended: false, error: unjudged })
    expect(service.calls.length).toBe(1)
  })

  test('is not waited for with ever more of a stream', async () => {
    const unanswered = { callBackend: () => new Promise<never>(() => {}) }
    const { editor, events, over, state } = stream({ webhook }, unanswered)
    const megabyte = 'word. '.repeat(180_000)
    for (let count = 0; count < 9; count += 1) editor.push(part([['a', megabyte]]))
    await over
    expect(events).toEqual([])
    expect(state.error).toMatchObject({ code: 'prompt-rejected' })
  })

  test('is not asked any more after an abort', async () => {
    const service = shouting()
    const { editor, events } = stream({ webhook }, service)
    editor.push(part([['a', 'One. ']]))
    editor.abort()
    editor.push(part([['a', 'Two. ']]))
    await new Promise((resolve) => setImmediate(resolve))
    expect(events).toEqual([])
    expect(service.calls.length).toBe(0)
  })
})
