import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  describePart,
  editWholeTexts,
  readParts,
  splits,
  textsOf,
} from '../shared/testing/split-stream.ts'
import { openAiCompletions } from './index.ts'

const stream = readFileSync(join(import.meta.dirname, 'testdata', 'content.sse'))
const completions = { format: openAiCompletions }
const read = (json: Record<string, unknown>) =>
  openAiCompletions.readRequest(json, '/v1/completions')
const say = (json: Record<string, unknown>) =>
  read(json)
    ?.texts()
    .map(({ channel, role, text }) => `${channel} (${role}): ${text}`)

describe('a request', () => {
  test('shows its prompts', () => {
    expect(say({ model: 'm', prompt: 'a', suffix: 'b', stop: 'c' })).toEqual([
      'request prompt (user): a',
      'request suffix (user): b',
    ])
    expect(say({ prompt: ['a', 'b'] })).toEqual([
      'request prompt 0 (user): a',
      'request prompt 1 (user): b',
    ])
  })

  test('that has its prompt in token numbers tells how many, and cannot be read if it mixes them', () => {
    const counts = [[1, 2], [[1, 2], [3]], 'a'].map((prompt) => read({ prompt })?.tokenNumbers())
    expect(counts).toEqual([2, 3, 0])
    expect(say({ prompt: [[1, 2]], suffix: 's' })).toEqual(['request suffix (user): s'])
    expect(read({ prompt: ['a', 1] })).toBeUndefined()
  })

  test('counts as many choices as are made', () => {
    expect(read({ n: 2, best_of: 5 })?.choiceCount()).toBe(5)
    expect(read({})?.addMessages([{ role: 'user', content: 'x' }], [])).toBe(false)
  })
})

describe('a stream', () => {
  test('says the same however it is split', () => {
    const whole = readParts(completions, [stream]).map(describePart)
    expect(whole.slice(0, 3)).toEqual([
      { deltas: ['choice 0: One'] },
      { deltas: ['choice 10:  ten'] },
      { deltas: ['choice 0:  two'], closes: ['choice 0'] },
    ])
    for (const chunks of splits(stream)) {
      expect(readParts(completions, chunks).map(describePart)).toEqual(whole)
    }
  })

  test('can be held back and changed', () => {
    const edited = editWholeTexts(completions, [stream], (text) => text.toUpperCase())
    expect([...textsOf(completions, [edited])]).toEqual([
      ['choice 0', 'ONE TWO'],
      ['choice 10', ' TEN'],
    ])
  })

  test('hides the report of usage that the gateway asked for', () => {
    const parts = readParts({ ...completions, hideUsage: true }, [stream])
    expect(parts.map(({ hidden }) => hidden)).toEqual([false, false, false, true, false])
    expect(parts[3]?.usage?.totalTokens).toBe(8)
  })
})

test('a whole answer shows each choice and loses its log probabilities', () => {
  const choice = { text: 'x', index: 0, logprobs: { tokens: ['x'] }, finish_reason: 'stop' }
  const answer = openAiCompletions.readResponse({ model: 'm', choices: [choice] })
  answer.dropRepetitions()
  for (const slot of answer.texts()) slot.replace('y')
  expect(JSON.parse(answer.encode().toString()).choices).toEqual([
    { ...choice, text: 'y', logprobs: null },
  ])
})
